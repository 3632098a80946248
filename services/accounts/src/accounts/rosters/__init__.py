"""Rosters that districts give: the archive, its files, their rows."""
