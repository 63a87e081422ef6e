"""Waiting for a condition."""

import time


def wait_for(condition, *, seconds: float, what: str):
    """The condition's first true answer; the test fails where none comes in time."""
    until = time.monotonic() + seconds
    while not (answer := condition()):
        assert time.monotonic() < until, f"waited {seconds} s in vain: {what}"
        time.sleep(0.05)
    return answer
