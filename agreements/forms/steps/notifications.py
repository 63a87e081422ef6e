"""The fourth step: who gets summaries, and how often."""

from django.http import QueryDict

from agreements.forms.steps.drawn import StepForm
from agreements.forms.summaries import SummariesForm


class NotificationsForm(SummariesForm, StepForm):
    """Without an interval and recipients, nobody is mailed."""

    def __init__(self, typed: QueryDict | None, *, is_sent: bool, writing, do: str = ""):
        language = writing.member.organization.language
        super().__init__(typed, is_sent=is_sent, writing=writing, language=language)

    def agreed(self) -> dict:
        return {}
