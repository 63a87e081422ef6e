"""The steps in which an agreement is written; each is a form that is drawn from what was typed so far."""

from agreements.forms.steps.drawn import Writing
from agreements.forms.steps.proposing import steps_of, summaries_of
from agreements.forms.steps.wizard import REVIEW, Wizard

__all__ = ["REVIEW", "Wizard", "Writing", "steps_of", "summaries_of"]
