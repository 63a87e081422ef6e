"""`python -m ops collect`: the browser's files under hashed names in staticfiles/, as the web server of an image serves
them. No database is asked and no secret is needed."""

import os
import sys

from ops.check import SETTINGS
from ops.processes import run_in_front

COMMAND = [sys.executable, "manage.py", "collectstatic", "--noinput", "--clear", "--verbosity", "0"]


def main(arguments: list[str]) -> int:
    return run_in_front([*COMMAND, *arguments], env={**os.environ, **SETTINGS, "PLAIN_STATIC": "0"})
