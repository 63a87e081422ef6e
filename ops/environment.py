"""What config/settings.py is told, and the .env file it may come from. Standard library only."""

import os
from pathlib import Path

from ops.ports import Ports
from ops.state import State


def read_file(path: Path) -> None:
    """Takes NAME=value lines into the environment; what is already there wins."""
    if not path.exists():
        return
    for line in path.read_text("utf-8").splitlines():
        name, equals, value = line.strip().partition("=")
        if equals and not name.startswith("#"):
            os.environ.setdefault(name.strip(), value.strip().strip("'\""))


def of(state: State, services: dict[str, str], ports: Ports) -> dict[str, str]:
    """Every variable for the product's own programs; what the person gave wins over the usual."""
    usual = {
        "SECRET_KEY": state.secret("secret-key"),
        "DEBUG": "0",
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "BASE_URL": f"http://127.0.0.1:{ports.web}",
        "EMAIL_URL": f"smtp://127.0.0.1:{ports.smtp}",
        "MAIL_FROM": "Attain <attain@localhost>",
        "PLAIN_STATIC": "1",
        "PYTHONUNBUFFERED": "1",
    }
    return {**usual, **os.environ, **services}
