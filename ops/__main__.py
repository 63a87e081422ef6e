"""`python -m ops COMMAND ...`: what dev.py goes on with once the packages are there."""

import sys
from importlib import import_module

from ops.progress import in_words

if __name__ == "__main__":
    with in_words():
        sys.exit(import_module(f"ops.{sys.argv[1]}").main(sys.argv[2:]))
