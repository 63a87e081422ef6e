"""The web server of an installation, in several processes."""

import os
import subprocess
import sys
import urllib.error
import urllib.request

import psutil
import pytest

from ops import programs
from ops.progress import Stop
from ops.state import ROOT
from tests.ops.conftest import wait_for


def answer_of(port: int) -> int | None:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            return answer.status
    except (urllib.error.URLError, ConnectionError):
        return None


def serving(pid: int) -> list[psutil.Process]:
    return [child for child in psutil.Process(pid).children() if "spawn_main" in " ".join(child.cmdline())]


def test_several_processes_share_the_port_and_end_together(free_port):
    env = {**os.environ, "WEB_PROCESSES": "2", "DJANGO_SETTINGS_MODULE": "config.settings"}
    command = [*programs.web_of_an_image(sys.executable), str(free_port)]
    with subprocess.Popen(command, cwd=ROOT, env=env) as web:
        try:
            wait_for(lambda: answer_of(free_port) == 200, seconds=60)
            processes = wait_for(lambda: len(serving(web.pid)) == 2 and serving(web.pid), seconds=60)
        finally:
            web.terminate()
    assert web.returncode == 0
    assert psutil.wait_procs(processes, timeout=20)[1] == []


@pytest.mark.parametrize(("said", "processes"), [("", 3), ("1", 1), (" 8 ", 8)])
def test_the_number_of_processes_is_said_or_usual(monkeypatch, said, processes):
    monkeypatch.setenv("WEB_PROCESSES", said)
    assert programs.web_processes(usual=3) == processes
    assert ("--workers" in programs.web("python", host="x", port=1, processes=processes)) is (processes > 1)


@pytest.mark.parametrize("said", ["0", "9", "-1", "two", "1.5", "\u0663"])
def test_another_number_is_refused(monkeypatch, said):
    monkeypatch.setenv("WEB_PROCESSES", said)
    with pytest.raises(Stop, match="give a number from 1 to 8"):
        programs.web_processes(usual=1)


def test_no_more_than_the_database_has_connections_for(monkeypatch):
    monkeypatch.delenv("WEB_PROCESSES", raising=False)
    assert programs.web_processes(usual=64) == programs.MOST_PROCESSES
