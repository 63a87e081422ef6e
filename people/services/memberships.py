"""Who is in which team from which day on. Days are half-open: a stay ends on the day before its `until`.

What people do counts for the teams they are in on that day, so every change here, in the past too, moves figures: the
database's own triggers see it (metrics/journal.py).
"""

from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from audit.services import record
from crm.refusals import GoneMeanwhile
from crm.services import rows
from lib.dates import day_label
from tenants.models import Member, Team, TeamMembership
from tenants.refusals import Refused


def lock_person(member: Member) -> Member:
    """The person, locked: whoever else moves them waits, and sees where they are then."""
    found = Member.objects.select_for_update(no_key=True, of=("self",)).filter(pk=member.pk).first()
    if found is None:
        raise GoneMeanwhile
    return found


def lock_team(team: Team) -> None:
    """Keeps the team from being removed meanwhile."""
    if Team.objects.select_for_update(no_key=True).filter(pk=team.pk).first() is None:
        raise GoneMeanwhile


def current_of(membership: TeamMembership) -> TeamMembership:
    """The stay as it is now, its person locked."""
    lock_person(membership.member)
    rows.locked(membership)
    return TeamMembership.objects.select_related("team", "member").get(pk=membership.pk)


def check_free(member: Member, team: Team, first_on: date, until: date | None, *, besides: int | None = None) -> None:
    """Raises Refused where the person is in the team on some of these days already."""
    stays = TeamMembership.objects.filter(member=member, team=team).overlapping(first_on, until)
    other = next((stay for stay in stays.order_by("first_on") if stay.pk != besides), None)
    if other:
        words = {"person": member.name, "team": team.name, "day": _day(other.first_on)}
        raise Refused(_("%(person)s is in %(team)s from %(day)s already.") % words, "team")


def check_order(first_on: date, until: date | None) -> None:
    if until and until <= first_on:
        raise Refused(_("The last day cannot be before the first."), "last_on")


@transaction.atomic
def join_team(
    *, actor: Member, member: Member, team: Team, first_on: date, until: date | None = None
) -> TeamMembership:
    """Puts a person into a team from this day on; teams they are in already, they stay in."""
    person = lock_person(member)
    lock_team(team)
    check_order(first_on, until)
    check_free(person, team, first_on, until)
    stay = TeamMembership.objects.create(member=person, team=team, first_on=first_on, until=until)
    _tell(actor, person, joined=team, left=None, on=first_on)
    return stay


@transaction.atomic
def move_person(*, actor: Member, membership: TeamMembership, team: Team | None, first_on: date) -> TeamMembership:
    """From this day on the person is in `team` instead; without one they are in the old team no more. What they did
    before counts where it counted. Gives the new stay, or the old one that ended."""
    stay = current_of(membership)
    _check_move(stay, team, first_on)
    if team:
        lock_team(team)
        check_free(stay.member, team, first_on, stay.until)
    left, moved = stay.team, stay
    if team and first_on == stay.first_on:
        stay.team = team
        stay.save(update_fields=["team"])
    else:
        until, moved_until = first_on, stay.until
        _end(stay, until)
        if team:
            moved = TeamMembership.objects.create(member=stay.member, team=team, first_on=first_on, until=moved_until)
    _tell(actor, stay.member, joined=team, left=left, on=first_on)
    return moved


def _check_move(stay: TeamMembership, team: Team | None, first_on: date) -> None:
    words = {"person": stay.member.name, "team": stay.team.name}
    if team and team.pk == stay.team_id:
        raise Refused(_("%(person)s is in %(team)s already.") % words, "team")
    if first_on < stay.first_on:
        words["day"] = _day(stay.first_on)
        raise Refused(_("%(person)s came to %(team)s on %(day)s. Choose that day or a later one.") % words, "first_on")
    if stay.until and first_on >= stay.until:
        words["day"] = _day(stay.until)
        raise Refused(_("%(person)s is no longer in %(team)s on that day, from %(day)s on.") % words, "first_on")


def _end(stay: TeamMembership, until: date) -> None:
    """Ends the stay the day before `until`; one that would have no day is gone."""
    if until <= stay.first_on:
        stay.delete()
    else:
        stay.until = until
        stay.save(update_fields=["until"])


@transaction.atomic
def undo_move(*, actor: Member, membership: TeamMembership) -> TeamMembership:
    """Puts the person back into the team that they left on the day they came to this one, as if nothing had been."""
    stay = current_of(membership)
    left = TeamMembership.objects.select_related("team").filter(member=stay.member, until=stay.first_on)
    if len(left) != 1:
        raise Refused(_("There is no move to take back any more. Correct the days instead."))
    check_free(stay.member, left[0].team, stay.first_on, stay.until)
    stay.delete()
    before = left[0]
    before.until = stay.until
    before.save(update_fields=["until"])
    _tell(actor, stay.member, joined=before.team, left=stay.team, on=stay.first_on)
    return before


@transaction.atomic
def correct_days(
    *, actor: Member, membership: TeamMembership, seen: str, first_on: date, until: date | None
) -> TeamMembership:
    """Other days for a stay, past ones too."""
    lock_person(membership.member)
    stay = rows.locked(membership, seen=seen)
    check_order(first_on, until)
    check_free(stay.member, stay.team, first_on, until, besides=stay.pk)
    before = _days(stay)
    stay.first_on, stay.until = first_on, until
    stay.save(update_fields=["first_on", "until"])
    changes = {"person": [None, stay.member.name], "days": [before, _days(stay)]}
    record(actor=actor, action="team.days_corrected", target=stay.team, changes=changes)
    record(actor=actor, action="member.days_corrected", target=stay.member, changes={**changes, "team": stay.team})
    return stay


@transaction.atomic
def remove_membership(*, actor: Member, membership: TeamMembership) -> None:
    """As if the person had never been in the team."""
    stay = current_of(membership)
    stay.delete()
    _tell(actor, stay.member, joined=None, left=stay.team, on=stay.first_on)


def _tell(actor: Member, person: Member, *, joined: Team | None, left: Team | None, on: date) -> None:
    """Puts it on the record of the person and of both teams."""
    for team, action in ((left, "team.person_left"), (joined, "team.person_joined")):
        if team:
            changes = {"person": [None, person.name], "from": [None, on]}
            record(actor=actor, action=action, target=team, changes=changes)
    changes = {"team": [left, joined], "from": [None, on]}
    record(actor=actor, action="member.moved_team", target=person, changes=changes)


def _days(stay: TeamMembership) -> str:
    return f"{_day(stay.first_on)} – {_day(stay.until - timedelta(1)) if stay.until else ''}"


def _day(day: date) -> str:
    return day_label(day, get_language() or "en")
