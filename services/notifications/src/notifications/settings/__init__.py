"""The settings of each process, all from the environment, and the values in them that are tried at start."""
