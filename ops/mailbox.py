"""Catches every mail of the demo, keeps it as an .eml file and shows it on a page of its own; nothing is sent on.

python -m ops.mailbox FOLDER SMTP_PORT PAGE_PORT
"""

import re
import sys
import time
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from urllib.parse import quote, unquote

from aiosmtpd.controller import Controller

from ops.state import make_folder

HOST = "127.0.0.1"
LIMIT = 30_000_000  # bytes of one mail
LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)]")
NAME = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9]+")
OWN_PAGE = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
MAIL_PAGE = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 0 auto; padding: 1rem; }
ul { list-style: none; padding: 0; }
li { border-top: 1px solid #8886; padding: .6rem 0; }
li a { display: block; font-weight: 600; overflow-wrap: anywhere; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; border: 1px solid #8886; border-radius: .4rem; padding: 1rem; }
dt { font-weight: 600; } dd { margin: 0 0 .4rem; overflow-wrap: anywhere; }
"""


class Mailbox:
    """The mails in a folder, newest first, each known by the name of its file."""

    def __init__(self, folder: Path):
        self.folder = make_folder(folder, 0o700)
        self._numbers = count(1)

    async def handle_DATA(self, server, session, envelope) -> str:
        """Keeps one mail; who it was for on the wire is kept as Delivered-To (it may be a hidden copy)."""
        delivered = "".join(f"Delivered-To: {' '.join(to.split())}\r\n" for to in envelope.rcpt_tos)
        name = f"{time.strftime('%Y%m%d-%H%M%S')}-{next(self._numbers):06}"
        unfinished = self.folder / f"{name}.new"
        unfinished.write_bytes(delivered.encode("utf-8", "replace") + envelope.original_content)
        unfinished.rename(self.folder / f"{name}.eml")
        return "250 Kept"

    def names(self) -> list[str]:
        return sorted((path.stem for path in self.folder.glob("*.eml")), reverse=True)

    def raw(self, name: str) -> bytes:
        """The mail as it came. Raises KeyError where there is none."""
        path = self.folder / f"{name}.eml"
        if not NAME.fullmatch(name) or not path.exists():
            raise KeyError(name)
        return path.read_bytes()

    def message(self, name: str) -> EmailMessage:
        return message_from_bytes(self.raw(name), policy=policy.default)


def header(message: EmailMessage, name: str) -> str:
    """The header in words; however broken it is, something to show."""
    try:
        return ", ".join(str(value) for value in message.get_all(name, []))
    except Exception:  # the parser of the standard library has no one error for bad headers
        return "(cannot be read)"


def part_text(part: EmailMessage) -> str:
    """A text part's words, also where its character set is unknown or wrong."""
    try:
        return part.get_content()
    except Exception:  # unknown character sets, broken encodings: show the bytes
        payload = part.get_payload(decode=True)
        return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else str(part.get_payload())


def parts(message: EmailMessage, kind: str) -> Iterator[EmailMessage]:
    return (part for part in message.walk() if part.get_content_type() == kind and not part.get_filename())


def attachments(message: EmailMessage) -> list[EmailMessage]:
    return [part for part in message.walk() if not part.is_multipart() and part.get_filename()]


def list_page(mailbox: Mailbox) -> str:
    rows = []
    for name in mailbox.names():
        message = mailbox.message(name)
        subject = escape(header(message, "Subject") or "(no subject)")
        to = escape(header(message, "Delivered-To") or header(message, "To"))
        when = f"{name[:4]}-{name[4:6]}-{name[6:8]} {name[9:11]}:{name[11:13]}:{name[13:15]}"
        rows.append(f'<li><a href="/{name}">{subject}</a>{to}, <time>{when}</time></li>')
    listed = (
        f"<ul>{''.join(rows)}</ul>" if rows else "<p>No mail yet. What Attain sends on this machine is kept here.</p>"
    )
    return page("Mails", f"<h1>Mails</h1>{listed}")


def mail_page(mailbox: Mailbox, name: str) -> str:
    message = mailbox.message(name)
    heads = "".join(
        f"<dt>{label}</dt><dd>{escape(header(message, label))}</dd>" for label in ("From", "To", "Delivered-To", "Date")
    )
    text = "\n".join(part_text(part) for part in parts(message, "text/plain"))
    ways = [f'<a href="/{name}/source">Source</a>']
    if any(parts(message, "text/html")):
        ways.insert(0, f'<a href="/{name}/html">As a web page</a>')
    for number, part in enumerate(attachments(message)):
        ways.append(f'<a href="/{name}/file/{number}">{escape(part.get_filename())}</a>')
    subject = header(message, "Subject") or "(no subject)"
    body = f"<p><a href='/'>All mails</a></p><h1>{escape(subject)}</h1><dl>{heads}</dl><p>{', '.join(ways)}</p>"
    return page(subject, f"{body}<pre>{with_links(text)}</pre>")


def with_links(text: str) -> str:
    """The text escaped, its web addresses as links."""
    pieces, end = [], 0
    for found in LINK.finditer(text):
        link = escape(found.group())
        pieces += [escape(text[end : found.start()]), f'<a href="{link}">{link}</a>']
        end = found.end()
    return "".join(pieces) + escape(text[end:])


def page(title: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)} - Attain mails</title>'
        f'<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/style.css">'
        f"<main>{body}</main>"
    )


