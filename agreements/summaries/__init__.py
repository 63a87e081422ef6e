"""Summaries of agreements: one set of data, from which subject, text, HTML and PDF of a mail are made."""

from agreements.summaries.figures import Covered, Summary
from agreements.summaries.letters import KIND, letters_to

__all__ = ["KIND", "Covered", "Summary", "letters_to"]
