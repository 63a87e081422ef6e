"""`dev.py faults`: the tests of tests/faults in their long form, which take many minutes.

--rounds N    how often each fault of the storm is made (default 12)
--seed S      dice of an earlier run, as it printed them
"""

import argparse
import os
import sys

from ops import environment, services
from ops.ports import Ports
from ops.processes import run_in_front
from ops.progress import say
from ops.state import State


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="dev.py faults", description="Breaks everything while people work.")
    parser.add_argument("--rounds", type=int, default=12, help="how often each fault of the storm is made (default 12)")
    parser.add_argument("--seed", type=int, help="dice of an earlier run, as it printed them")
    chosen, tests = parser.parse_known_args(arguments)
    length = {"ATTAIN_FAULTS": "long", "ATTAIN_FAULTS_ROUNDS": str(chosen.rounds)}
    if chosen.seed is not None:
        length["ATTAIN_FAULTS_SEED"] = str(chosen.seed)
    state = State("faults")
    state.claim()
    with services.running(state, durable=False) as (addresses, _):
        say("Faults")
        env = {**os.environ, **environment.product(state, addresses, Ports()), **length}
        return run_in_front([sys.executable, "-m", "pytest", "-s", *(tests or ["tests/faults"])], env=env)
