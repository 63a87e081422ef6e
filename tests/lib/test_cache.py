import logging

from django.core.cache import caches

from lib import cache as lib_cache
from lib.cache import ForgetfulCache
from lib.loudness import Loudness

NOWHERE = "unix:///nowhere/redis.sock"


def test_while_redis_is_away_the_process_remembers_by_itself_and_nothing_fails():
    away = ForgetfulCache(NOWHERE, {"OPTIONS": {"socket_connect_timeout": 1}})
    assert away.add("key", 1) is True
    assert away.add("key", 2) is False  # so sign-ins are counted still
    away.set("key", 3)
    assert away.get("key", "nothing") == 3
    assert ForgetfulCache(NOWHERE, {}).get("key") == 3  # another thread's cache of the same process
    assert away.delete("key") is True
    assert away.get("key", "nothing") == "nothing"


def test_that_redis_is_away_is_said_once_and_not_at_every_question(caplog, monkeypatch):
    monkeypatch.setattr(ForgetfulCache, "loudness", Loudness(lib_cache.log))
    away = ForgetfulCache(NOWHERE, {})
    with caplog.at_level(logging.WARNING, "lib.cache"):
        for _ in range(50):
            away.get("key")
    assert len(caplog.messages) == 1 and "Redis does not answer" in caplog.messages[0]


def test_with_redis_it_is_a_cache_like_any_other():
    cache = caches["default"]
    cache.set("key", 1)
    assert (cache.add("key", 2), cache.get("key"), cache.delete("key"), cache.get("key")) == (False, 1, True, None)
