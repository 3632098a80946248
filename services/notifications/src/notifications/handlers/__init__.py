"""What the worker does about each event: asks the rules, and writes what follows, a batch at a time.

A batch holds events of one type, at most one per account, and costs the same handful of statements whatever its size.
The files have the names of the rules that they ask.
"""
