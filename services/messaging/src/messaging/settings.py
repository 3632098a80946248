"""The settings of the worker, from the environment (prefix `DZWONEK_`)."""

from shared.runtime.settings import KafkaSettings, Settings


class WorkerSettings(Settings, KafkaSettings):
    """What `messaging worker` needs: it knows who is who, from the roster's topics."""
