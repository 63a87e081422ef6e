"""What a machine lacks is installed, or said in a sentence."""

import sys
from types import SimpleNamespace

import pytest

from ops import setup
from ops.progress import Stop


def test_an_ordinary_user_is_told_what_to_install(monkeypatch):
    monkeypatch.setattr(setup.os, "geteuid", lambda: 1000)
    with pytest.raises(Stop, match=r"Missing: a browser for the tests.*apt-get install chromium-headless-shell"):
        setup.apt("a browser for the tests", "chromium-headless-shell")


def test_root_without_apt_is_told_what_to_install(monkeypatch):
    monkeypatch.setattr(setup.os, "geteuid", lambda: 0)
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(Stop, match="apt-get install libatomic1"):
        setup.apt("a library", "libatomic1")


@pytest.mark.parametrize(
    "said",
    [
        "error: Request failed: dns error: failed to lookup address information: Temporary failure in name resolution",
        "npm error network request failed, reason: getaddrinfo EAI_AGAIN registry",
        "E: Could not connect to proxy",
        "tcp connect error: Connection refused (os error 111)",
    ],
)
def test_a_registry_out_of_reach_is_told_as_such(said):
    fails = f"import sys; print({said!r}, file=sys.stderr); sys.exit(2)"
    with pytest.raises(Stop, match=r"^Cannot fetch the packages: the package registry does not answer\."):
        setup._fetch("the packages", sys.executable, "-c", fails)


def test_any_other_failure_is_told_in_the_installers_last_words():
    fails = "import sys; print('hash mismatch for django', file=sys.stderr); sys.exit(1)"
    with pytest.raises(Stop, match=r"^Cannot install the packages: hash mismatch for django$"):
        setup._fetch("the packages", sys.executable, "-c", fails)


def test_a_disk_without_room_is_told_before_anything_is_fetched(monkeypatch):
    setup._check_room()
    monkeypatch.setattr(setup.shutil, "disk_usage", lambda _: SimpleNamespace(free=42_000_000))
    with pytest.raises(Stop, match="has 42 MB left"):
        setup._check_room()


def test_a_step_is_done_once_for_the_same_files(tmp_path, monkeypatch):
    monkeypatch.setattr(setup, "VENV", tmp_path)
    source = tmp_path / "list.txt"

    def step():
        with setup._once("step", [source]) as needed:
            return needed

    source.write_text("one")
    assert step()
    assert not step()
    source.write_text("two")
    assert step()


def test_a_step_that_failed_is_done_again(tmp_path, monkeypatch):
    monkeypatch.setattr(setup, "VENV", tmp_path)
    source = tmp_path / "list.txt"
    source.write_text("one")
    with pytest.raises(Stop), setup._once("step", [source]):
        raise Stop("No.")
    with setup._once("step", [source]) as needed:
        assert needed
