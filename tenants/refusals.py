"""Why a change is not made, as a sentence for the person who asked for it."""


class Refused(Exception):
    """The change breaks a rule of the trade; `field` names the part of the form that the sentence is about."""

    def __init__(self, sentence: str, field: str | None = None):
        super().__init__(sentence)
        self.field = field
