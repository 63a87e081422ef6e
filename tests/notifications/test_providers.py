"""Mails go out through a provider's HTTP interface that answers well or badly."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.conf import settings as installed

from notifications.models import MailState
from tests.notifications.test_sending import cast, only, queued, states  # noqa: F401 (cast is a fixture)
from tests.notifications.writing import post_of

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "system"])


class Provider(ThreadingHTTPServer):
    """Answers each mail with the next of its answers, a status; None hangs up; without one it takes the mail."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answering)
        self.answers: list[int | None] = []
        self.taken: list[dict] = []


class Answering(BaseHTTPRequestHandler):
    server: Provider

    def do_POST(self):
        said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        status = self.server.answers.pop(0) if self.server.answers else 200
        if status is None:
            self.connection.close()
            return
        if status == 200:
            self.server.taken.append(said)
        body = {"ErrorCode": 0 if status == 200 else 1, "Message": "OK", "MessageID": "m1", "To": "x@y.example"}
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *_said):
        pass


@pytest.fixture
def provider(settings):
    with Provider() as provider:
        threading.Thread(target=provider.serve_forever, daemon=True).start()
        settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
        settings.ANYMAIL = {
            "POSTMARK_SERVER_TOKEN": "key", "POSTMARK_API_URL": f"http://127.0.0.1:{provider.server_port}/",
            "REQUESTS_TIMEOUT": 2,
        }  # fmt: skip
        yield provider
        provider.shutdown()


def test_a_provider_takes_a_mail_with_all_that_belongs_to_it(cast, provider):  # noqa: F811
    queued(cast, "rosa")
    post_of(cast)
    (mail,) = provider.taken
    assert states(cast) == {"rosa": MailState.SENT}
    assert (mail["To"], mail["Subject"]) == ("rosa@northwind.example", only(cast).subject)
    assert installed.DEFAULT_FROM_EMAIL.partition("<")[2] in mail["From"] and mail["TextBody"] and mail["HtmlBody"]


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (422, MailState.FAILED), (429, MailState.QUEUED), (401, MailState.QUEUED), (500, MailState.UNKNOWN),
        (None, MailState.UNKNOWN),
    ],
)  # fmt: skip
def test_every_answer_of_a_provider_has_its_consequence(cast, provider, answer, state):  # noqa: F811
    queued(cast, "rosa")
    provider.answers = [answer]
    post_of(cast)
    assert states(cast) == {"rosa": state} and only(cast).error and provider.taken == []


def test_a_provider_that_is_away_has_taken_nothing(cast, provider, settings):  # noqa: F811
    settings.ANYMAIL["POSTMARK_API_URL"] = "http://127.0.0.1:1/"
    queued(cast, "rosa")
    post_of(cast)
    assert states(cast) == {"rosa": MailState.QUEUED}
