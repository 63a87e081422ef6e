"""Every mail of the demo is kept and shown; nothing in it can act."""

import smtplib
import socket
import subprocess
import sys
from email.message import EmailMessage
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from ops.state import ROOT
from tests.ops.conftest import wait_for


def listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def mails(tmp_path, free_port):
    """The catcher as a program, with a way to send a mail and one to read a page."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        page_port = probe.getsockname()[1]
    command = [sys.executable, "-m", "ops.mailbox", str(tmp_path / "mails"), str(free_port), str(page_port)]
    program = subprocess.Popen(command, cwd=ROOT)
    wait_for(lambda: listens(free_port) and listens(page_port))

    class Mails:
        folder = tmp_path / "mails"

        def send(self, content: bytes, to="rita@northwind.example"):
            with smtplib.SMTP("127.0.0.1", free_port) as smtp:
                smtp.sendmail("attain@localhost", [to], content)

        def get(self, path="/", host="127.0.0.1"):
            answer = urlopen(Request(f"http://127.0.0.1:{page_port}{path}", headers={"Host": host}))
            return answer.headers, answer.read().decode()

        def newest(self) -> str:
            return max(path.stem for path in self.folder.glob("*.eml"))

    yield Mails()
    program.terminate()
    program.wait(10)


def test_a_mail_is_kept_listed_and_shown_with_everything_in_it_escaped(mails):
    assert "No mail yet" in mails.get()[1]
    message = EmailMessage()
    message["Subject"] = "Würstchen <script>alert(1)</script>"
    message["To"] = "Rita <rita@northwind.example>"
    message.set_content("Open http://127.0.0.1:8000/reset/?a=1&b=<2> now. <b>Ż</b>")
    message.add_alternative("<p>Hello <script>alert(1)</script></p>", subtype="html")
    message.add_attachment(b"1;2", maintype="text", subtype="csv", filename='a"<b>.csv')
    mails.send(bytes(message))

    _, listed = mails.get()
    assert "Würstchen &lt;script&gt;alert(1)&lt;/script&gt;" in listed
    headers, shown = mails.get(f"/{mails.newest()}")
    assert '<a href="http://127.0.0.1:8000/reset/?a=1&amp;b=">' in shown
    assert "&lt;b&gt;Ż&lt;/b&gt;" in shown
    assert "<script" not in listed + shown
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    headers, html = mails.get(f"/{mails.newest()}/html")
    assert html.startswith("<p>Hello")
    assert headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    headers, attached = mails.get(f"/{mails.newest()}/file/0")
    assert attached == "1;2"
    assert headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no header at all",
        b"Subject: =?utf-99?q?=ff?=\r\nContent-Type: text/plain; charset=klingon\r\n\r\n\xff\xfe\x00",
        b"From: <<<>>>\r\nTo: \xff\xff\r\nDate: yesterday\r\nSubject: \x00\r\n\r\nx",
        b"Content-Type: multipart/mixed\r\n\r\nno boundary",
        b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!",
        b"Content-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\ntext",
        b"To: a@b, , ;;; (\r\nContent-Type: ;;;\r\nContent-Disposition: attachment; filename*=x'y\r\n\r\ntext",
    ],
)
def test_an_odd_mail_is_shown_as_well_as_can_be_and_harms_nothing(mails, content):
    mails.send(content)
    for path in ("/", f"/{mails.newest()}", f"/{mails.newest()}/source"):
        assert mails.get(path)[1] is not None


def test_a_hidden_copy_shows_whom_it_went_to(mails):
    mails.send(b"To: nora@northwind.example\r\nSubject: Copy\r\n\r\nx", to="marco@northwind.example")
    assert "marco@northwind.example" in mails.get()[1]


@pytest.mark.parametrize(
    "path", ["/nothing", "/../../etc/passwd", "/%2e%2e%2fsecret-key", "/x/file/0", "/20260101-000000-000001"]
)
def test_what_is_no_mail_is_not_found(mails, path):
    with pytest.raises(HTTPError) as refused:
        mails.get(path)
    assert refused.value.code == 404


def test_a_page_of_another_site_cannot_read_the_mails_under_its_own_name(mails):
    assert mails.get(host="localhost:8026")
    with pytest.raises(HTTPError) as refused:
        mails.get(host="evil.example")
    assert refused.value.code == 403
