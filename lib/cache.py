"""The cache, which may go away at any time: it then remembers nothing, and everybody can still sign in."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache
from redis import RedisError

log = logging.getLogger(__name__)


@contextmanager
def forgetting() -> Iterator[None]:
    try:
        yield
    except RedisError as error:
        log.warning("Redis does not answer, nothing is remembered: %s", error)


class ForgetfulCache(RedisCache):
    """Counts sign-ins and resets against floods; while Redis is away, nobody is counted and nobody is stopped."""

    def add(self, key, value, timeout=DEFAULT_TIMEOUT, version=None):
        with forgetting():
            return super().add(key, value, timeout, version)
        return True

    def get(self, key, default=None, version=None):
        with forgetting():
            return super().get(key, default, version)
        return default

    def set(self, key, value, timeout=DEFAULT_TIMEOUT, version=None):
        with forgetting():
            super().set(key, value, timeout, version)

    def delete(self, key, version=None):
        with forgetting():
            return super().delete(key, version)
        return False
