import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext


@pytest.fixture
def count_queries():
    """How many queries a call asks."""

    def count(call) -> int:
        with CaptureQueriesContext(connection) as asked:
            call()
        return len(asked)

    return count
