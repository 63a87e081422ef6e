"""`dev.py manage`: manage.py with the demo's environment, beside its services (started for the time if need be)."""

import os
import sys

from ops import environment, services
from ops.ports import Ports
from ops.processes import run_in_front
from ops.state import InUse, State


def main(arguments: list[str]) -> int:
    command = [sys.executable, "manage.py", *arguments]
    state = State("demo")
    try:
        state.claim(wait=0)
    except InUse:
        return run_in_front(command, env={**os.environ, **environment.kept(state)})
    with services.running(state) as (addresses, _):
        return run_in_front(command, env={**os.environ, **environment.product(state, addresses, Ports())})
