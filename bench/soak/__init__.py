"""The soak: the whole system at half of what it can do, for long, and what that leaves behind."""
