"""Wires the processes: the only place that knows all their parts. The sender wires itself in `sender.run`."""