class Page(BaseHTTPRequestHandler):
    """Answers for one mailbox, which the server carries."""

    server_version = "AttainMails"

    def do_GET(self) -> None:
        if self.headers.get("Host", "").partition(":")[0] not in (HOST, "localhost"):
            return self.send_error(HTTPStatus.FORBIDDEN)
        try:
            self._answer(*self._find([unquote(part) for part in self.path.partition("?")[0].split("/") if part]))
        except (KeyError, IndexError, ValueError):
            self.send_error(HTTPStatus.NOT_FOUND)

    def _find(self, path: list[str]) -> tuple[str, bytes | str, dict[str, str]]:
        mailbox = self.server.mailbox
        match path:
            case []:
                return "text/html", list_page(mailbox), {}
            case ["style.css"]:
                return "text/css", STYLE, {}
            case [name]:
                return "text/html", mail_page(mailbox, name), {}
            case [name, "source"]:
                return "text/plain", mailbox.raw(name).decode("utf-8", "replace"), {}
            case [name, "html"]:
                html = "".join(part_text(part) for part in parts(mailbox.message(name), "text/html"))
                return "text/html", html, {"Content-Security-Policy": MAIL_PAGE}
            case [name, "file", number]:
                part = attachments(mailbox.message(name))[int(number)]
                disposition = f"attachment; filename*=UTF-8''{quote(part.get_filename())}"
                return (
                    "application/octet-stream",
                    part.get_payload(decode=True) or b"",
                    {"Content-Disposition": disposition},
                )
        raise KeyError(self.path)

    def _answer(self, kind: str, content: bytes | str, headers: dict[str, str]) -> None:
        data = content.encode("utf-8", "replace") if isinstance(content, str) else content
        usual = {"Content-Security-Policy": OWN_PAGE, "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
        charset = "" if isinstance(content, bytes) else "; charset=utf-8"
        self.send_response(HTTPStatus.OK)
        for name, value in {
            **usual,
            **headers,
            "Content-Type": kind + charset,
            "Content-Length": str(len(data)),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_) -> None:
        """Says nothing: the terminal belongs to the product."""


def serve(folder: Path, smtp_port: int, page_port: int) -> None:
    mailbox = Mailbox(folder)
    Controller(mailbox, hostname=HOST, port=smtp_port, data_size_limit=LIMIT, enable_SMTPUTF8=True).start()
    server = ThreadingHTTPServer((HOST, page_port), Page)
    server.mailbox = mailbox
    server.serve_forever()


if __name__ == "__main__":
    serve(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
