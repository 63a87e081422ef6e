"""The tree of teams: added, renamed, moved, removed. Who is in them is in people.services.memberships."""

from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import record
from crm.refusals import GoneMeanwhile
from crm.services import rows
from metrics.models import Figure
from tenants.models import Member, Team, TeamMembership
from tenants.refusals import Refused


def lock_tree() -> dict[int, Team]:
    """Every team by its id, locked until the transaction ends: two moves, each right alone, may make a circle."""
    return {team.pk: team for team in Team.objects.select_for_update(no_key=True).order_by("pk")}


def check_name(teams: dict[int, Team], *, name: str, parent_id: int | None, besides: int | None = None) -> None:
    """Raises Refused where a team of this name stands in the same place already."""
    for team in teams.values():
        if team.pk != besides and team.parent_id == parent_id and team.name.casefold() == name.casefold():
            raise Refused(_("There is a team “%s” in this place already.") % team.name, "name")


def check_place(teams: dict[int, Team], *, team: Team, parent: Team | None) -> None:
    """Raises Refused where the tree would bite its tail."""
    above = parent.pk if parent else None
    while above is not None:
        if above == team.pk:
            names = {"team": team.name, "parent": parent}
            raise Refused(_("%(team)s stands above %(parent)s, so it cannot be moved below it.") % names, "parent")
        above = teams[above].parent_id


@transaction.atomic
def add_team(*, actor: Member, name: str, parent: Team | None, manager: Member | None) -> Team:
    """A new, empty team below `parent`, or at the top."""
    teams = lock_tree()
    if parent and parent.pk not in teams:
        raise GoneMeanwhile
    check_name(teams, name=name, parent_id=parent.pk if parent else None)
    team = Team.objects.create(name=name, parent=parent, manager=manager)
    record(actor=actor, action="team.created", target=team, changes=rows.facts_of(team))
    return team


@transaction.atomic
def edit_team(*, actor: Member, team: Team, seen: str, **values) -> Team:
    """Changes the team's name or manager."""
    teams = lock_tree()
    current = rows.locked(team, seen=seen)
    check_name(teams, name=values["name"], parent_id=current.parent_id, besides=current.pk)
    return rows.change(current, actor=actor, action="team.edited", values=values)


@transaction.atomic
def move_team(*, actor: Member, team: Team, parent: Team | None) -> Team:
    """Puts the team, and all below it, below `parent` or at the top. The figures of the teams above move with it."""
    teams = lock_tree()
    if team.pk not in teams or (parent and parent.pk not in teams):
        raise GoneMeanwhile
    current, parent_id = teams[team.pk], parent.pk if parent else None
    check_place(teams, team=current, parent=parent)
    check_name(teams, name=current.name, parent_id=parent_id, besides=current.pk)
    return rows.change(current, actor=actor, action="team.moved", values={"parent": parent})


@transaction.atomic
def remove_team(*, actor: Member, team: Team) -> None:
    """Removes a team that nothing depends on: with its people's days would go what they count for."""
    lock_tree()
    current = rows.locked(team)
    if Team.objects.filter(parent=current).exists():
        raise Refused(_("There are teams below %s. Move or remove them first.") % current)
    if TeamMembership.objects.filter(team=current).exists():
        raise Refused(_("%s has, or had, people in it: its figures would be lost. Move it or rename it.") % current)
    if Figure.objects.filter(population_kind="team", population_key=current.pk).exists():
        raise Refused(_("Goals count what %s does, so it stays.") % current)
    sentence = _("An invitation or something else still names %s.") % current
    rows.remove(current, actor=actor, action="team.removed", sentence_if_used=sentence)
