"""Members and invitations as they are typed."""

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.forms.fields import RowForm
from people.forms.sign_up import NewPasswordField, check_new_password
from people.rules import MOST_GUESTS, guests_of
from tenants.access import teams_changed_by
from tenants.models import Invitation, Member, Role, Team, User

LONGEST_LIST = 60_000  # characters: 200 addresses as long as an address can be


class MemberForm(RowForm):
    class Meta:
        model = Member
        fields = ("name", "role", "external_id")
        help_texts = {"external_id": _("What other systems call this person, in files that are imported.")}


class InviteForm(forms.Form):
    """One or many. A manager offers the seat of a sales rep in one of their teams; an administrator any seat."""

    guests = forms.CharField(
        label=_("E-mail addresses"),
        max_length=LONGEST_LIST,
        widget=forms.Textarea(attrs={"rows": 4, "autocapitalize": "none", "spellcheck": "false"}),
        help_text=_("One a line. “Ada Lovelace <ada@example.com>” gives the name, too."),
    )
    role = forms.ChoiceField(label=_("Role"), choices=Role, initial=Role.REP)
    team = forms.ModelChoiceField(label=_("Team"), queryset=Team.objects.none(), required=False, empty_label=_("None"))

    def __init__(self, *args, member: Member, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = teams_changed_by(member)
        if member.role != Role.ADMIN:
            self.fields["role"].choices = [(Role.REP, Role.REP.label)]
            self.fields["team"].required, self.fields["team"].empty_label = True, None

    def clean_guests(self):
        guests, unread = guests_of(self.cleaned_data["guests"])
        if unread:
            raise forms.ValidationError([one.sentence for one in unread[:10]])
        if not guests:
            raise forms.ValidationError(_("Type at least one address."))
        if len(guests) > MOST_GUESTS:
            raise forms.ValidationError(_("At most %d people are invited at once.") % MOST_GUESTS)
        return guests


class AcceptForm(forms.Form):
    """Somebody new takes the seat: how they are called, and a password."""

    name = forms.CharField(label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password = NewPasswordField()

    def __init__(self, *args, invitation: Invitation, **kwargs):
        super().__init__(*args, initial={"name": invitation.name}, **kwargs)
        self.email = invitation.email

    def clean(self):
        check_new_password(self, User(email=self.email, name=self.cleaned_data.get("name", "")))
        return self.cleaned_data
