"""A real browser in front of the real (ASGI) server, on committed rows."""

import os
import re
import socket
import threading
import time

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe

from tests.world import PASSWORD

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1440, "height": 900}


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    options = {**browser_type_launch_args, "args": ["--no-sandbox"]}
    return {**options, "executable_path": os.environ["ATTAIN_BROWSER"]} if "ATTAIN_BROWSER" in os.environ else options


@pytest.fixture(scope="session")
def server():
    """The address of a server in this process, so that it sees this worker's database."""
    from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler

    from config.asgi import application

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    running = uvicorn.Server(
        uvicorn.Config(ASGIStaticFilesHandler(application), port=port, log_level="warning", lifespan="off")
    )
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    while not running.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    running.should_exit = True
    thread.join(timeout=10)


class Visitor:
    """Somebody at a browser, and what the browser complained about."""

    def __init__(self, page, server: str, slug: str):
        self.page, self.server, self.slug = page, server, slug
        self.complaints: list[str] = []
        page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def address(self, path: str = "") -> str:
        return f"{self.server}/{self.slug}/{path}"

    def open(self, path: str = ""):
        self.page.goto(self.address(path))
        return self.page

    def sign_in(self, first_name: str):
        self.page.goto(f"{self.server}/accounts/login/")
        self.page.get_by_label("Email").fill(f"{first_name}@{self.slug}.example")
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in", exact=True).click()
        self.page.wait_for_url(re.compile(f"/{self.slug}/$"))
        return self

    def accessibility_problems(self) -> list[str]:
        """What assistive technology would stumble over; in the dark only what colours decide, the rest is as by day."""
        is_dark = self.page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
        options = {"resultTypes": ["violations"]} | ({"runOnly": ["color-contrast"]} if is_dark else {})
        found = Axe().run(self.page, options=options).response["violations"]
        return [
            f"{v['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:300]}"
            for v in found
            for node in v["nodes"]
        ]

    def is_wider_than_the_screen(self) -> bool:
        return self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")


@pytest.fixture
def visitor(page, server, committed_northwind):
    """Northwind's visitor at a phone; nobody is signed in yet."""
    page.set_viewport_size(PHONE)
    return Visitor(page, server, committed_northwind.slug)
