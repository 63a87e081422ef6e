"""Filters of templates: days of instants are those where the reader is."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.template import Context, Template
from django.utils import timezone

BEFORE_MIDNIGHT = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)


def test_the_day_of_an_instant_is_that_where_the_reader_is():
    line = Template("{% load formats %}{{ at|day }}")
    with timezone.override(ZoneInfo("Europe/Oslo")):
        assert line.render(Context({"at": BEFORE_MIDNIGHT})) == "Nov 23, 2026"
    with timezone.override(UTC):
        assert line.render(Context({"at": BEFORE_MIDNIGHT})) == "Nov 22, 2026"
