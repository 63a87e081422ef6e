"""The programs of an installation as they are typed: dev.py, docker-compose.yml and the tests of faults run these.

Standard library only. `python` is the interpreter; everything else an installation differs in is an environment
variable (.env.example).
"""

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
    """`schedule` is where beat remembers when it last ticked; it may be lost."""
    return [*_celery(python), "beat", "-s", str(schedule), "-l", "WARNING"]


def migrate(python: str) -> list[str]:
    return [python, "manage.py", "migrate", "--verbosity", "0"]


def _celery(python: str) -> Sequence[str]:
    return [python, "-m", "celery", "--quiet", "-A", "config"]
