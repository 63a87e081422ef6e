"""What is asynchronous, awaited by tests that are not."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor

from asgiref.sync import sync_to_async
from django.db import connections


def awaited(function: Callable[..., Coroutine], *arguments):
    """Runs it in a thread of its own: in the test's there may be the event loop of a browser of an earlier test."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(_to_its_end(function, arguments))).result()


async def _to_its_end(function, arguments):
    try:
        return await function(*arguments)
    finally:
        await sync_to_async(connections.close_all)()  # nobody else would, and the test's database could not be dropped
