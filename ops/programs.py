"""The programs of an installation as they are typed: dev.py, docker-compose.yml and the tests of faults run these.

Standard library only. `python` is the interpreter; everything else an installation differs in is an environment
variable (.env.example).
"""

import os
from collections.abc import Sequence
from pathlib import Path

QUEUES = "figures,mail,imports,celery"

# How each program meets the database: whether it pools connections, and which limits hold (config/settings.py).
WEB = {"DB_POOL": "1", "DB_LIMITS": "web"}
BEHIND = {"DB_POOL": "0", "DB_LIMITS": "worker"}


def web(python: str, *, host: str, port: int) -> list[str]:
    """One process; who asks is told by settings.BEHIND_PROXY alone, so uvicorn believes no proxy's header."""
    return [
        python, "-m", "uvicorn", "config.asgi:application", "--host", host, "--port", str(port), "--no-access-log",
        "--no-proxy-headers", "--no-server-header", "--log-level", "warning", "--timeout-graceful-shutdown", "3",
    ]  # fmt: skip


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
