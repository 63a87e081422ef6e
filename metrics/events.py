"""News of figures for open pages: published when a fold has committed, streamed to whoever has the page open."""

import asyncio
import json
import logging
from functools import lru_cache

import redis
import redis.asyncio
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connections

log = logging.getLogger(__name__)

KEEP_ALIVE = 15  # seconds of silence after which a comment is sent, so that proxies keep the stream
LONGEST = 600  # seconds after which a page must knock again: its membership is then read anew


@lru_cache(maxsize=1)
def redis_client() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2)


def channel(organization_id: int) -> str:
    """Named after the database, too: Redis tells a channel's news to every installation that shares the server."""
    return f"attain:{connections['default'].settings_dict['NAME']}:{organization_id}:figures"


def publish(organization_id: int, figure_ids: set[int]) -> None:
    """Tells open pages which figures moved. Redis may be away: then pages ask by themselves."""
    if not figure_ids:
        return
    try:
        redis_client().publish(channel(organization_id), json.dumps(sorted(figure_ids)))
    except redis.RedisError as error:
        log.warning("open pages were not told of %d figures: %s", len(figure_ids), error)


async def stream(organization_id: int, figure_ids: set[int]):
    """Server-sent events `figure-<id>` for the figures that a page shows.

    The database connection goes back first: an open page must not hold one.
    """
    await sync_to_async(connections.close_all)()
    loop = asyncio.get_running_loop()
    client = redis.asyncio.Redis.from_url(settings.REDIS_URL)
    try:
        async with client.pubsub() as listener:
            await listener.subscribe(channel(organization_id))
            yield "event: open\ndata:\n\n"
            until = loop.time() + LONGEST
            while loop.time() < until:
                message = await listener.get_message(ignore_subscribe_messages=True, timeout=KEEP_ALIVE)
                if message is None:
                    yield ": still here\n\n"
                    continue
                for figure_id in sorted(figure_ids.intersection(json.loads(message["data"]))):
                    yield f"event: figure-{figure_id}\ndata: {figure_id}\n\n"
    except redis.RedisError as error:
        log.warning("a page lost its stream: %s", error)
    finally:
        await client.aclose()
