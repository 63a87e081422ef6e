"""What is too large is refused before it is read."""

import pytest

from lib.uploads import bounded
from tests.asynchronous import awaited

MOST = 100


async def application(scope, receive, send):
    """Reads all that comes, as Django does before a view runs, and says how much it was."""
    count, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return await send({"type": "gone"})
        count += len(message["body"])
        more = message["more_body"]
    return await send({"type": "read", "count": count})


def ask(pieces: list[int], headers: list[tuple[bytes, bytes]]) -> tuple[list[dict], int]:
    """What is sent back to a request of these pieces, and how many of them were asked for."""
    waiting, answers = list(pieces), []

    async def receive():
        body = b"x" * waiting.pop(0)
        return {"type": "http.request", "body": body, "more_body": bool(waiting)}

    async def send(message):
        answers.append(message)

    awaited(bounded(application, MOST), {"type": "http", "headers": headers}, receive, send)
    return answers, len(pieces) - len(waiting)


def test_what_is_small_enough_passes():
    assert ask([60, 40], [(b"content-length", b"100")]) == ([{"type": "read", "count": 100}], 2)


@pytest.mark.parametrize("said", [b"101", b"9" * 30, b"-1", b"x"])
def test_what_announces_to_be_too_large_is_not_read(said):
    answers, asked = ask([60, 41], [(b"content-length", said)])
    assert (answers[0]["status"], asked) == (413, 0)


def test_what_does_not_announce_itself_is_counted():
    assert ask([60, 41, 40], []) == ([{"type": "gone"}], 2)
