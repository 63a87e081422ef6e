"""The last step: everything in words, and the reason of a change."""

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from agreements.forms.steps.drawn import StepForm


class ReviewForm(StepForm):
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("It stands beside the change in the history."),
        error_messages={"required": gettext_lazy("Say why the agreement changes.")},
    )  # fmt: skip

    def __init__(self, typed: QueryDict | None, *, is_sent: bool, writing, do: str = ""):
        super().__init__(typed, is_sent=is_sent, writing=writing)
        if not writing.draft.agreement_id:
            del self.fields["reason"]
