"""What people type about their own account, and administrators about signing in."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tenants.models import Member, TimeFormat


class AccountForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("As the others in this organization see you."))
    language = forms.ChoiceField(label=_("Language"), required=False)
    time_format = forms.ChoiceField(label=_("Time of day"), choices=TimeFormat, required=False)

    def __init__(self, *args, member: Member, **kwargs):
        user = member.user
        initial = {"name": member.name, "language": user.language, "time_format": user.time_format}
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["language"].choices = [("", _("The organization's")), *settings.LANGUAGES]


class SignInRulesForm(forms.Form):
    requires_two_steps_of_admins = forms.BooleanField(
        label=_("Administrators sign in in two steps"), required=False,
        help_text=_("Whoever has no second step yet is led to set one up, and can do nothing else before."),
    )  # fmt: skip
