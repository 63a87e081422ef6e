"""What time it is for the database: the same for every worker."""

from datetime import datetime

from django.db import connection


def database_clock() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]
