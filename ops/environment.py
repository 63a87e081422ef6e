"""What config/settings.py is told, and the .env file it may come from. Standard library only."""

import json
import os
from pathlib import Path

from ops.ports import Ports
from ops.progress import Stop
from ops.state import State


def read_file(path: Path) -> None:
    """Takes NAME=value lines into the environment; what is already there wins."""
    if not path.exists():
        return
    for line in path.read_text("utf-8").splitlines():
        name, equals, value = line.strip().partition("=")
        if equals and value.strip() and not name.startswith("#"):
            os.environ.setdefault(name.strip(), value.strip().strip("'\""))


def product(state: State, services: dict[str, str], ports: Ports) -> dict[str, str]:
    """The product's variables: what the person gave, else what suits a demo on this machine."""
    usual = {
        "SECRET_KEY": state.secret("secret-key"),
        "DEBUG": "0",
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "BASE_URL": f"http://127.0.0.1:{ports.web}",
        "EMAIL_URL": f"smtp://127.0.0.1:{ports.smtp}",
        "MAIL_FROM": "Attain <attain@localhost>",
        "DB_POOL": "0",
        "PLAIN_STATIC": "1",
    }
    return {name: os.environ.get(name) or value for name, value in usual.items()} | services


def keep(state: State, variables: dict[str, str]) -> Path:
    """Leaves the variables for commands that join a running demo."""
    path = state.path / "environment.json"
    path.unlink(missing_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(variables, file)
    return path


def kept(state: State) -> dict[str, str]:
    """The running demo's variables. Raises Stop while it is still starting."""
    try:
        return json.loads((state.path / "environment.json").read_text())
    except (FileNotFoundError, ValueError):
        raise Stop("The demo is still starting: try again in a few seconds.") from None
