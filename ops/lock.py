"""`dev.py lock`: all lists of locked packages anew from pyproject.toml and package.json; none names a registry."""

import subprocess
from pathlib import Path

from ops.progress import say
from ops.setup import LOCKS, UV, npm
from ops.state import ROOT

COMPILE = (
    UV, "pip", "compile", "--quiet", "--upgrade", "--python-version", "3.11", "--universal", "--generate-hashes",
    "--no-header", "--no-annotate", "--no-emit-index-url",
)  # fmt: skip


def main(_: list[str]) -> int:
    _compile("base", "pyproject.toml")
    _compile("local", "pyproject.toml", "--group", "local", "-c", LOCKS / "base.txt")
    _compile("dev", "pyproject.toml", "--group", "local", "--group", "dev", "-c", LOCKS / "local.txt")
    for alone in ("setup", "node"):
        _compile(alone, "--group", alone)
    say("package-lock.json")
    _run(*npm(), "update", "--package-lock-only", "--omit-lockfile-registry-resolved", "--loglevel=error")
    return 0


def _compile(name: str, *sources: Path | str) -> None:
    say(f"requirements/{name}.txt")
    _run(*COMPILE, *sources, "-o", LOCKS / f"{name}.txt")


def _run(*command: Path | str) -> None:
    subprocess.run([str(part) for part in command], check=True, cwd=ROOT)
