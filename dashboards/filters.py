"""What narrows the people of the home page; it stands in the address."""

from functools import cached_property

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from dashboards.reporting.people import WITHOUT_GOALS
from goals.rules import STATUS_WORDS, Status
from lib.filters import ListFilter
from lib.numbers import id_in
from tenants.access import teams_seen_by, teams_under
from tenants.models import Member

MOST_LINKED = 6

CHOICES = [
    *((str(status), STATUS_WORDS[status]) for status in (Status.RED, Status.ORANGE, Status.GREEN)),
    (WITHOUT_GOALS, _("No goals yet")),
]


def teams(request):
    return teams_seen_by(request.member, on=request.today)


class PeopleFilter(ListFilter):
    q = filters.CharFilter(label=_("Name"), method="called", max_length=200)
    team = filters.ModelChoiceFilter(label=_("Team"), queryset=teams, method="in_team", empty_label=_("Any"))
    colour = filters.ChoiceFilter(
        label=_("Worst goal"),
        choices=CHOICES,
        method="kept",
        empty_label=_("Any"),
    )

    class Meta:
        model = Member
        fields = ("q", "team", "colour")

    @property
    def worst(self) -> str:
        """The colour of the worst goal that is asked for; the report narrows by it."""
        return self.form.cleaned_data.get("colour", "") if self.form.is_valid() else ""

    @property
    def is_on(self) -> bool:
        """Whether anything is asked for; what cannot be read counts, too."""
        return any(self.data.get(name) for name in self.form.fields)

    @property
    def typed(self) -> str:
        return self.data.get("q", "").replace("\0", "")

    @cached_property
    def teams(self) -> list[tuple[int, str, bool]]:
        """Id, name and whether it is chosen. A thousand people have a hundred teams, for which a form is slow."""
        chosen = id_in(self.data.get("team", ""))
        return [(pk, name, pk == chosen) for pk, name in teams(self.request).values_list("pk", "name")]

    @property
    def linked_teams(self) -> list[tuple[int, str, bool]]:
        """Those whose pages are offered: the chosen one, else the first few."""
        return [team for team in self.teams if team[2]] or self.teams[:MOST_LINKED]

    @property
    def has_more_teams(self) -> bool:
        return len(self.teams) > len(self.linked_teams)

    @property
    def colours(self) -> list[tuple]:
        chosen = self.data.get("colour")
        return [(key, word, key == chosen) for key, word in CHOICES]

    def called(self, people, name, value):
        return people.filter(name__icontains=value)

    def in_team(self, people, name, value):
        """In the team or in one below it."""
        members = Member.objects.in_teams(teams_under([value.pk]), on=self.request.today)
        return people.filter(pk__in=members.values("pk"))

    def kept(self, people, name, value):
        return people
