"""Who shares a fact, in per cent."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.access import people_to_credit
from crm.models.credit import Credited
from lib.forms import NumberField
from tenants.models import Member

SPARE_ROWS = 3
MOST_ROWS = 20  # unless more people share the fact already


class SharesForm(forms.Form):
    """A row for each person who shares the fact and some empty ones. `seen` is the fact as it was when opened."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=20)

    def __init__(self, *args, member: Member, today, fact: Credited, **kwargs):
        self.shares = fact.shares
        super().__init__(*args, initial=self.as_it_is(kwargs.pop("initial")), **kwargs)
        people = people_to_credit(member, on=today) | Member.objects.filter(pk__in=self.shares)
        people = people.order_by("name", "pk")
        choices = [("", _("Nobody")), *((person.pk, str(person)) for person in people)]  # asked once for all rows
        for number in range(self.row_count):
            field = forms.ModelChoiceField(people, label=_("Person"), required=False)
            field.choices = choices
            self.fields[f"person_{number}"] = field
            self.fields[f"percent_{number}"] = NumberField(
                label=_("Share, %"), digits=3, places=6, lowest=Decimal(0), required=False
            )

    @property
    def row_count(self) -> int:
        return max(len(self.shares), min(len(self.shares) + SPARE_ROWS, MOST_ROWS))

    def as_it_is(self, initial: dict) -> dict:
        for number, (person, share) in enumerate(self.shares.items()):
            initial |= {f"person_{number}": person, f"percent_{number}": (Decimal(share) * 100).normalize()}
        return initial

    @property
    def rows(self) -> list[tuple]:
        """Person and percentage, row by row, to be drawn beside each other."""
        return [(self[f"person_{number}"], self[f"percent_{number}"]) for number in range(self.row_count)]

    def clean(self):
        cleaned = super().clean()
        people = set()
        for number in range(self.row_count):
            person, percent = cleaned.get(f"person_{number}"), cleaned.get(f"percent_{number}")
            if (person is None) != (percent is None) and not self.has_error(f"percent_{number}"):
                self.add_error(f"percent_{number}", _("Person and share belong together."))
            if person in people:
                self.add_error(f"person_{number}", _("This person has a share already."))
            people |= {person} - {None}
        return cleaned

    def values(self) -> dict:
        cleaned = self.cleaned_data
        numbers = [number for number in range(self.row_count) if cleaned.get(f"person_{number}")]
        percents = {cleaned[f"person_{number}"]: cleaned[f"percent_{number}"] for number in numbers}
        return {"seen": cleaned["seen"], "percents": percents}
