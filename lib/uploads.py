"""How much may be sent to us, looked at before it is read."""

MOST_BYTES = 200 * 1024 * 1024  # of one file
MOST_AROUND = 1024 * 1024  # of what a form sends beside it
TOO_MUCH = b"<!doctype html><title>413</title><p>This is more than can be sent here: files have at most 200 MB.</p>"


def bounded(application, most: int = MOST_BYTES + MOST_AROUND):
    """The ASGI application behind a door that lets no request in that is larger: by what it announces, and by count."""

    async def door(scope, receive, send):
        if scope["type"] != "http":
            return await application(scope, receive, send)
        if _announced(scope) > most:
            return await _refuse(send)
        return await application(scope, _counted(receive, most), send)

    return door


def _announced(scope) -> int:
    said = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    return int(said) if said.isdigit() and len(said) < 19 else 10**19


def _counted(receive, most: int):
    """What is not announced is counted; past the limit the client is as good as gone."""
    count = 0

    async def counted():
        nonlocal count
        message = await receive()
        count += len(message.get("body", b""))
        return message if count <= most else {"type": "http.disconnect"}

    return counted


async def _refuse(send) -> None:
    headers = [(b"content-type", b"text/html; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": TOO_MUCH})
