"""The programs of an installation as they are typed: dev.py, docker-compose.yml and the tests of faults run these.

Standard library only. `python` is the interpreter; everything else an installation differs in is an environment
variable (.env.example).
"""

import os
from collections.abc import Sequence
from pathlib import Path

from ops.progress import Stop

QUEUES = "figures,mail,imports,celery"

# How each program meets the database: whether it pools connections, and which limits hold (config/settings.py).
WEB = {"DB_POOL": "1", "DB_LIMITS": "web"}
BEHIND = {"DB_POOL": "0", "DB_LIMITS": "worker"}


# Web processes of one program. Each holds at most 8 connections (settings.POOL); PostgreSQL comes with 100 of them.
MOST_PROCESSES = 8


def web(python: str, *, host: str, port: int, processes: int = 1) -> list[str]:
    """Who asks is told by settings.BEHIND_PROXY alone, so uvicorn believes no proxy's header."""
    several = ["--workers", str(processes)] if processes > 1 else []
    return [
        python, "-m", "uvicorn", "config.asgi:application", "--host", host, "--port", str(port), "--no-access-log",
        "--no-proxy-headers", "--no-server-header", "--log-level", "warning", "--timeout-graceful-shutdown", "3",
        *several,
    ]  # fmt: skip


def web_of_an_image(python: str) -> list[str]:
    """What a container or a unit runs: `web` on port 8000, in as many processes as are wanted (ops/web.py)."""
    return [python, "-m", "ops", "web"]


def web_processes(*, usual: int) -> int:
    """What WEB_PROCESSES says, else as many as are usual. Raises Stop with a sentence for what is no such number."""
    said = os.environ.get("WEB_PROCESSES", "").strip()
    if not said:
        return min(usual, MOST_PROCESSES)
    if not said.isascii() or not said.isdigit() or not 1 <= int(said) <= MOST_PROCESSES:
        raise Stop(f"WEB_PROCESSES is {said}: give a number from 1 to {MOST_PROCESSES}.")
    return int(said)


def worker(python: str, *, processes: int = 2, name: str = "") -> list[str]:
    """Workers of one machine need names of their own; `name` stands before the machine's."""
    own_name = ["-n", f"{name}@%h"] if name else []
    return [
        *_celery(python), "worker", *own_name, "-Q", QUEUES, "--concurrency", str(processes), "--without-mingle",
        "--without-gossip", "-l", "WARNING",
    ]  # fmt: skip


def beat(python: str, *, schedule: Path | str) -> list[str]:
    """`schedule` is the file where beat remembers when it last ticked; it may be lost. For os.devnull it remembers
    nothing: given that as a file, beat would delete it as one that it cannot read, and the machine's with it."""
    keeps = ["-S", "celery.beat:Scheduler"] if str(schedule) == os.devnull else ["-s", str(schedule)]
    return [*_celery(python), "beat", *keeps, "-l", "WARNING"]


def migrate(python: str) -> list[str]:
    return [python, "manage.py", "migrate", "--verbosity", "0"]


def _celery(python: str) -> Sequence[str]:
    return [python, "-m", "celery", "--quiet", "-A", "config"]
