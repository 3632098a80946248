"""The rules of portal accounts: pure functions of what is known and the time. No I/O, nothing of ours from outside."""
