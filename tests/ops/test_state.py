"""One run has a state at a time, and what it keeps is its owner's."""

import os
import signal
import stat
from pathlib import Path

import pytest

from ops.state import LONGEST_SOCKET_FOLDER, InUse, State
from tests.ops.conftest import wait_for

HOLDS = """
import subprocess, sys, time
from pathlib import Path
from ops.processes import launch
from ops.state import State
state = State("demo", root=Path({root!r}))
state.claim()
sleep = [sys.executable, "-c", "import time; time.sleep(60)"]
server = launch("server", sleep, keep_open=[state.lock], end_signal={signal})
print(server.process.pid, flush=True)
time.sleep(60)
"""


def test_a_second_run_with_the_same_state_is_refused_in_a_sentence(tmp_path, script):
    first = script(HOLDS.format(root=str(tmp_path), signal=int(signal.SIGTERM)))
    first.stdout.readline()
    with pytest.raises(InUse, match=f"Another run .process {first.pid}. is using .*ATTAIN_STATE"):
        State("demo", root=tmp_path).claim(wait=0)
    State("test", root=tmp_path).claim(wait=0)


def test_a_killed_run_has_the_state_until_its_last_server_is_gone(tmp_path, script):
    first = script(HOLDS.format(root=str(tmp_path), signal=int(signal.SIGURG)))  # a signal that ends nobody
    server = int(first.stdout.readline())
    first.kill()
    first.wait()
    with pytest.raises(InUse):
        State("demo", root=tmp_path).claim(wait=0)
    os.kill(server, signal.SIGKILL)
    State("demo", root=tmp_path).claim(wait=10)


def test_a_secret_is_made_once_for_its_owners_eyes(tmp_path):
    state = State("demo", root=tmp_path)
    state.claim()
    made = state.secret("secret-key")
    assert len(made) >= 50
    assert state.secret("secret-key") == made
    assert stat.S_IMODE((state.path / "secret-key").stat().st_mode) == 0o600


def test_starting_over_drops_everything_but_the_lock(tmp_path):
    state = State("demo", root=tmp_path)
    state.claim()
    state.secret("secret-key")
    (state.path / "mails").mkdir()
    state.clear()
    assert [entry.name for entry in state.path.iterdir()] == ["lock"]


def test_sockets_lie_in_a_private_folder_whose_path_is_short_enough(tmp_path):
    deep = State("demo", root=tmp_path / ("deep" * 20) / ("deeper" * 10))
    for state in (State("demo", root=Path("/tmp") / tmp_path.name), deep):
        folder = state.sockets()
        assert len(str(folder)) <= LONGEST_SOCKET_FOLDER + len("/run")
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        folder.rmdir()
    wait_for(lambda: not folder.exists())
