"""Why a change of a goal cannot be made, in sentences for whoever asked."""

from goals.models import Goal


class Refused(Exception):
    """A change that cannot be made; its text is a sentence for the person who asked, `field` the input it is about,
    `goal` the goal that stands in the way."""

    def __init__(self, sentence: str, field: str | None = None, *, goal: Goal | None = None):
        super().__init__(sentence)
        self.field, self.goal = field, goal


class Outdated(Refused):
    """Somebody else has changed the goal since the form was opened."""
