"""What the product is told."""

import pytest

from ops import environment
from ops.ports import Ports
from ops.progress import Stop
from ops.state import State


@pytest.fixture
def state(tmp_path):
    state = State("demo", root=tmp_path)
    state.claim()
    return state


def test_a_file_fills_what_the_environment_leaves_open(tmp_path, monkeypatch):
    monkeypatch.setattr(environment.os, "environ", {"MAIL_FROM": "typed@example.com"})
    file = tmp_path / ".env"
    file.write_text(
        "# a comment\nMAIL_FROM=file@example.com\nBASE_URL = 'https://sales.example.com'\nSECRET_KEY=\nnonsense\n"
    )
    environment.read_file(file)
    assert environment.os.environ == {"MAIL_FROM": "typed@example.com", "BASE_URL": "https://sales.example.com"}


def test_what_a_person_gave_wins_over_the_usual(state, monkeypatch):
    for name in ("BASE_URL", "EMAIL_URL"):
        monkeypatch.delenv(name, raising=False)
    usual = environment.product(state, {"REDIS_URL": "redis://r"}, Ports.beside(8100))
    assert usual["BASE_URL"] == "http://127.0.0.1:8100"
    assert usual["EMAIL_URL"] == "smtp://127.0.0.1:8125"
    assert usual["REDIS_URL"] == "redis://r"
    monkeypatch.setenv("BASE_URL", "https://sales.example.com")
    assert environment.product(state, {}, Ports())["BASE_URL"] == "https://sales.example.com"


def test_a_command_that_joins_a_demo_still_starting_is_told_to_wait(state):
    with pytest.raises(Stop, match="still starting"):
        environment.kept(state)
    environment.keep(state, {"BASE_URL": "http://127.0.0.1:8000"})
    assert environment.kept(state) == {"BASE_URL": "http://127.0.0.1:8000"}
