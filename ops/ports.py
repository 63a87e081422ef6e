"""The ports on this machine: the web's, and two counted from it. Standard library only."""

import argparse
import errno
import socket
from collections.abc import Sequence
from typing import NamedTuple

from ops.progress import Stop

WEB = 8000


class Ports(NamedTuple):
    web: int = WEB
    smtp: int = WEB + 25
    mail_page: int = WEB + 26

    @classmethod
    def beside(cls, web: int) -> "Ports":
        return cls(web, web + 25, web + 26)


def up_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="dev.py up", description="Runs Attain with its demo on this machine.")
    parser.add_argument("--fresh", action="store_true", help="drop the demo's database, mails and keys first")
    parser.add_argument("--port", type=int, default=WEB, help="where the browser finds it (default 8000)")
    return parser.parse_args(arguments)


def check(arguments: Sequence[str]) -> Ports:
    """The ports for these arguments. Raises Stop where one cannot be had."""
    ports = Ports.beside(up_arguments(arguments).port)
    if not 1 <= ports.web <= 65535 - 26:
        raise Stop(f"{ports.web} is no port to use: give --port a number between 1024 and {65535 - 26}.")
    for port in ports:
        _check_free(port)
    return ports


def _check_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                why = "is in use by another program"
            else:
                why = f"cannot be used ({error.strerror})"
            raise Stop(
                f"Port {port} {why}: end what uses it, or choose others with --port, such as --port 8100."
            ) from None
