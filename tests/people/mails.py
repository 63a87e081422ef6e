"""What a mail of the product leads to."""

import re


def link_in(message) -> str:
    """The path of the first link in the mail's text."""
    return re.search(r"https?://[^/\s]+(/\S+)", message.body)[1]
