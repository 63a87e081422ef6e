"""Hints: after a commit the engine is told that something may be waiting. Losing one only delays."""

import logging

import redis
from django.db import DatabaseError

from lib.loudness import Loudness
from metrics import engine
from metrics.events import redis_client

log = logging.getLogger(__name__)
loudness = Loudness(log)

HINT_SECONDS = 10  # a hint whose worker was killed is sent again after so long


def key(organization_id: int) -> str:
    return f"attain:{organization_id}:hint"


def news(sender, organization_id: int, **kwargs) -> None:
    """Receives audit's signal, after the commit: a small write is settled at once, so that people read their own
    writes; anything else is left to a worker."""
    try:
        if engine.settle_if_small(organization_id):
            return
    except DatabaseError:
        log.exception("settling after a write failed; a worker will do it")
    hint(organization_id)


def hint(organization_id: int) -> None:
    """Asks a worker to settle the organization. While one such hint waits, others add nothing."""
    from metrics.tasks import settle

    try:
        if redis_client().set(key(organization_id), "1", nx=True, ex=HINT_SECONDS):
            settle.delay(organization_id)
    except (redis.RedisError, settle.OperationalError) as error:
        loudness.warn("no hint can be sent, the ticker will find the work: %s", error)


def forget(organization_id: int) -> None:
    """Called before settling: a hint that comes later is sent anew."""
    try:
        redis_client().delete(key(organization_id))
    except redis.RedisError as error:
        loudness.warn("hints cannot be forgotten: %s", error)
