"""The program that turns HTML into PDF, apart from the one that asks for it (lib.pdf).

It is started with the folder of our own assets, and reads and answers frames: four bytes of length, then what they
count. An answer is a PDF, or one of the words below. Each document is made in a fork of its own, with little time and
memory; it can name nothing but files of that folder, and nothing of it is left for the next one.
"""

import os
import resource
import select
import signal
import struct
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

NO_LIBRARIES, TOO_MUCH, WRONG = b"no libraries", b"too much", b"wrong"
ASSETS = "https://assets.invalid/"  # what addresses in a document are relative to; it is never asked
KINDS = {".css": "text/css", ".svg": "image/svg+xml", ".png": "image/png", ".woff2": "font/woff2"}
LENGTH = struct.Struct(">I")
MOST_MEMORY = 1 << 30  # bytes
MOST_SECONDS = 20  # of work for one document
MOST_BYTES = 50 * 1024 * 1024  # of one PDF
MOST_FILES = 64  # open at once
IDLE_SECONDS = 600.0
HOUSE_STYLE = "css/pdf.css"
WARM_UP = "<p>Attain <b>Żółć</b></p>"  # loads the fonts, once for all forks


def main(folder: str) -> None:
    assets, render = Path(folder).resolve(), None
    try:
        render = renderer(assets)
        render(WARM_UP)
    except OSError:  # Pango is not on this machine
        render = None
    while select.select([sys.stdin.fileno()], [], [], IDLE_SECONDS)[0]:
        document = receive(sys.stdin.fileno())
        if document is None:
            return
        send(sys.stdout.fileno(), answer(render, document) if render else NO_LIBRARIES)


def renderer(assets: Path):
    """What makes a PDF of HTML in the house's style. Raises OSError where the libraries it needs are missing."""
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class OwnAssets(URLFetcher):
        def fetch(self, url, headers=None):
            file = asset(assets, url)
            return URLFetcherResponse(url, file.read_bytes(), {"Content-Type": KINDS[file.suffix]})

    fetcher, fonts = OwnAssets(), FontConfiguration()
    style = CSS(ASSETS + HOUSE_STYLE, url_fetcher=fetcher, font_config=fonts)

    def render(document: str) -> bytes:
        page = HTML(string=document, base_url=ASSETS, url_fetcher=fetcher, media_type="print")
        return page.write_pdf(stylesheets=[style], font_config=fonts)

    return render


def asset(assets: Path, url: str) -> Path:
    """The file that an address names. Raises ValueError unless it is one of ours."""
    if not url.startswith(ASSETS):
        raise ValueError("not one of our own assets")
    file = (assets / unquote(urlsplit(url).path).lstrip("/")).resolve()
    if not file.is_relative_to(assets) or file.suffix not in KINDS or not file.is_file():
        raise ValueError("no such asset")
    return file


def answer(render, document: bytes) -> bytes:
    """The PDF as a fork makes it; TOO_MUCH where it was stopped, WRONG where it failed."""
    ours, its = os.pipe()
    child = os.fork()
    if not child:
        os.close(ours)
        make(render, document, its)
    os.close(its)
    with os.fdopen(ours, "rb") as file:
        made = file.read(MOST_BYTES + 1)
    if len(made) > MOST_BYTES:
        os.kill(child, signal.SIGKILL)
    status = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(status) or len(made) > MOST_BYTES:
        return TOO_MUCH
    return made or WRONG


def make(render, document: bytes, target: int) -> None:
    """Runs in the fork, and ends it."""
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_NOFILE, (MOST_FILES, MOST_FILES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        made = render(document.decode())
    except MemoryError:
        made = TOO_MUCH
    except Exception:
        made = WRONG
    while made:
        made = made[os.write(target, made) :]
    os._exit(0)


def receive(source: int) -> bytes | None:
    """The next frame; None where there is none any more."""
    head = read_exactly(source, LENGTH.size)
    return None if head is None else read_exactly(source, *LENGTH.unpack(head))


def read_exactly(source: int, count: int) -> bytes | None:
    parts = []
    while count:
        part = os.read(source, min(count, 1 << 20))
        if not part:
            return None
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def send(target: int, frame: bytes) -> None:
    rest = memoryview(LENGTH.pack(len(frame)) + frame)
    while rest:
        rest = rest[os.write(target, rest) :]


if __name__ == "__main__":
    main(sys.argv[1])
