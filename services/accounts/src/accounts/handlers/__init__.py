"""The use cases, a file each: read what is known, let the domain decide, write rows and events in one statement.

The statement is guarded: it does nothing when the account has changed since it was read, and then all is done again
from the reading on. So of two at once one wins, and no lock is needed. A use case that changes what an account is
protected by, or signs somebody in, locks the account instead and decides under the lock.
"""
