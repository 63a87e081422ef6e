"""PDFs of our own pages. They are made by a program apart (lib.press), which knows our assets and nothing else."""

from __future__ import annotations

import logging
import os
import select
import subprocess
import sys
import threading
from contextlib import suppress

from django.conf import settings
from django.utils.translation import gettext as _

from lib import press

MOST_CHARACTERS = 10_000_000  # of one document
MOST_SECONDS = 25.0  # until a document is there; less than a transaction may idle meanwhile (config.settings)
MOST_DOCUMENTS = 500  # of one program; then it makes room for a new one
logger = logging.getLogger(__name__)


class NoPdf(Exception):
    """Why there is no PDF, in a sentence for the person who asked for it."""


def render_pdf(html: str) -> bytes:
    """The PDF of a whole HTML document; the same document always gives the same bytes.

    It wears the house's style (static/css/pdf.css) without naming it. Addresses in it are those of files in static/,
    without that word (`<img src="img/x.png">`); every other address is as good as empty. Raises NoPdf.
    """
    if len(html) > MOST_CHARACTERS:
        raise NoPdf(_("This is too long for a PDF."))
    made = PRESS.make(html.encode(errors="replace"))
    if made.startswith(b"%PDF-"):
        return made
    if made == press.NO_LIBRARIES:
        raise NoPdf(_("PDFs cannot be made on this server: the Pango libraries are not installed."))
    if made == press.TOO_MUCH:
        raise NoPdf(_("This is too long for a PDF."))
    logger.error("a PDF could not be made")
    raise NoPdf(_("The PDF could not be made."))


class Press:
    """The program of this process: it is started with the first document and ends with us, or when it idles."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._program: subprocess.Popen | None = None
        self._owner = self._made = 0

    def make(self, document: bytes) -> bytes:
        """What the program answers: a PDF or one of its words."""
        with self._lock:
            try:
                return self._ask(document) or self._ask(document) or press.WRONG
            except TimeoutError:
                self._end()
                return press.TOO_MUCH

    def _ask(self, document: bytes) -> bytes | None:
        """None where the program had ended, as it does when it was idle for long: the next one is asked."""
        program = self._running()
        assert program.stdin and program.stdout
        try:
            press.send(program.stdin.fileno(), document)
            self._made += 1
            if not select.select([program.stdout.fileno()], [], [], MOST_SECONDS)[0]:
                raise TimeoutError
            made = press.receive(program.stdout.fileno())
        except BrokenPipeError:
            made = None
        if made is None or self._made >= MOST_DOCUMENTS:
            self._end()
        return made

    def _running(self) -> subprocess.Popen:
        if self._owner != os.getpid():  # a fork has no program of its own yet
            self._program = None
        if self._program is None or self._program.poll() is not None:
            self._program, self._owner, self._made = _start(), os.getpid(), 0
        return self._program

    def _end(self) -> None:
        if self._program is None:
            return
        for pipe in filter(None, (self._program.stdin, self._program.stdout)):
            with suppress(OSError):
                pipe.close()
        with suppress(ProcessLookupError):
            os.killpg(self._program.pid, 9)
        self._program.wait()
        self._program = None


def _start() -> subprocess.Popen:
    """It gets none of our environment: there are secrets in it."""
    environment = {"PATH": os.defpath, "LANG": "C.UTF-8", "HOME": "/nonexistent", "SOURCE_DATE_EPOCH": "0"}
    return subprocess.Popen(
        [sys.executable, "-I", press.__file__, str(settings.STATICFILES_DIRS[0])], env=environment, cwd="/",
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True, bufsize=0,
    )  # fmt: skip


PRESS = Press()
