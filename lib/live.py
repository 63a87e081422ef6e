"""News for open pages: published when a change has committed, streamed to whoever has a page open.

News are named by topic (figures, notices) and carry the ids of what has changed, nothing else.
"""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from functools import lru_cache

import redis
import redis.asyncio
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connections
from django.http import StreamingHttpResponse

from lib.loudness import Loudness

loudness = Loudness(logging.getLogger(__name__))

KEEP_ALIVE = 15  # seconds of silence after which a comment is sent, so that proxies keep the stream
LONGEST = 600  # seconds after which a page must knock again: its membership is then read anew


@lru_cache(maxsize=1)
def redis_client() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=1)


def channel(organization_id: int, topic: str) -> str:
    """Named after the database, too: Redis tells a channel's news to every installation that shares the server."""
    return f"attain:{connections['default'].settings_dict['NAME']}:{organization_id}:{topic}"


def publish(organization_id: int, topic: str, ids: set[int]) -> None:
    """Tells open pages what has changed. Redis may be away: then pages ask by themselves."""
    if not ids:
        return
    try:
        redis_client().publish(channel(organization_id, topic), json.dumps(sorted(ids)))
    except redis.RedisError as error:
        loudness.warn("open pages are not told of %s: %s", topic, error)


async def stream(
    organization_id: int, topic: str, wanted: set[int], *, event: Callable[[int], str]
) -> AsyncIterator[str]:
    """Server-sent events, one for each of the wanted ids that has changed; `event` names it.

    The database connection goes back first: an open page must not hold one.
    """
    await sync_to_async(connections.close_all)()
    loop = asyncio.get_running_loop()
    client = redis.asyncio.Redis.from_url(settings.REDIS_URL)
    try:
        async with client.pubsub() as listener:
            await listener.subscribe(channel(organization_id, topic))
            yield "event: open\ndata:\n\n"
            until = loop.time() + LONGEST
            while loop.time() < until:
                message = await listener.get_message(ignore_subscribe_messages=True, timeout=KEEP_ALIVE)
                if message is None:
                    yield ": still here\n\n"
                    continue
                for number in sorted(wanted.intersection(json.loads(message["data"]))):
                    yield f"event: {event(number)}\ndata: {number}\n\n"
    except redis.RedisError as error:
        loudness.warn("pages lose their streams: %s", error)
    finally:
        await client.aclose()


def answer(news: AsyncIterator[str]) -> StreamingHttpResponse:
    """The answer that stays open and tells the news as they come."""
    response = StreamingHttpResponse(news, content_type="text/event-stream")
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"
    return response
