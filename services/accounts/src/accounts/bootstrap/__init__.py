"""Where the processes are put together: the only place that knows all their parts."""
