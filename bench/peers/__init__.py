"""What the same mails take with what is usual for them, in an environment of its own: only when it is asked for."""
