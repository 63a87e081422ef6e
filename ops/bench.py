"""`dev.py bench`: the benchmarks in bench/, beside services that write to disk as in production."""

import os
import sys

from ops import environment, services
from ops.ports import Ports
from ops.processes import run_in_front
from ops.progress import Stop
from ops.state import ROOT, State

# A server of its own for the data of the benchmarks; the rest stands as PostgreSQL comes.
MEMORY = ("shared_buffers=4GB", "work_mem=64MB", "maintenance_work_mem=1GB", "max_wal_size=16GB")


def main(arguments: list[str]) -> int:
    if not (ROOT / "bench/__main__.py").exists():
        raise Stop("There are no benchmarks yet: they belong in bench/, started by bench/__main__.py.")
    state = State("bench")
    state.claim()
    with services.running(state, settings=MEMORY) as (addresses, _):
        loader = services.Postgres(state).superuser_url.replace("/postgres?", "/attain?")
        env = {**os.environ, **environment.product(state, addresses, Ports()), "BENCH_LOADER_URL": loader}
        return run_in_front([sys.executable, "-m", "bench", *arguments], env=env)
