"""A port that cannot be had is known before anything is started."""

import socket

import pytest

from ops.ports import Ports, check
from ops.progress import Stop


@pytest.mark.parametrize("beside", [0, 25, 26])
def test_a_port_in_use_is_named_before_anything_starts(beside):
    chosen = next(web for web in range(9000 + 30 * beside, 20_000, 30) if all_are_free(web))
    arguments = ["--port", str(chosen)]
    assert check(arguments) == Ports.beside(chosen)
    with socket.socket() as other:
        other.bind(("127.0.0.1", chosen + beside))
        other.listen()
        with pytest.raises(Stop, match=rf"Port {chosen + beside} is in use by another program: .* --port"):
            check(arguments)


def all_are_free(web: int) -> bool:
    return all(socket.socket().connect_ex(("127.0.0.1", port)) for port in Ports.beside(web))


@pytest.mark.parametrize("port", ["0", "-1", "65520", "70000"])
def test_a_number_that_is_no_port_is_refused(port):
    with pytest.raises(Stop, match="is no port to use"):
        check([f"--port={port}"])
