"""Who tries too often is slowed down, also while Redis is away."""

import pytest
from django.test import Client

REDIS_IS_AWAY = "unix:///nowhere/redis.sock"


@pytest.mark.parametrize("is_away", [False, True])
def test_too_many_tries_from_one_address_are_stopped_and_other_addresses_are_not(db, settings, is_away):
    if is_away:
        settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": REDIS_IS_AWAY}}
    settings.ACCOUNT_RATE_LIMITS = {"reset_password": "1/m/ip"}
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    values = {"email": "nobody@northwind.example"}

    def tries(address: str) -> int:
        headers = {"X-Forwarded-For": f"198.51.100.1, {address}"}
        return Client().post("/accounts/password/reset/", values, headers=headers).status_code

    mine, yours = ("203.0.113.7", "203.0.113.8") if is_away else ("203.0.113.17", "203.0.113.18")
    assert [tries(mine), tries(mine), tries(yours)] == [302, 429, 302]
