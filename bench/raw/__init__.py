"""The raw sides: what the parts can do when nobody asks for more. Each is a process of its own, and prints its effort.

They import nothing of the services: they are as good as they can be made without them.
"""
