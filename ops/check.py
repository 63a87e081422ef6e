"""`dev.py check`: what machines can tell about the code. Goes on after a failure, so one run tells everything."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from ops.state import ROOT

PROGRAMS = Path(sys.executable).parent
INDEX_HOST = re.compile(r"https?://")
TYPED = ("lib/*.py", "*/rules.py", "*/services.py", "*/services/*.py")
TEMPLATES = ("templates/**/*.html", "*/templates/**/*.html")
NOWHERE = "/nonexistent"
SETTINGS = {
    "SECRET_KEY": "only-for-checks",
    "DATABASE_URL": f"postgres://attain_app@/attain?host={NOWHERE}",
    "DATABASE_OWNER_URL": f"postgres://attain_owner@/attain?host={NOWHERE}",
    "DATABASE_SYSTEM_URL": f"postgres://attain_system@/attain?host={NOWHERE}",
    "REDIS_URL": f"unix://{NOWHERE}/redis.sock?db=0",
    "PLAIN_STATIC": "1",
}


def main(_: list[str]) -> int:
    return bool(failures())


def failures() -> list[str]:
    """Runs every check, prints each with its seconds, and answers with the names of those that failed."""
    manage = [sys.executable, "-W", "ignore::RuntimeWarning", "manage.py"]  # no database is asked here
    steps: dict[str, Callable[[], bool]] = {
        "lint (ruff)": lambda: _passes(PROGRAMS / "ruff", "check", "--quiet"),
        "format (ruff)": lambda: _passes(PROGRAMS / "ruff", "format", "--check", "--quiet"),
        "templates (djade)": _templates_are_tidy,
        "layers (import-linter)": lambda: _passes(PROGRAMS / "lint-imports", "--no-cache"),
        "types (mypy)": lambda: _passes(PROGRAMS / "mypy", *_files(TYPED)),
        "missing migrations": lambda: _passes(*manage, "makemigrations", "--check", "--dry-run"),
        "Django's checks": lambda: _passes(*manage, "check"),
        "no registry in the locks": _locks_name_no_host,
    }
    return [name for name, step in steps.items() if not _timed(name, step)]


def _timed(name: str, step: Callable[[], bool]) -> bool:
    started = time.monotonic()
    passed = step()
    print(f"{'ok    ' if passed else 'FAILED'} {name} ({time.monotonic() - started:.1f} s)", flush=True)
    return passed


def _passes(*command: Path | str) -> bool:
    done = subprocess.run(
        [str(part) for part in command], cwd=ROOT, env={**os.environ, **SETTINGS}, capture_output=True, text=True
    )
    if done.returncode:
        print(done.stdout + done.stderr, flush=True)
    return done.returncode == 0


def _templates_are_tidy() -> bool:
    found = _files(TEMPLATES)
    return not found or _passes(PROGRAMS / "djade", "--check", "--target-version", "5.2", *found)


def _files(patterns: Iterable[str]) -> list[Path]:
    found = sorted(path.relative_to(ROOT) for pattern in patterns for path in ROOT.glob(pattern))
    return [path for path in found if path.parts[0] not in (".venv", ".local", "node_modules")]


def _locks_name_no_host() -> bool:
    named = [
        f"{lock.relative_to(ROOT)}:{number}: {line.strip()}"
        for lock in [*ROOT.glob("requirements/*.txt"), ROOT / "package-lock.json"]
        for number, line in enumerate(lock.read_text("utf-8").splitlines(), 1)
        if INDEX_HOST.search(line) and '"url":' not in line  # a package's funding page
    ]
    print("\n".join(named), end="\n" if named else "", flush=True)
    return not named
