from django.core.cache import caches

from lib.cache import ForgetfulCache


def test_without_redis_nothing_is_remembered_and_nothing_fails():
    away = ForgetfulCache("unix:///nowhere/redis.sock", {})
    assert away.add("key", 1) is True
    away.set("key", 1)
    assert away.get("key", "nothing") == "nothing"
    assert away.delete("key") is False


def test_with_redis_it_is_a_cache_like_any_other():
    cache = caches["default"]
    cache.set("key", 1)
    assert (cache.add("key", 2), cache.get("key"), cache.delete("key"), cache.get("key")) == (False, 1, True, None)
