"""What is typed about teams and about who is in them. Forms check its shape; people.services changes things."""

from datetime import timedelta

from django import forms
from django.forms.models import ModelChoiceField
from django.utils.translation import gettext_lazy as _

from crm.forms.fields import RowForm
from lib.forms import DayField
from tenants.access import people_of, teams_changed_by
from tenants.models import Member, Role, Team, TeamMembership


class TeamField(ModelChoiceField):
    """A team, named with those above it, the highest first."""

    def __init__(self, **kwargs):
        super().__init__(queryset=None, **kwargs)

    def offer(self, teams) -> None:
        self.queryset = teams
        self.names = {pk: (name, parent) for pk, name, parent in Team.objects.values_list("pk", "name", "parent_id")}

    def label_from_instance(self, team):
        names, above = [], team.pk
        while above in self.names:
            name, above = self.names[above]
            names.append(name)
        return " › ".join(reversed(names))


class ManagerField(ModelChoiceField):
    """Somebody who may manage a team: an active administrator or manager."""

    def __init__(self, **kwargs):
        super().__init__(queryset=None, **kwargs)

    def offer(self, *, besides: int | None) -> None:
        people = Member.objects.active().filter(role__in=[Role.ADMIN, Role.MANAGER])
        self.queryset = (people | Member.objects.filter(pk=besides)).order_by("name", "pk")


class TeamForm(RowForm):
    """Name and manager; a new team also has a place. Who may not say who manages it sees the name only."""

    manager = ManagerField(label=_("Manager"), required=False, empty_label=_("Nobody"))
    parent = TeamField(label=_("Below"), required=False, empty_label=_("At the top"))

    class Meta:
        model = Team
        fields = ("name", "manager", "parent")

    def __init__(self, *args, member, is_placed=True, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["manager"].offer(besides=self.instance.manager_id)
        self.fields["parent"].offer(teams_changed_by(member))
        if self.instance.pk:
            del self.fields["parent"]
            if not is_placed:
                del self.fields["manager"]
        elif member.role != Role.ADMIN:
            self.fields["parent"].required, self.fields["parent"].empty_label = True, None


class MoveTeamForm(forms.Form):
    """Where a team goes with all below it."""

    parent = TeamField(label=_("Below"), required=False, empty_label=_("At the top"))

    def __init__(self, *args, member, team, **kwargs):
        super().__init__(*args, initial={"parent": team.parent_id}, **kwargs)
        self.fields["parent"].offer(teams_changed_by(member))
        if member.role != Role.ADMIN:
            self.fields["parent"].required, self.fields["parent"].empty_label = True, None


class DaysForm(forms.Form):
    """From when on, and until when if that is known. A last day counts still."""

    first_on = DayField(label=_("From"))
    last_on = DayField(label=_("Last day"), required=False)

    def values(self) -> dict:
        """With the day after the last, as it is kept."""
        values = dict(self.cleaned_data)
        last_on = values.pop("last_on")
        return {**values, "until": last_on + timedelta(1) if last_on else None}


class JoinForm(DaysForm):
    """Who comes into a team."""

    member = ModelChoiceField(label=_("Person"), queryset=None, empty_label=_("Choose"))

    field_order = ["member", "first_on", "last_on"]

    def __init__(self, *args, member, today, **kwargs):
        super().__init__(*args, initial={"first_on": today}, **kwargs)
        self.fields["member"].queryset = people_of(member, on=today).active()


class PlaceForm(DaysForm):
    """Which team a person comes into, from which day on."""

    team = TeamField(label=_("Team"), empty_label=None)

    field_order = ["team", "first_on", "last_on"]

    def __init__(self, *args, member, today, **kwargs):
        super().__init__(*args, initial={"first_on": today}, **kwargs)
        self.fields["team"].offer(teams_changed_by(member))


class MovePersonForm(forms.Form):
    """Which team a person goes to, or that they leave theirs for none, which must be said in so many words."""

    team = TeamField(label=_("To the team"), required=False, empty_label=_("Choose"))
    leaves = forms.BooleanField(label=_("To no other team"), required=False)
    first_on = DayField(
        label=_("From"), help_text=_("Until the day before, what this person does counts for the old team.")
    )

    def __init__(self, *args, member, today, **kwargs):
        super().__init__(*args, initial={"first_on": today}, **kwargs)
        self.fields["team"].offer(teams_changed_by(member))

    def clean(self):
        if not self.cleaned_data.get("team") and not self.cleaned_data.get("leaves") and "team" not in self.errors:
            self.add_error("team", _("Choose the team, or say that it is none."))
        return self.cleaned_data

    def values(self) -> dict:
        team = None if self.cleaned_data["leaves"] else self.cleaned_data["team"]
        return {"team": team, "first_on": self.cleaned_data["first_on"]}


class CorrectDaysForm(DaysForm):
    """Other days for a stay that is known."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=20)

    def __init__(self, *args, membership: TeamMembership, seen: str, **kwargs):
        last_on = membership.until - timedelta(1) if membership.until else None
        super().__init__(*args, initial={"first_on": membership.first_on, "last_on": last_on, "seen": seen}, **kwargs)
