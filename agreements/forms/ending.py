"""What is typed when an agreement is put away or ends early."""

from django import forms
from django.utils.translation import gettext_lazy as _

from lib.forms import DayField


class Versioned(forms.Form):
    """Knows which state of the agreement it was opened on."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)


class EndEarlyForm(Versioned):
    last_on = DayField(label=_("Last day that counts"))
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
