"""What these tests run beside: servers and programs of their own, in a state of their own."""

import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from ops.services import Postgres
from ops.state import ROOT, State


def wait_for(condition, *, seconds=20):
    """Waits until the condition holds; the test fails where it never does."""
    until = time.monotonic() + seconds
    while not (answer := condition()):
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.02)
    return answer


@pytest.fixture
def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def script():
    """Starts Python code as a program of its own, at the checkout's root; whatever is left of it is ended."""
    started = []

    def start(code: str) -> subprocess.Popen:
        program = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        started.append(program)
        return program

    yield start
    for program in started:
        program.kill()
        program.communicate()


@pytest.fixture(scope="module")
def place():
    """A folder that PostgreSQL's system user may enter too, which pytest's own are not."""
    with tempfile.TemporaryDirectory(prefix="attain-tests-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture(scope="module")
def postgres(place):
    """A PostgreSQL of its own, without roles."""
    server = Postgres(State("server", root=place), durable=False)
    server.program = server.start()
    yield server
    server.program.end()
