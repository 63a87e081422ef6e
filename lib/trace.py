"""Whom the running request or task serves, for log lines: ids and words of the installation, never personal data."""

from contextvars import ContextVar

_facts: ContextVar[dict[str, object] | None] = ContextVar("attain_trace", default=None)


def begin(**facts) -> dict[str, object]:
    """Starts the trace of a request or a task; what is noted later, also in another thread of it, is added."""
    trace = {name: value for name, value in facts.items() if value is not None}
    _facts.set(trace)
    return trace


def note(**facts) -> None:
    """Adds to the trace that is open; outside of one nothing is kept."""
    trace = _facts.get()
    if trace is not None:
        trace.update(facts)


def facts() -> dict[str, object]:
    return dict(_facts.get() or {})
