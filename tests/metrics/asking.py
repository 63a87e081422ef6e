"""Asks the database which facts belong to a segment."""

from django.db import connection

from metrics import segments
from metrics.measures import STREAMS


def answers(tree, stream_key: str) -> dict[int, bool]:
    """Fact id -> whether it belongs; the tree is checked first, as everywhere."""
    compiled = segments.compile(segments.check(tree, stream_key), stream_key)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT f.id, {compiled.sql} FROM {STREAMS[stream_key].table} f {compiled.join_sql}", compiled.params
        )
        return dict(cursor.fetchall())


def members(tree, stream_key: str) -> set[int]:
    return {fact_id for fact_id, belongs in answers(tree, stream_key).items() if belongs}
