"""The operator's brake: pauses mails, makes them go on, cancels them."""
