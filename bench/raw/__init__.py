"""The raw sides: what the parts can do when nobody asks for more. Each is a process of its own, and prints its effort.

They know nothing of the services' ways: they are as good as they can be made without them.
"""

import gc


def calm_garbage_collection() -> None:
    """Call when all is loaded: the sides collect as rarely as the services' processes do."""
    gc.freeze()
    gc.set_threshold(50_000, 5, 5)
