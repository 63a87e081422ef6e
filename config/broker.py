"""Redis as Celery's broker, for workers that outlive it."""

from kombu.transport.redis import Channel, Transport
from redis.exceptions import ConnectionError as RedisIsAway


class MendedChannel(Channel):
    """What is asked of a channel that was closed with its connection fails as any loss of Redis does.

    kombu's own fails with an AttributeError when a task ends, or is put back, after Redis went away; no worker expects
    that, and it dies. Seen with kombu 5.7: `tests/faults/test_storm.py` kills Redis while tasks run.
    """

    def _connparams(self, *args, **kwargs):
        if self.connection is None or self.connection.client is None:
            raise RedisIsAway("The channel is closed.")
        return super()._connparams(*args, **kwargs)


def mend() -> None:
    """Makes every connection to the broker use the mended channel."""
    Transport.Channel = MendedChannel
