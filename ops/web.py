"""`python -m ops web [PORT]`: the web server of an installation, in as many processes as WEB_PROCESSES says; left out,
one for each processor. Several add up what they have measured in a folder that is made for them."""

import os
import sys
import tempfile

from ops import programs

PORT = 8000
MEASURED = "PROMETHEUS_MULTIPROC_DIR"


def main(arguments: list[str]) -> int:
    port = int(arguments[0]) if arguments else PORT
    processes = programs.web_processes(usual=os.cpu_count() or 1)
    if processes > 1 and MEASURED not in os.environ:
        os.environ[MEASURED] = tempfile.mkdtemp(prefix="attain-measured-")
    command = programs.web(sys.executable, host="0.0.0.0", port=port, processes=processes)
    os.execv(command[0], command)
