"""The use cases, a file each: read what is known, let the domain decide, write rows and events in one statement.

The statement is guarded: it does nothing when the account has changed since it was read, and then all is done again
from the reading on. So no lock is held while anything is decided, and of two at once one wins.
"""
