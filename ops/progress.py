"""What the commands say while they work: a line a step, and one sentence when they cannot go on."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

_STARTED_AT = float(os.environ.setdefault("ATTAIN_STARTED_AT", str(time.monotonic())))


class Stop(Exception):
    """Why a command cannot go on, in a sentence for the person who typed it."""


def say(text: str) -> None:
    """Prints a step with the seconds since the command was typed."""
    print(f"[{time.monotonic() - _STARTED_AT:5.1f} s] {text}", flush=True)


@contextmanager
def in_words() -> Iterator[None]:
    """Turns what people can meet (a reason to stop, a full disk, Ctrl-C) into a sentence and exit status 1."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    except Stop as stop:
        sys.exit(str(stop))
    except OSError as error:
        sys.exit(f"Cannot go on: {error.strerror or error}" + (f" ({error.filename})." if error.filename else "."))
    except subprocess.CalledProcessError as error:
        sys.exit(f"Cannot go on: {' '.join(map(str, error.cmd))} ended with status {error.returncode}.")
    except KeyboardInterrupt:
        sys.exit("Interrupted.")
