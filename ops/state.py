"""Where a checkout keeps what it runs with: database, sockets, mails, keys. Standard library only."""

import fcntl
import hashlib
import os
import secrets
import shutil
import tempfile
import time
from pathlib import Path

from ops.progress import Stop

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path("/var/lib/attain")
LONGEST_SOCKET_FOLDER = 80  # the kernel takes 107 characters for a socket's whole path


def state_root() -> Path:
    """The folder above every state of this checkout; two checkouts never share one."""
    if given := os.environ.get("ATTAIN_STATE"):
        return Path(given).resolve()
    return SHARED / short_hash(ROOT) if os.geteuid() == 0 else ROOT / ".local"


def short_hash(path: Path) -> str:
    return hashlib.sha256(str(path).encode()).hexdigest()[:10]


def make_folder(path: Path, mode: int = 0o755, owner: int | None = None) -> Path:
    """Makes the folder and its missing parents, whatever the umask, and hands it to its owner."""
    if not path.parent.exists():
        make_folder(path.parent)
    if not path.exists():
        path.mkdir()
        path.chmod(mode)
    if owner is not None and path.stat().st_uid != owner:
        os.chown(path, owner, -1)
    return path


class InUse(Stop):
    """Another run has the state."""


class State:
    """One set of services and their files: "demo", "test" or "bench"."""

    def __init__(self, name: str, root: Path | None = None):
        self.name = name
        self.root = root or state_root()
        self.path = self.root / name
        self.lock: int | None = None

    def claim(self, *, wait: float = 3) -> None:
        """Takes the state for this run. Raises InUse where another run has it.

        The servers inherit the lock, so holding it proves that none of them is left from a run that was killed:
        every pid file and socket found is stale.
        """
        make_folder(self.path)
        lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        until = time.monotonic() + wait
        while not _locked(lock):
            if time.monotonic() > until:
                holder = os.read(lock, 20).decode(errors="replace").strip()
                os.close(lock)
                raise InUse(
                    f"Another run (process {holder or 'unknown'}) is using {self.path}: end it first, "
                    "or set ATTAIN_STATE to another folder for this one."
                )
            time.sleep(0.1)
        os.truncate(lock, 0)
        os.pwrite(lock, str(os.getpid()).encode(), 0)
        self.lock = lock

    def clear(self) -> None:
        """Drops everything the state keeps, except the lock that this run holds."""
        for entry in self.path.iterdir():
            if entry.name == "lock":
                continue
            shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()

    def sockets(self, owner: int | None = None) -> Path:
        """A private folder for the servers' sockets, in a short place where the state lies deep."""
        if len(str(self.path)) < LONGEST_SOCKET_FOLDER:
            folder = self.path / "run"
        else:
            folder = Path(tempfile.gettempdir()) / f"attain-{os.geteuid()}-{short_hash(self.path)}"
        make_folder(folder, 0o700, owner)
        if folder.is_symlink() or folder.stat().st_uid not in (os.geteuid(), owner) or folder.stat().st_mode & 0o077:
            raise Stop(f"{folder} belongs to somebody else or is open to others: remove it and start again.")
        return folder

    def secret(self, name: str) -> str:
        """A random text made once and kept where only its owner reads it."""
        return keep_secret(self.path / name, secrets.token_urlsafe(50))


def keep_secret(path: Path, text: str) -> str:
    """Writes the text for its owner's eyes unless the file is there; answers with what the file holds."""
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
    except FileExistsError:
        pass
    return path.read_text()


def _locked(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
