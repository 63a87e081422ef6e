"""What each member takes of a team's total. A part that is typed stays; whoever has none shares the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from goals.forms.drawing import Drawn
from goals.forms.targets import check_target
from goals.splitting import DoesNotAddUp, allocate, sum_of
from lib.forms import NumberField
from lib.numbers import EXACT
from metrics.conditions import REDRAWS
from metrics.units import Unit
from tenants.models import Member

KEPT, FOLLOWS = "kept", "follows"
EQUALLY, BY_RESULT, AS_NOW = "equally", "result", "now"
SHARES = [
    (EQUALLY, gettext_lazy("equally")),
    (BY_RESULT, gettext_lazy("by what each brought in the last full period")),
]
NOW = (AS_NOW, gettext_lazy("as it is shared now"))


@dataclass(frozen=True)
class Row:
    """A member's line of the table: what is typed, and what the member takes as things stand."""

    member: Member
    field: forms.BoundField
    takes: str
    is_pinned: bool


class PartFields(Drawn):
    """A field for each member, and how the rest is shared."""

    total_is = forms.ChoiceField(
        label=gettext_lazy("The total"), widget=forms.RadioSelect(attrs=REDRAWS),
        choices=[
            (KEPT, gettext_lazy("stays as it is: whoever has no part of their own shares the rest")),
            (FOLLOWS, gettext_lazy("is the sum of the parts")),
        ],
    )  # fmt: skip
    share = forms.ChoiceField(
        label=gettext_lazy("The rest is shared"), widget=forms.RadioSelect(attrs=REDRAWS), choices=SHARES
    )

    def __init__(
        self, typed: QueryDict, *, is_sent: bool, members: Sequence[Member], unit: Unit,
        shared_now: Mapping[int, Decimal] | None = None, may_follow: bool = True,
    ):  # fmt: skip
        """`shared_now` are the parts of a goal that is there."""
        super().__init__(with_proposals(typed), is_sent=is_sent, prefix="part")
        self.members, self.unit = members, unit
        self.total: Decimal | None = None
        self.weights: Mapping[int, Decimal] | None = None
        if shared_now:
            self.fields["share"].choices = [NOW, *SHARES]
            self.weights = shared_now if self.chosen("share") == AS_NOW else None
        if not may_follow:
            self.drop("total_is")
        if self.follows_sum:
            self.drop("share")
        for member in members:
            field = NumberField(label=member.name, required=self.follows_sum)
            field.widget.attrs |= {"data-shared": True, "aria-label": member.name, **REDRAWS}
            self.fields[str(member.pk)] = field

    @property
    def follows_sum(self) -> bool:
        return "total_is" in self.fields and self.chosen("total_is") == FOLLOWS

    @property
    def shares_by_result(self) -> bool:
        return not self.follows_sum and self.chosen("share") == BY_RESULT

    @property
    def parts(self) -> dict[int, Decimal | None]:
        """The typed ones, as they were checked; None for whoever shares the rest."""
        return {member.pk: self.cleaned_data.get(str(member.pk)) for member in self.members}

    @property
    def standing(self) -> dict[int, Decimal | None]:
        """What is typed so far, wrong ones left out."""
        return {member.pk: self.read(str(member.pk)) for member in self.members}

    @property
    def rows(self) -> list[Row]:
        typed, taken = self.standing, self.taken()
        return [
            Row(
                member,
                self[str(member.pk)],
                self.unit.write(taken[member.pk]) if member.pk in taken else "",
                typed[member.pk] is not None,
            )
            for member in self.members
        ]

    def taken(self) -> Mapping[int, Decimal]:
        """What each member takes; nothing while it does not add up."""
        typed = self.standing
        if self.follows_sum or self.total is None or not typed:
            return {pk: part for pk, part in typed.items() if part is not None}
        try:
            shared = allocate(self.total, typed, self.unit.step, self.weights)
        except (DoesNotAddUp, ValueError):
            return {pk: part for pk, part in typed.items() if part is not None}
        return {pk: part.value for pk, part in shared.items()}

    @property
    def sum_of_typed(self) -> Decimal:
        return sum_of(part for part in self.standing.values() if part is not None)

    @property
    def sharing(self) -> str:
        """How the typed parts stand to the total, in words."""
        typed = self.sum_of_typed
        if self.follows_sum:
            return _("The total is %(sum)s.") % {"sum": self.unit.write(typed)}
        if self.total is None:
            return _("The total is still missing.")
        left, sharers = EXACT.subtract(self.total, typed), [one for one in self.standing.values() if one is None]
        if left < 0:
            return _("%(amount)s too much.") % {"amount": self.unit.write(-left)}
        words = {"amount": self.unit.write(left), "count": len(sharers)}
        if left and not sharers:
            return _("%(amount)s left to share, and nobody to take it: leave a part empty.") % words
        if left:
            return (
                ngettext(
                    "%(amount)s left to share, which %(count)d person takes.",
                    "%(amount)s left to share, which %(count)d people take.",
                    len(sharers),
                )
                % words
            )
        return _("Shared to the last.")

    def clean(self):
        for member in self.members:
            name = str(member.pk)
            if not self.cleaned_data.get(name) or self.cleaned_data[name] == self.initial.get(name):
                continue
            try:
                check_target(self.cleaned_data[name], self.unit)
            except forms.ValidationError as error:
                self.add_error(name, error)
        return super().clean()


def with_proposals(typed: QueryDict) -> QueryDict:
    """A fresh form keeps the total and shares it equally."""
    proposed = {"part-total_is": KEPT, "part-share": EQUALLY}
    missing = {name: value for name, value in proposed.items() if name not in typed}
    if missing:
        typed = typed.copy()
        for name, value in missing.items():
            typed[name] = value
    return typed
