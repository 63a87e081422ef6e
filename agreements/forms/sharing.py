"""What is typed when an agreement is shared with somebody who has no account."""

import uuid

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from agreements.services.links import SERVES_FOR
from lib.forms import DayField


class ShareForm(forms.Form):
    """For whom, until when and in which language; `key` lets a form that is sent twice make one link."""

    label = forms.CharField(label=_("For whom"), max_length=120, help_text=_("So that you know the link later."))
    expires_on = DayField(label=_("Works until"))
    language = forms.ChoiceField(label=_("Language of the page"), choices=settings.LANGUAGES)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args, today, language: str, **kwargs):
        initial = {"expires_on": today + SERVES_FOR, "language": language, "key": uuid.uuid4()}
        super().__init__(*args, initial=initial, **kwargs)
