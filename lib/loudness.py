"""Saying once what happens all the time."""

import logging
import time

SILENCE = 30.0  # seconds between two lines


class Loudness:
    """Warns at most once in `SILENCE` seconds, however often something happens."""

    def __init__(self, log: logging.Logger):
        self.log, self.told_at = log, float("-inf")

    def warn(self, sentence: str, *values) -> None:
        now = time.monotonic()
        if now - self.told_at >= SILENCE:
            self.told_at = now
            self.log.warning(sentence, *values)
