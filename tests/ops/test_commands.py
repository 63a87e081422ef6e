"""dev.py as it is typed."""

import subprocess
import sys

from ops.state import ROOT

OLD_PYTHON = """
import runpy, sys
sys.version_info, sys.argv = (3, 9, 2), ["dev.py", "up"]
runpy.run_path("dev.py", run_name="__main__")
"""


def run(*command):
    return subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True)


def test_without_a_command_it_says_what_it_can_do():
    done = run("dev.py")
    assert done.returncode == 0
    assert "dev.py up [--fresh] [--port N]" in done.stdout


def test_an_unknown_command_is_refused_with_the_same_words():
    done = run("dev.py", "launch")
    assert done.returncode == 1
    assert "dev.py up [--fresh] [--port N]" in done.stdout


def test_a_python_that_is_too_old_is_told_so_in_a_sentence():
    done = run("-c", OLD_PYTHON)
    assert done.returncode == 1
    assert done.stderr == "Attain needs Python 3.11 or newer, and this is 3.9.\n"
