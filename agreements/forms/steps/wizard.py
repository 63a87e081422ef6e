"""A draft step by step: which steps are right, which can be opened, and the terms that they make."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from agreements.forms.steps.configuration import ConfigurationForm
from agreements.forms.steps.drawn import StepForm, Writing
from agreements.forms.steps.levels import LevelsForm
from agreements.forms.steps.notifications import NotificationsForm
from agreements.forms.steps.options import OptionsForm
from agreements.forms.steps.review import ReviewForm
from agreements.services import Terms

NOTIFICATIONS, REVIEW = "notifications", "review"
MAY_BE_LEFT_OUT = ("options", NOTIFICATIONS)


@dataclass(frozen=True)
class StepKind:
    name: str
    label: Promise
    form: type[StepForm]


KINDS = (
    StepKind("configuration", gettext_lazy("What and with whom"), ConfigurationForm),
    StepKind("levels", gettext_lazy("Bonus levels"), LevelsForm),
    StepKind("options", gettext_lazy("Which sales"), OptionsForm),
    StepKind(NOTIFICATIONS, gettext_lazy("Summaries"), NotificationsForm),
    StepKind(REVIEW, gettext_lazy("Review"), ReviewForm),
)


@dataclass(frozen=True)
class StepMark:
    """A step in the row of steps; `state` is here, right, wrong or open (not seen yet)."""

    number: int
    name: str
    label: Promise
    state: str
    is_open: bool


class Wizard:
    """The steps of one draft. Who gets summaries is no matter of an amendment: that has a page of its own."""

    def __init__(self, writing: Writing):
        self.writing = writing
        self.kinds = {kind.name: kind for kind in KINDS if kind.name != NOTIFICATIONS or not writing.draft.agreement_id}
        self.names = list(self.kinds)

    def form(self, step: str, typed: QueryDict | None = None, *, is_sent: bool = False, do: str = "") -> StepForm:
        """The form of a step: as it is typed or, without that, as it is kept."""
        kind = self.kinds[step].form
        if typed is not None:
            return kind(kind.redrawn(typed, do, self.writing), is_sent=is_sent, writing=self.writing, do=do)
        kept = self.writing.kept(step)
        return kind(kept, is_sent=kept is not None, writing=self.writing)

    @cached_property
    def forms(self) -> dict[str, StepForm]:
        """Those of the steps before the review, as they are kept."""
        return {name: self.form(name) for name in self.names if name != REVIEW}

    def is_right(self, step: str) -> bool:
        if step == REVIEW:
            return False
        form = self.forms[step]
        return form.is_valid() if form.is_bound else step in MAY_BE_LEFT_OUT

    @cached_property
    def first_wrong(self) -> str:
        """The first step that is not right; the review where all are."""
        return next(name for name in self.names if not self.is_right(name))

    def is_open(self, step: str) -> bool:
        """Steps are visited in any order once those before them are right."""
        return self.names.index(step) <= self.names.index(self.first_wrong)

    def after(self, step: str) -> str:
        """Where to go once a step is right."""
        following = self.names[self.names.index(step) + 1]
        return following if self.is_open(following) else self.first_wrong

    def before(self, step: str) -> str:
        """The step that is gone back to; none before the first."""
        return self.names[self.names.index(step) - 1] if step != self.names[0] else ""

    def marks(self, here: str) -> list[StepMark]:
        return [
            StepMark(number, name, self.kinds[name].label, self.state_of(name, here), self.is_open(name))
            for number, name in enumerate(self.names, 1)
        ]

    def state_of(self, step: str, here: str) -> str:
        if step == here:
            return "here"
        if step == REVIEW or not self.forms[step].is_bound:
            return "open"
        return "right" if self.is_right(step) else "wrong"

    def terms(self) -> Terms:
        """What the steps say together. All of them are right."""
        agreed: dict = {}
        for form in self.forms.values():
            if form.is_bound and form.is_valid():
                agreed |= form.agreed()
        return Terms(**{name: value for name, value in agreed.items() if value is not None})

    def summaries(self) -> dict | None:
        """Who is to get summaries, as configure_summaries (agreements.services) asks for it; None for nobody."""
        form = self.forms.get(NOTIFICATIONS)
        if form is None or not form.is_bound or not form.is_valid():
            return None
        said = form.values()
        return said if said["interval"] or said["recipients"] else None
