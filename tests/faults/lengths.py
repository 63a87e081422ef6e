"""How long the tests of faults go on: short with all the others, long by `python3 dev.py faults`."""

import os
import random

IS_LONG = os.environ.get("ATTAIN_FAULTS") == "long"
ROUNDS = int(os.environ.get("ATTAIN_FAULTS_ROUNDS", "12"))


def rounds(*, short: int) -> int:
    """How often a fault is made: `short` with all the other tests, else as often as was asked for."""
    return ROUNDS if IS_LONG else short


def dice() -> tuple[int, random.Random]:
    """The seed, to be printed, and dice thrown with it; ATTAIN_FAULTS_SEED repeats a run as far as a race can be."""
    seed = int(os.environ.get("ATTAIN_FAULTS_SEED") or random.SystemRandom().randrange(10**6))
    return seed, random.Random(seed)
