"""What is typed when an agreement is settled, and when a settlement is reversed."""

from django import forms
from django.utils.translation import gettext_lazy as _

from agreements.forms.ending import Versioned
from lib.forms import DayField


class SettleForm(Versioned):
    """Knows which settlement was looked at: `seal` is that of agreements.drawing_up, `key` makes it be made once."""

    through_on = DayField(label=_("Up to and including"))
    seal = forms.CharField(widget=forms.HiddenInput, max_length=64)
    key = forms.UUIDField(widget=forms.HiddenInput)


class ReverseForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))
