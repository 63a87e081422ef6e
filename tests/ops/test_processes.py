"""Programs live and die with the one that started them."""

import os
import signal

from ops.processes import why_it_failed
from tests.ops.conftest import wait_for

SUPERVISED = """
import os, sys, signal
from ops.processes import Supervisor, launch
STUBBORN = '''
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(60)"
child = subprocess.Popen([sys.executable, "-c", deaf])
print(os.getpid(), child.pid, flush=True)
time.sleep(60)
'''
QUICK = "import os, time; print(os.getpid(), flush=True); time.sleep({seconds})"
supervisor = Supervisor(end_within=0.5)
supervisor.add(launch("quick", [sys.executable, "-c", QUICK]))
{more}
status = supervisor.watch(is_ready=lambda: True, when_ready=lambda: print("ready", flush=True))
supervisor.end()
sys.exit(status)
"""
WITH_STUBBORN = 'supervisor.add(launch("stubborn", [sys.executable, "-c", STUBBORN]))'


def is_alive(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def start(script, *, seconds=60, stubborn=True):
    """A supervisor with its programs; answers with it and their process ids once all have spoken."""
    code = SUPERVISED.replace("{seconds}", str(seconds)).replace("{more}", WITH_STUBBORN if stubborn else "")
    supervisor = script(code)
    pids: list[int] = []
    while len(pids) < (3 if stubborn else 1):
        name, _, line = supervisor.stdout.readline().partition("|")
        pids += map(int, line.split()) if name.strip() in ("quick", "stubborn") else []
    return supervisor, pids


def test_ctrl_c_ends_every_program_also_one_that_does_not_listen_and_its_child(script):
    supervisor, pids = start(script)
    assert all(map(is_alive, pids))
    supervisor.send_signal(signal.SIGINT)
    assert supervisor.wait(10) == 0
    wait_for(lambda: not any(map(is_alive, pids)))


def test_the_end_of_one_program_ends_all_and_is_told(script):
    supervisor, _ = start(script, seconds=0.2, stubborn=False)
    said = supervisor.stdout.read()
    assert supervisor.wait(10) == 1
    assert "quick ended by itself (status 0)." in said


def test_a_supervisor_that_is_killed_leaves_nobody(script):
    supervisor, pids = start(script, stubborn=False)
    assert all(map(is_alive, pids))
    os.kill(supervisor.pid, signal.SIGKILL)
    wait_for(lambda: not any(map(is_alive, pids)))


def test_a_missing_library_is_named():
    said = (
        "bin/postgres: error while loading shared libraries: libxml2.so.2: cannot open shared object file: No such file"
    )
    assert why_it_failed("PostgreSQL", said) == (
        "PostgreSQL cannot start: the library libxml2.so.2 is missing on this machine. Install it and start again."
    )


def test_a_full_disk_is_said():
    said = 'FATAL:  could not write to file "pg_wal/xlogtemp.1": No space left on device'
    assert why_it_failed("PostgreSQL", said) == "PostgreSQL cannot start: the disk is full."


def test_any_other_reason_is_told_in_the_servers_own_last_words():
    assert why_it_failed("Valkey", "one\ntwo\nthree\nfour\n") == "Valkey did not start: two three four"
    assert why_it_failed("Valkey", "") == "Valkey did not start: it said nothing"
