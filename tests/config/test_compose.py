"""docker-compose.yml and Dockerfile, which no test can start: whatever they say is something that is run elsewhere."""

import re
import shlex
import subprocess
import sys

import pytest
import yaml

from ops import programs
from ops.state import ROOT

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
OURS = {name: service for name, service in SERVICES.items() if service["image"] == "attain"}
CHECK = ["manage.py", "check", "--deploy", "--fail-level", "ERROR", "--database", "default"]
# What each service of ours runs, as ops/programs.py says it for dev.py and the tests of faults.
RUNS = {
    "migrate": programs.migrate("python"),
    "checks": ["python", *CHECK],  # run by tests/config/test_checks.py
    "web": programs.web_of_an_image("python"),  # run by tests/ops/test_web.py
    "worker": programs.worker("python"),
    "beat": programs.beat("python", schedule="/tmp/beat"),
}


def variables_of(text: str) -> set[str]:
    return set(re.findall(r"(?<!\$)\$\{(\w+)", text))


@pytest.mark.parametrize("name", sorted(OURS))
def test_a_service_runs_what_is_run_here_too(name):
    assert SERVICES[name]["command"] == RUNS[name]


def test_every_program_of_ours_is_a_service():
    assert set(RUNS) == set(OURS)


def test_the_image_runs_the_web_server_if_nothing_else_is_said():
    said = re.search(r"^CMD (.*)$", DOCKERFILE, re.M).group(1)
    assert yaml.safe_load(said) == RUNS["web"]


def test_every_variable_is_described():
    described = set(re.findall(r"^#? ?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.M))
    assert variables_of((ROOT / "docker-compose.yml").read_text()) <= described
    for service in OURS.values():
        assert set(service["environment"]) <= described


def test_every_setting_of_the_environment_is_described_and_reaches_the_services():
    text = (ROOT / "config/settings.py").read_text()
    read = set(re.findall(r'(?:env(?:\.\w+)?|database)\(\s*"([A-Z_]+)"', text))
    described = set(re.findall(r"^#? ?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.M))
    assert read <= described
    set_by_the_image = set(re.findall(r"\b([A-Z_]+)=", DOCKERFILE))
    never_in_production = {"DEBUG"}
    assert read - set_by_the_image - never_in_production <= set(SERVICES["web"]["environment"])


def test_what_a_service_waits_for_is_there_and_can_be_waited_for():
    for name, service in SERVICES.items():
        for needed, how in service.get("depends_on", {}).items():
            assert needed in SERVICES, f"{name} waits for {needed}"
            if how["condition"] == "service_healthy":
                assert "healthcheck" in SERVICES[needed]
            else:
                assert how["condition"] == "service_completed_successfully" and SERVICES[needed]["restart"] == "no"


def test_each_service_meets_the_database_as_dev_py_lets_it():
    for name, wanted in {"web": programs.WEB, "worker": programs.BEHIND, "beat": programs.BEHIND}.items():
        given = SERVICES[name]["environment"]
        assert {variable: given[variable] for variable in wanted} == wanted


def test_volumes_are_named_or_lie_in_the_repository():
    for service in SERVICES.values():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert source in COMPOSE["volumes"] or (ROOT / source).is_file(), volume


def test_nothing_is_open_to_the_outside_but_through_a_proxy():
    for service in SERVICES.values():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))


def test_no_secret_is_written_down():
    for word in ("PASSWORD", "SECRET", "TOKEN"):
        for line in (ROOT / "docker-compose.yml").read_text().splitlines():
            for name, given in re.findall(rf"(\w*{word}\w*): (.+)", line):
                assert given.startswith("${"), f"{name} is {given}"
        assert word not in DOCKERFILE


def test_images_are_named_without_a_registry():
    named = [service["image"] for service in SERVICES.values()] + re.findall(r"^FROM (\S+)", DOCKERFILE, re.M)
    assert not [image for image in named if "." in image.split("/")[0] and "/" in image]


def test_the_image_is_built_from_what_is_there_and_runs_as_nobody_special():
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.M)
    for source in shlex.split(" ".join(copied)):
        assert (ROOT / source).exists(), source
    assert "--require-hashes" in DOCKERFILE and "npm ci" in DOCKERFILE
    assert re.findall(r"^USER (\S+)$", DOCKERFILE, re.M) == ["attain"]
    modules = re.findall(r"python -m (ops\S*)(?: (\w+))?", DOCKERFILE)
    assert modules == [("ops.assets", ""), ("ops", "collect")]
    kept = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "bench"}
    assert packages | {"templates", "static", "manage.py", "requirements"} <= kept
    assert all((ROOT / name).exists() for name in kept - {"locale", "static/vendor"})


def test_files_of_the_browser_get_hashed_names_as_in_the_image(tmp_path):
    """The image's own command; here with another folder to write to."""
    code = (
        "import sys; from ops import collect; from django.conf import settings\n"
        f"settings.STATIC_ROOT = {str(tmp_path)!r}\n"
        "from django.core.management import execute_from_command_line as run\n"
        "run(collect.COMMAND[1:])"
    )
    from ops.check import SETTINGS

    env = {**SETTINGS, "PLAIN_STATIC": "0", "DJANGO_SETTINGS_MODULE": "config.settings", "PATH": "/usr/bin:/bin"}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    manifest = (tmp_path / "staticfiles.json").read_text()
    for wanted in ("css/tokens.css", "vendor/tabler/tabler.min.css", "vendor/sortable/sortable.min.js"):
        hashed = re.search(rf'"{re.escape(wanted)}": "([^"]+)"', manifest).group(1)
        assert hashed != wanted and (tmp_path / hashed).exists()
