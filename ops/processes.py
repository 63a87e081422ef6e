"""Programs that live and die with the one that started them."""

import ctypes
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ops.progress import Stop

PR_SET_PDEATHSIG = 1


def dies_with_parent(signal_number: int = signal.SIGTERM) -> Callable[[], None]:
    """What a child runs before its program: the kernel then signals it when its parent ends, even by kill -9."""
    parent, libc = os.getpid(), ctypes.CDLL(None)

    def tie() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(signal_number))
        if os.getppid() != parent:
            os._exit(1)

    return tie


@dataclass
class Program:
    """One running program and how it is asked to end."""

    name: str
    process: subprocess.Popen
    end_signal: int = signal.SIGTERM

    def is_running(self) -> bool:
        return self.process.poll() is None

    def ask_to_end(self) -> None:
        if self.is_running():
            self.process.send_signal(self.end_signal)

    def wait_for_end(self, seconds: float) -> None:
        """Waits; past the time the program and everything it started are killed."""
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(max(seconds, 0.01))
        self.kill()
        self.process.wait()

    def kill(self) -> None:
        """Kills the program and what it started: all of them are in its group."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def end(self, seconds: float = 10) -> None:
        self.ask_to_end()
        self.wait_for_end(seconds)


def launch(
    name: str,
    command: Sequence[Path | str],
    *,
    env: Mapping[str, str] | None = None,
    output: IO[bytes] | int = subprocess.PIPE,
    end_signal: int = signal.SIGTERM,
    orphan_signal: int | None = None,
    keep_open: Sequence[int] = (),
    **credentials,
) -> Program:
    """Starts a program in a session of its own (Ctrl-C reaches only us) and ties its life to ours.

    `end_signal` asks it to end; `orphan_signal` is what the kernel sends where we are killed (else the same).
    Call it from the main thread of a program without other threads: the kernel ties children to a thread.
    """
    process = subprocess.Popen(
        [str(part) for part in command],
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        pass_fds=keep_open,
        preexec_fn=dies_with_parent(orphan_signal or end_signal),
        **credentials,
    )
    return Program(name, process, end_signal)


def run_in_front(command: Sequence[Path | str], *, env: Mapping[str, str]) -> int:
    """Runs a program in the terminal's foreground (it gets Ctrl-C itself) and answers with its exit status."""
    process = subprocess.Popen([str(part) for part in command], env=env, preexec_fn=dies_with_parent())
    before = {
        signal.SIGINT: signal.signal(signal.SIGINT, signal.SIG_IGN),
        signal.SIGTERM: signal.signal(signal.SIGTERM, lambda *_: process.terminate()),
    }
    try:
        status = process.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return status if status >= 0 else 128 - status


class Supervisor:
    """Runs programs side by side, prints their lines under their names, and ends all when one ends."""

    def __init__(self, *, end_within: float = 5):
        self.programs: list[Program] = []
        self.end_within = end_within
        self._is_asked_to_end = False

    def add(self, program: Program) -> None:
        self.programs.append(program)

    def watch(
        self, *, beside: Sequence[Program] = (), is_ready: Callable[[], bool], when_ready: Callable[[], None] | None
    ) -> int:
        """Until Ctrl-C, a signal, or the end of a program, also of one beside. Answers with the exit status."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._hear)
        with self._lines() as lines:
            while not self._is_asked_to_end:
                _print(lines, seconds=0.2)
                if ended := [program for program in (*self.programs, *beside) if not program.is_running()]:
                    _print(lines, seconds=0)
                    print(f"{ended[0].name} ended by itself (status {ended[0].process.returncode}).", flush=True)
                    return 1
                if when_ready and is_ready():
                    when_ready()
                    when_ready = None
        return 0

    def end(self) -> None:
        """Asks all to end at once, and kills after the time given what is still there."""
        until = time.monotonic() + self.end_within
        for program in self.programs:
            program.ask_to_end()
        for program in self.programs:
            program.wait_for_end(min(until - time.monotonic(), self.end_within))
        self.programs.clear()

    def _hear(self, *_) -> None:
        if self._is_asked_to_end:  # Ctrl-C a second time: wait for nobody
            for program in self.programs:
                program.kill()
        self._is_asked_to_end = True

    def _lines(self) -> selectors.BaseSelector:
        selector = selectors.DefaultSelector()
        for program in self.programs:
            if program.process.stdout:
                selector.register(program.process.stdout, selectors.EVENT_READ, _Lines(program.name))
        return selector


def _print(lines: selectors.BaseSelector, *, seconds: float) -> None:
    """Prints what the programs have said, waiting at most the given seconds for the first word."""
    for key, _ in lines.select(seconds):
        data = os.read(key.fd, 65536)
        key.data.write(data)
        if not data:
            lines.unregister(key.fileobj)


class _Lines:
    """Puts a program's name before each of its lines, however they arrive."""

    def __init__(self, name: str):
        self.name, self.rest = name, b""

    def write(self, data: bytes) -> None:
        *lines, self.rest = (self.rest + data).split(b"\n")
        if not data and self.rest:
            lines, self.rest = [self.rest], b""
        for line in lines:
            print(f"{self.name:7}| {line.decode(errors='replace')}", flush=True)


def wait_until(ready: Callable[[], bool], program: Program, log: Path, *, seconds: float = 60) -> None:
    """Waits for a server to answer. Raises Stop with its own words where it ends or stays silent."""
    until = time.monotonic() + seconds
    while not ready():
        if not program.is_running() or time.monotonic() > until:
            program.end(1)
            raise Stop(why_it_failed(program.name, log.read_text(errors="replace")))
        time.sleep(0.03)


def why_it_failed(name: str, output: str) -> str:
    """A sentence out of a server's last words; a missing library is named."""
    for line in output.splitlines():
        if "error while loading shared libraries" in line:
            library = line.split("libraries:")[1].split(":")[0].strip()
            return f"{name} cannot start: the library {library} is missing on this machine. Install it and start again."
        if "No space left on device" in line:
            return f"{name} cannot start: the disk is full."
    last = " ".join(output.strip().splitlines()[-3:]) or "it said nothing"
    return f"{name} did not start: {last}"
