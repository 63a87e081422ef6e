"""What narrows the list of members; it stands in the address."""

import django_filters as filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenants.access import teams_seen_by
from tenants.models import Member, Role

STATES = [("active", _("Active")), ("new", _("Has not signed in yet")), ("deactivated", _("Deactivated"))]


def teams(request):
    return teams_seen_by(request.member, on=request.today)


class MemberFilter(filters.FilterSet):
    q = filters.CharFilter(label=_("Name or e-mail address"), method="called", max_length=200)
    role = filters.ChoiceFilter(label=_("Role"), choices=Role.choices, empty_label=_("Any"))
    team = filters.ModelChoiceFilter(label=_("Team"), queryset=teams, method="in_team", empty_label=_("Any"))
    state = filters.ChoiceFilter(label=_("State"), choices=STATES, method="in_state", empty_label=_("Any"))

    class Meta:
        model = Member
        fields = ("q", "role", "team", "state")

    def called(self, members, name, value):
        return members.filter(Q(name__icontains=value) | Q(user__email__icontains=value))

    def in_team(self, members, name, value):
        return members.filter(pk__in=Member.objects.in_teams([value.pk], on=self.request.today).values("pk"))

    def in_state(self, members, name, value):
        if value == "deactivated":
            return members.filter(is_active=False)
        return members.filter(is_active=True, user__last_login__isnull=value == "new")
