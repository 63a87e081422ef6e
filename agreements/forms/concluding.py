"""What is typed for a new agreement, on one page: its terms, its customers one a line, its levels in rows."""

from collections import defaultdict

from django import forms
from django.core.validators import ProhibitNullCharactersValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agreements.models import Basis, Metric, ModeChoice
from agreements.rules import Tier
from agreements.services import Terms
from agreements.services.terms import MOST_CUSTOMERS
from crm.forms.fields import KeyedForm, PersonField
from crm.models import Company
from crm.visibility import companies_seen_by
from lib.forms import DayField, NumberField
from tenants.access import people_of

ROWS = 8  # of levels
MOST_UNKNOWN_NAMED = 10


class CustomersField(forms.CharField):
    """Companies the writer sees, one a line, by external id or whole name."""

    def __init__(self, **kwargs):
        super().__init__(widget=forms.Textarea(attrs={"rows": 5}), max_length=1_000_000, **kwargs)

    def offer(self, companies) -> None:
        self.companies = companies

    def to_python(self, value) -> list[Company]:
        text = super().to_python(value) or ""
        ProhibitNullCharactersValidator()(text)  # Django looks for them in texts only, and this becomes a list
        lines = [" ".join(line.split()) for line in text.splitlines()]
        written = [line for line in lines if line]
        if len(written) > MOST_CUSTOMERS:
            raise forms.ValidationError(_("An agreement has at most %d customers.") % MOST_CUSTOMERS)
        by_id = {row.external_id: row for row in self.companies.filter(external_id__in=written)}
        by_name = self._by_name([line for line in written if line not in by_id])
        problems = [self._problem(line, by_name) for line in written if line not in by_id]
        if said := [problem for problem in problems if problem]:
            raise forms.ValidationError(said[:MOST_UNKNOWN_NAMED])
        return [by_id.get(line) or by_name[line.casefold()][0] for line in written]

    def _by_name(self, names: list[str]) -> dict[str, list[Company]]:
        found: dict[str, list[Company]] = defaultdict(list)
        wanted = {name.casefold() for name in names} | {name.lower() for name in names}
        for company in self.companies.filter(name_key__in=wanted):
            found[company.name.casefold()].append(company)
        return found

    def _problem(self, line: str, by_name: dict[str, list[Company]]) -> str:
        count = len(by_name.get(line.casefold(), []))
        if count > 1:
            return _("Several companies are called “%s”: write the external id.") % line
        return "" if count else _("There is no company “%s”.") % line


class AgreementForm(KeyedForm):
    """A new agreement. Levels without a threshold are left out; they are put in order."""

    description = forms.CharField(label=gettext_lazy("Description"), max_length=200)
    metric = forms.ChoiceField(label=gettext_lazy("What counts"), choices=Metric.choices, initial=Metric.NET)
    first_on = DayField(label=gettext_lazy("First day"))
    last_on = DayField(label=gettext_lazy("Last day"))
    companies = CustomersField(
        label=gettext_lazy("Customers"), help_text=gettext_lazy("One a line: the external id, or the whole name.")
    )
    basis = forms.ChoiceField(label=gettext_lazy("Levels are reached by"), choices=Basis.choices)
    mode = forms.ChoiceField(label=gettext_lazy("How the bonus follows"), choices=ModeChoice.choices)
    objective = NumberField(
        label=gettext_lazy("Objective"), required=False,
        help_text=gettext_lazy("What is to be reached; left empty it is the highest level."),
    )  # fmt: skip
    responsible = PersonField(label=gettext_lazy("Responsible"), required=False, empty_label=gettext_lazy("Nobody"))
    notes = forms.CharField(
        label=gettext_lazy("Notes"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args, member, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["responsible"].queryset = people_of(member, on=today).active()
        self.fields["companies"].offer(companies_seen_by(member))
        for number in range(ROWS):
            label = {"number": number + 1}
            self.fields[f"from-{number}"] = NumberField(label=_("Level %(number)d from") % label, required=False)
            self.fields[f"bonus-{number}"] = NumberField(label=_("Bonus of level %(number)d") % label, required=False)

    def level_rows(self) -> list[tuple]:
        return [(self[f"from-{number}"], self[f"bonus-{number}"]) for number in range(ROWS)]

    def clean(self):
        cleaned = super().clean()
        levels = []
        for number in range(ROWS):
            threshold, bonus = cleaned.get(f"from-{number}"), cleaned.get(f"bonus-{number}")
            if (threshold is None) != (bonus is None) and not {f"from-{number}", f"bonus-{number}"} & set(self.errors):
                missing = "from" if threshold is None else "bonus"
                self.add_error(f"{missing}-{number}", _("A level has a threshold and a bonus."))
            if threshold is not None and bonus is not None:
                levels.append(Tier(threshold, bonus))
        cleaned["levels"] = sorted(levels, key=lambda tier: tier.threshold)
        return cleaned

    def values(self) -> dict:
        """As agreements.services.conclude_agreement asks for it."""
        names = (
            "description", "metric", "first_on", "last_on", "companies", "basis", "mode", "objective", "responsible",
            "notes", "levels",
        )  # fmt: skip
        terms = Terms(**{name: self.cleaned_data[name] for name in names})
        return {"key": self.cleaned_data["key"], "terms": terms}
