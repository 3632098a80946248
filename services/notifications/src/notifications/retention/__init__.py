"""How long what is kept is kept: by its age, and by the account that it belonged to."""
