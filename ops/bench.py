"""`dev.py bench`: the benchmarks in bench/, beside services that write to disk as in production."""

import os
import sys

from ops import environment, services
from ops.ports import Ports
from ops.processes import run_in_front
from ops.progress import Stop
from ops.state import ROOT, State


def main(arguments: list[str]) -> int:
    if not (ROOT / "bench/__main__.py").exists():
        raise Stop("There are no benchmarks yet: they belong in bench/, started by bench/__main__.py.")
    state = State("bench")
    state.claim()
    with services.running(state) as (addresses, _):
        env = {**os.environ, **environment.product(state, addresses, Ports())}
        return run_in_front([sys.executable, "-m", "bench", *arguments], env=env)
