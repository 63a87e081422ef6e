"""`dev.py test`: the checks, then every test beside services of its own; named tests run without the checks."""

import os
import sys

from ops import check, environment, services
from ops.ports import Ports
from ops.processes import run_in_front
from ops.progress import say
from ops.state import State


def main(arguments: list[str]) -> int:
    state = State("test")
    state.claim()
    failed = [] if arguments else check.failures()
    with services.running(state, durable=False) as (addresses, _):
        say("Tests")
        env = {**os.environ, **environment.product(state, addresses, Ports())}
        cores = str(len(os.sched_getaffinity(0)))
        status = run_in_front([sys.executable, "-m", "pytest", *(arguments or ["-n", cores])], env=env)
    if failed:
        print(f"Checks failed: {', '.join(failed)}. What they said stands above the tests.", flush=True)
    return status or bool(failed)
