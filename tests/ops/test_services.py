"""PostgreSQL of our own starts whatever an earlier run has left behind."""

import os
import signal

import psycopg
import pytest

from ops.progress import Stop
from ops.services import Valkey, answering_redis
from ops.state import State


def test_postgresql_starts_again_after_a_hard_kill_whose_process_number_somebody_else_got(postgres):
    with psycopg.connect(postgres.superuser_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (x int)")
        connection.execute("INSERT INTO kept VALUES (1)")
        connection.execute("CHECKPOINT")  # a server for tests promises nothing before that
    os.killpg(postgres.program.process.pid, signal.SIGKILL)
    postgres.program.process.wait()
    pid_file = postgres.data / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")

    postgres.program = postgres.start()

    with psycopg.connect(postgres.superuser_url) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (1,)


def test_postgresql_is_reached_by_its_socket_only(postgres):
    with psycopg.connect(postgres.superuser_url) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
    assert postgres.sockets.stat().st_mode & 0o077 == 0


def test_a_redis_that_is_given_must_answer(place, free_port):
    valkey = Valkey(State("valkey", root=place))
    valkey.state.claim()
    program = valkey.start()
    assert answering_redis(valkey.url) == valkey.url
    program.end()
    for nobody in (valkey.url, f"redis://127.0.0.1:{free_port}/0", "nonsense"):
        with pytest.raises(Stop, match="REDIS_URL names does not answer"):
            answering_redis(nobody)
