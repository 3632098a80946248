"""The events of this service, made from what happens to an account: each raises the account's version by one.

Those of sessions have no version: a session ends once.
"""
