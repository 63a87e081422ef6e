"""PDFs are made apart, from our own assets alone, and a document that goes wrong harms no other."""

from urllib.parse import urljoin

import pytest

from lib import press
from lib.pdf import NoPdf, Press, render_pdf

LETTER = "<title>Żółć</title><h1>Bonus</h1><table><tr><td>1,440.00</table>"


def test_the_same_document_gives_the_same_bytes():
    made = render_pdf(LETTER)
    assert made.startswith(b"%PDF-") and made == render_pdf(LETTER)
    assert made != render_pdf(LETTER.replace("1,440", "1,441"))


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd", "http://127.0.0.1/", "https://assets.invalid/../config/settings.py", "../manage.py",
        "data:text/css,p{}", "https://assets.invalid/css/%2e%2e/%2e%2e/pyproject.toml", "css/no.css", "js/lists.js",
    ],
)  # fmt: skip
def test_nothing_but_our_own_assets_can_be_named(address, settings):
    assets = settings.STATICFILES_DIRS[0]
    assert press.asset(assets, urljoin(press.ASSETS, "css/pdf.css")) == assets / "css/pdf.css"
    with pytest.raises(ValueError, match="asset"):
        press.asset(assets, urljoin(press.ASSETS, address))


def test_a_document_that_takes_too_long_is_stopped_and_the_next_one_is_made(monkeypatch):
    monkeypatch.setattr("lib.pdf.MOST_SECONDS", 1.5)
    own = Press()
    endless = f"<style>p{{column-count:9}}</style>{'<p>' + 'word <b>' * 30_000}".encode()
    assert own.make(endless) == press.TOO_MUCH
    monkeypatch.setattr("lib.pdf.MOST_SECONDS", 30)
    assert own.make(b"<p>Next").startswith(b"%PDF-")
    own._end()


def test_what_cannot_be_made_is_said_in_a_sentence(monkeypatch):
    monkeypatch.setattr("lib.pdf.PRESS.make", lambda document: press.NO_LIBRARIES)
    with pytest.raises(NoPdf, match="libraries are not installed"):
        render_pdf(LETTER)
    monkeypatch.setattr("lib.pdf.MOST_CHARACTERS", 3)
    with pytest.raises(NoPdf, match="too long"):
        render_pdf(LETTER)
