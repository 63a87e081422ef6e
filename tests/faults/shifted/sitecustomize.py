"""Python imports this at its start where PYTHONPATH names its folder: the clock of that process is then shifted."""

import os
import time

import time_machine

SECONDS = float(os.environ["ATTAIN_TEST_SHIFT"])
time_machine.travel(time.time() + SECONDS, tick=True).start()
