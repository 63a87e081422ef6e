"""`dev.py up`: the whole product on this machine, until Ctrl-C."""

import os
import signal
import socket
import subprocess
import sys
from contextlib import ExitStack
from functools import partial

from ops import environment, ports, programs, services
from ops.processes import Supervisor, dies_with_parent, launch
from ops.progress import Stop, say
from ops.state import State


def main(arguments: list[str]) -> int:
    chosen = ports.check(arguments)
    state = State("demo")
    state.claim()
    if ports.up_arguments(arguments).fresh:
        _start_over(state)
    with ExitStack() as stack:
        say("Database and broker")
        addresses, servers = stack.enter_context(services.running(state))
        variables = environment.product(state, addresses, chosen)
        kept = environment.keep(state, variables)
        stack.callback(kept.unlink, missing_ok=True)
        sign_ins = _prepare_data({**os.environ, **variables})
        say("Web, worker, scheduler, mail catcher")
        supervisor = Supervisor()
        stack.callback(supervisor.end)
        _start_programs(supervisor, state, {**os.environ, **variables}, chosen)
        status = supervisor.watch(
            beside=servers,
            is_ready=partial(_answers, chosen.web),
            when_ready=partial(_welcome, sign_ins, variables, chosen),
        )
        say("Ending")
    say("Everything has ended; the data is kept" + (f" in {state.path}." if servers else "."))
    return status


def _start_over(state: State) -> None:
    if os.environ.get("DATABASE_URL"):
        raise Stop("--fresh only drops what is kept here. Drop the database that DATABASE_URL names yourself.")
    say(f"Dropping {state.path}")
    state.clear()


def _prepare_data(env: dict[str, str]) -> str:
    """Migrates and loads the demo; answers with the sign-ins that the demo names."""
    say("Tables (migrate)")
    _manage(env, *programs.migrate(sys.executable)[2:])
    say("Demo data (load_demo)")
    return _manage(env, "load_demo", "--if-absent")


def _manage(env: dict[str, str], *command: str) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *command],
        env=env,
        check=False,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl-C is ours to hear
        preexec_fn=dies_with_parent(signal.SIGKILL),
    )
    if done.returncode:
        raise Stop(f"{done.stdout}manage.py {command[0]} failed (status {done.returncode}); its words stand above.")
    return done.stdout


def _start_programs(supervisor: Supervisor, state: State, env: dict[str, str], chosen: ports.Ports) -> None:
    python, processes = sys.executable, programs.web_processes(usual=1)
    mailbox = [python, "-m", "ops.mailbox", state.path / "mails", str(chosen.smtp), str(chosen.mail_page)]
    commands = {
        "web": (programs.web(python, host="127.0.0.1", port=chosen.web, processes=processes), programs.WEB),
        "worker": (programs.worker(python), programs.BEHIND),
        "beat": (programs.beat(python, schedule=state.path / "beat"), programs.BEHIND),
        "mail": (mailbox, {}),
    }
    if os.environ.get("EMAIL_URL"):
        del commands["mail"]
    for name, (command, database) in commands.items():
        own = {**database, "PYTHONUNBUFFERED": "1"}
        if os.geteuid() == 0:  # its messages are JSON, which is what the warning is about
            own["PYTHONWARNINGS"] = "ignore:You're running the worker"
        supervisor.add(launch(name, command, env={**env, **own}, orphan_signal=signal.SIGKILL))


def _answers(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def _welcome(sign_ins: str, variables: dict[str, str], chosen: ports.Ports) -> None:
    mails = "go to EMAIL_URL" if os.environ.get("EMAIL_URL") else f"http://127.0.0.1:{chosen.mail_page}/"
    say("Attain is running")
    print(f"\n  Address  {variables['BASE_URL']}/\n  Mails    {mails}\n", flush=True)
    print("\n".join(f"  {line}".rstrip() for line in sign_ins.strip().splitlines()), flush=True)
    print("\n  Ctrl-C ends it.\n", flush=True)
