"""The sender: works off the queue of mails, a lane at a time, and records what became of each."""
