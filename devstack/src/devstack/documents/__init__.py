"""The documents made from the code: `python -m devstack.documents` writes them, a test sees that they are current."""
