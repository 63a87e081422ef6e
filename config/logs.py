"""What an installation says: lines for people, or one JSON object a line for machines (LOG_FORMAT)."""

import logging
import time

from celery.beat import SchedulingError
from django.db import InterfaceError, OperationalError
from pythonjsonlogger.json import JsonFormatter

from lib import trace
from lib.loudness import SILENCE

# What every record carries; the rest is what its line was given.
RECORD = [*vars(logging.makeLogRecord({})), "message", "asctime", "taskName"]
AWAY = (OperationalError, InterfaceError)
# Which errors of which logger mean that PostgreSQL or Redis is away.
AWAY_FROM = {"django.request": AWAY, "celery.app.trace": AWAY, "celery.beat": SchedulingError}


def logging_settings(form: str, level: str) -> dict:
    """Django's LOGGING: everything, uvicorn's and Celery's words too, goes to one handler in one form."""
    quiet = {"level": "WARNING"}
    through = {"handlers": [], "propagate": True}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"traced": {"()": Traced}, "once": {"()": OnceWhereServersAreAway}},
        "formatters": {
            "line": {"format": "%(levelname)s %(name)s: %(message)s"},
            "json": {"()": Json},
        },
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "formatter": "json" if form == "json" else "line",
                "filters": ["once", "traced"],
            }
        },
        "loggers": {
            "django": through,
            "django.request": {"level": "ERROR"},  # a refused request is answered; only a failed one is news
            "attain.request": {"level": "NOTSET" if form == "json" else "WARNING"},
            "celery": quiet,
            "kombu": quiet,
            "uvicorn": through,
            "uvicorn.error": {**through, **quiet},
            "uvicorn.access": {**through, **quiet},
            "multiprocessing": {"handlers": ["console"], "propagate": False},  # Celery's pool lets nothing through
            "py.warnings": {"level": "ERROR"},
            "psycopg.pool": {"level": "ERROR"},  # each try to connect again would be a line
        },
        "root": {"handlers": ["console"], "level": level},
    }


class Traced(logging.Filter):
    """Adds whom the request or task serves to every line that is said meanwhile."""

    def filter(self, record: logging.LogRecord) -> bool:
        for name, value in trace.facts().items():
            if not hasattr(record, name):
                setattr(record, name, value)
        return True


class OnceWhereServersAreAway(logging.Filter):
    """One line without a traceback, and none for a while after, where work met no database, or beat no Redis: there are
    many of them, and all say the same."""

    def __init__(self):
        super().__init__()
        self.told_at: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if not isinstance(error, AWAY_FROM.get(record.name, ())):
            return True
        now = time.monotonic()
        if now - self.told_at.get(record.name, float("-inf")) < SILENCE:
            return False
        self.told_at[record.name] = now
        record.msg, record.args = "%s (said once in a while)", (" ".join(str(error).split()),)
        record.exc_info, record.exc_text = None, None
        return True


class Json(JsonFormatter):
    """time, level, logger, message, the trace, and what the line carries; no request or task object."""

    def __init__(self):
        super().__init__(
            "%(levelname)s %(name)s %(message)s",
            rename_fields={"levelname": "level", "name": "logger"},
            timestamp="time",
            reserved_attrs=[*RECORD, "request", "server_time", "color_message", "data"],
            json_ensure_ascii=False,
        )
