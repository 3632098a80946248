"""`make district`: an invented school district of any size, as OneRoster CSV in one zip.

A school is a pure function of the seed and its number, and what it shares with its neighbour one of the seed and the
border between them, which both ask. So a district is written school by school, is the same whenever it is asked for
again, and never stands in memory.
"""
