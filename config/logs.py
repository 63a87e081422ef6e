"""What an installation says: lines for people, or one JSON object a line for machines (LOG_FORMAT)."""

import logging

from django.db import InterfaceError, OperationalError
from pythonjsonlogger.json import JsonFormatter

from lib import trace

# What every record carries; the rest is what its line was given.
RECORD = [*vars(logging.makeLogRecord({})), "message", "asctime", "taskName"]
AWAY = (OperationalError, InterfaceError)


def logging_settings(form: str, level: str) -> dict:
    """Django's LOGGING: everything, uvicorn's and Celery's words too, goes to one handler in one form."""
    quiet = {"level": "WARNING"}
    through = {"handlers": [], "propagate": True}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"traced": {"()": Traced}, "short": {"()": ShortWhereTheDatabaseIsAway}},
        "formatters": {
            "line": {"format": "%(levelname)s %(name)s: %(message)s"},
            "json": {"()": Json},
        },
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "formatter": "json" if form == "json" else "line",
                "filters": ["short", "traced"],
            }
        },
        "loggers": {
            "django": through,
            "django.request": {"level": "ERROR"},  # a refused request is answered; only a failed one is news
            "attain.request": {"level": "INFO" if form == "json" else "WARNING"},
            "celery": quiet,
            "kombu": quiet,
            "uvicorn": through,
            "uvicorn.error": {**through, **quiet},
            "uvicorn.access": {**through, **quiet},
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


class ShortWhereTheDatabaseIsAway(logging.Filter):
    """One line without a traceback for what met no database: there are many of them, and all say the same."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, AWAY) and record.name in ("django.request", "celery.app.trace"):
            what = record.getMessage() if record.name == "django.request" else f"Task {record.__dict__['data']['name']}"
            record.msg, record.args = "%s: %s", (what, " ".join(str(error).split()))
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
