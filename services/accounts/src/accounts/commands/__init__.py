"""The commands that people ask, each with what it prints."""
