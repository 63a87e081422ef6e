"""A season: twelve monthly weights, of which only the proportions count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django import forms
from django.utils.dates import MONTHS, MONTHS_3
from django.utils.translation import gettext as _

from goals.forms.drawing import Drawn
from lib.forms import NumberField
from metrics.conditions import REDRAWS

FLAT = (Decimal(1),) * 12
TALLEST = 40


@dataclass(frozen=True)
class Bar:
    """A month's weight as a bar: how high, of 40, and where it begins."""

    x: int
    y: int
    height: int


class SeasonFields(Drawn):
    """A weight for each month, January first."""

    found_nothing = False  # the facts were asked, and there are none

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for number, name in MONTHS.items():
            field = NumberField(label=MONTHS_3[number], digits=8, places=4, lowest=Decimal(0))
            field.widget.attrs |= {"aria-label": name, "data-weight": str(number), **REDRAWS}
            self.fields[str(number)] = field

    def fill(self, weights: Sequence[Decimal]) -> None:
        """Puts a ready-made season into a form that is being drawn."""
        for number, weight in enumerate(weights, 1):
            self.initial[str(number)] = weight
            self.fields[str(number)].widget.attrs.pop("hx-preserve", None)

    @property
    def months(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields]

    @property
    def weights(self) -> list[Decimal]:
        """As they were checked."""
        return [self.cleaned_data[name] for name in self.fields]

    @property
    def so_far(self) -> list[Decimal | None]:
        """As they are typed; None for a wrong one."""
        return [self.read(name) for name in self.fields]

    @property
    def bars(self) -> list[Bar]:
        """What stands in the fields, drawn; a wrong one has no height."""
        typed = self.so_far
        highest = max([weight for weight in typed if weight], default=Decimal(1))
        heights = [int(TALLEST * weight / highest) if weight else 0 for weight in typed]
        return [Bar(number * 10 + 1, TALLEST - height, height) for number, height in enumerate(heights)]

    def clean(self):
        cleaned = super().clean()
        if not self.errors and not any(self.weights):
            raise forms.ValidationError(_("At least one month has a weight above zero."))
        return cleaned


def flat() -> dict[str, str]:
    """The season of a fresh form, as it is sent."""
    return {f"season-{number}": "1" for number in MONTHS}
