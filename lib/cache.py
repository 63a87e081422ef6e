"""The cache, which may go away at any time: each process then remembers by itself, and everybody can still sign in."""

import logging

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis import RedisError

from lib.loudness import Loudness

log = logging.getLogger(__name__)


class ForgetfulCache(RedisCache):
    """Counts sign-ins and resets against floods. While Redis is away each process counts for itself, so that a flood
    is slowed down still; what was counted before is forgotten, and so is what is counted meanwhile when Redis is back.
    """

    loudness = Loudness(log)

    def __init__(self, server, params):
        super().__init__(server, params)
        self.beside = LocMemCache("while Redis is away", {k: v for k, v in params.items() if k != "OPTIONS"})

    def add(self, key, value, timeout=DEFAULT_TIMEOUT, version=None):
        return self._ask("add", key, value, timeout, version)

    def get(self, key, default=None, version=None):
        return self._ask("get", key, default, version)

    def set(self, key, value, timeout=DEFAULT_TIMEOUT, version=None):
        self._ask("set", key, value, timeout, version)

    def delete(self, key, version=None):
        return self._ask("delete", key, version)

    def _ask(self, verb: str, *arguments):
        try:
            return getattr(super(), verb)(*arguments)
        except RedisError as error:
            self.loudness.warn("Redis does not answer, each process remembers by itself: %s", error)
            return getattr(self.beside, verb)(*arguments)
