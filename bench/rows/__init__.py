"""The rows of the table, a file each. A row is a function that measures and yields its lines as they are there."""
