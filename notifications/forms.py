"""The form of the preferences: a row for each kind of notice, the quiet hours, the daily summary."""

from dataclasses import dataclass

from django import forms
from django.utils.translation import gettext_lazy as _

from notifications import catalogue
from notifications.models import ByMail
from notifications.services.preferences import Wish

CLOCK = forms.TimeInput(format="%H:%M", attrs={"type": "time"})


@dataclass(frozen=True)
class Row:
    """One kind of notice with its two fields."""

    label: str
    is_shown: forms.BoundField
    by_mail: forms.BoundField


class PreferencesForm(forms.Form):
    """How somebody wants to be told. Fields of a kind are called after it: shown-KIND and mail-KIND."""

    has_summary = forms.BooleanField(
        label=_("Send me the daily summary"),
        required=False,
        help_text=_("One mail a day with the notices that you chose for it. On a day without any there is no mail."),
    )
    summary_time = forms.TimeField(label=_("At"), widget=CLOCK)
    quiet_from = forms.TimeField(label=_("From"), required=False, widget=CLOCK)
    quiet_until = forms.TimeField(label=_("To"), required=False, widget=CLOCK)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for kind in catalogue.kinds():
            self.fields[f"shown-{kind.key}"] = forms.BooleanField(label=_("In Attain"), required=False)
            self.fields[f"mail-{kind.key}"] = forms.ChoiceField(label=_("By mail"), choices=kind.mails)

    def rows(self) -> list[Row]:
        return [Row(kind.label, self[f"shown-{kind.key}"], self[f"mail-{kind.key}"]) for kind in catalogue.kinds()]

    def clean(self):
        typed = super().clean()
        starts, ends = typed.get("quiet_from"), typed.get("quiet_until")
        if (starts is None) != (ends is None) and not {"quiet_from", "quiet_until"} & set(self.errors):
            missing = "quiet_from" if starts is None else "quiet_until"
            self.add_error(missing, _("Quiet hours need both times, or none."))
        elif starts is not None and starts == ends:
            self.add_error("quiet_until", _("Quiet hours end at another time than they begin."))
        return typed

    def values(self) -> dict:
        """As notifications.services.set_preferences asks for it."""
        typed = self.cleaned_data
        wishes = {kind.key: Wish(typed[f"shown-{kind.key}"], typed[f"mail-{kind.key}"]) for kind in catalogue.kinds()}
        wishes[catalogue.DAILY_SUMMARY] = Wish(False, ByMail.DAILY if typed["has_summary"] else ByMail.OFF)
        times = {name: typed[name] for name in ("quiet_from", "quiet_until", "summary_time")}
        return {"wishes": wishes, **times}
