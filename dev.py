#!/usr/bin/env python3
"""Attain on this machine. Needs Python 3.11 and nothing else.

  python3 dev.py up [--fresh] [--port N]   sets up what is missing, then runs Attain with its demo; Ctrl-C ends it
  python3 dev.py test [pytest arguments]   sets up, checks the code, then runs every test (or the named ones, unchecked)
  python3 dev.py faults [--rounds N --seed S]   breaks everything while people work, for many minutes
  python3 dev.py check                     lint, formats, types, layers, missing migrations
  python3 dev.py manage COMMAND ...        runs manage.py beside the demo's services
  python3 dev.py bench ...                 runs the benchmarks beside services of their own
  python3 dev.py lock                      writes the lists of locked packages anew

The state (database, mails, keys) is kept in .local, or as root in /var/lib/attain; ATTAIN_STATE names another folder.
DATABASE_URL, REDIS_URL and EMAIL_URL replace the servers that are started here; .env.example describes every variable.
"""

import os
import sys

LOCAL, DEV = ("up", "manage", "bench"), ("test", "faults", "check", "lock")
PACKAGES = {**dict.fromkeys(LOCAL, "local"), **dict.fromkeys(DEV, "dev")}


def main(command, arguments):
    from ops import environment, setup
    from ops.progress import in_words

    with in_words():
        os.chdir(str(setup.ROOT))
        environment.read_file(setup.ROOT / ".env")
        if command == "up":
            from ops import ports

            ports.check(arguments)
        # `lock` writes what the browser files are fetched by, so it cannot wait for them
        files, browser = command != "lock", command == "test"
        setup.prepare(PACKAGES[command], files=files, browser=browser, browser_needed=not arguments)
        os.execv(str(setup.PYTHON), [str(setup.PYTHON), "-m", "ops", command, *arguments])


if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in PACKAGES:
        print(__doc__)
        sys.exit(0 if sys.argv[1:] in ([], ["help"], ["-h"], ["--help"]) else 1)
    if sys.version_info < (3, 11):
        sys.exit("Attain needs Python 3.11 or newer, and this is %d.%d." % sys.version_info[:2])
    main(sys.argv[1], sys.argv[2:])
