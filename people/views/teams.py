"""The tree of teams and who is in them, by dragging or by plain forms."""

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.services.rows import fingerprint
from crm.views.answers import answered, done, saved, sent, show_form
from lib.htmx import render_page
from lib.numbers import id_in
from people.forms.teams import CorrectDaysForm, JoinForm, MovePersonForm, MoveTeamForm, PlaceForm, TeamForm
from people.reporting.teams import Stay, people_in, stays_in, stays_of, teamless, tree_of
from people.services import memberships
from people.services import teams as changes
from people.team_pages import team_pages
from tenants.access import (
    get_membership_to_change,
    get_person,
    get_team,
    get_team_to_change,
    get_team_to_place,
    requires_role,
    teams_changed_by,
    teams_placed_by,
)
from tenants.models import Role

LEADERS = (Role.ADMIN, Role.MANAGER)


def show_tree(request, status: int = 200) -> HttpResponse:
    context = {
        "tree": tree_of(request.member, on=request.today),
        "is_led": request.member.role in LEADERS,
        "pages": team_pages(),
    }
    return render_page(request, "people/teams.html", context, fragment="tree", status=status)


def moved(request, form, sentence: str, template: str, **context) -> HttpResponse:
    """After a move: the tree anew for a card that was dragged (as it was, and why, if the move is refused); else the
    page of teams, or the form with what is wrong. `sentence` is empty where nothing was moved."""
    if sentence:
        messages.success(request, sentence)
    if request.htmx and form.is_bound:
        if not sentence:
            messages.error(request, " ".join(text for texts in form.errors.values() for text in texts))
        return show_tree(request, status=200 if sentence else 422)
    if sentence:
        return redirect("people:teams", request.organization.slug)
    return show_form(request, template, form, **context)


@require_safe
def teams(request, slug):
    return show_tree(request)


@require_safe
def team(request, slug, pk):
    found = get_team(request.member, pk, on=request.today)
    below = found.children.order_by("name", "pk") if request.member.role != Role.REP else found.children.none()
    context = {
        "team": found, "below": below, "stays": stays_in(found, request.member, on=request.today),
        "is_changed": teams_changed_by(request.member).filter(pk=pk).exists(),
        "is_placed": teams_placed_by(request.member).filter(pk=pk).exists(),
        "pages": team_pages(),
    }  # fmt: skip
    return render(request, "people/team.html", context)


@require_safe
def team_people(request, slug, pk):
    """The people of a team, for the tree of an organization that has very many."""
    found = get_team(request.member, pk, on=request.today)
    is_changed = teams_changed_by(request.member).filter(pk=pk).exists()
    stays = people_in(found, request.member, on=request.today)
    return render(request, "people/team_people.html", {"stays": stays, "is_changed": is_changed})


@require_safe
@requires_role(Role.ADMIN)
def teamless_people(request, slug):
    people = teamless(request.member, on=request.today)
    return render(request, "people/teamless_people.html", {"people": people})


@require_http_methods(["GET", "HEAD", "POST"])
@requires_role(*LEADERS)
def new_team(request, slug):
    under = id_in(request.GET.get("under", ""))
    form = TeamForm(sent(request), member=request.member, initial={"parent": under})
    made = saved(form, partial(changes.add_team, actor=request.member))
    if made:
        return done(request, _("%s is added.") % made, "people:teams")
    return show_form(request, "people/team_form.html", form)


@require_http_methods(["GET", "HEAD", "POST"])
@requires_role(*LEADERS)
def edit_team(request, slug, pk):
    found = get_team_to_change(request.member, pk, on=request.today)
    is_placed = teams_placed_by(request.member).filter(pk=pk).exists()
    initial = {"seen": fingerprint(found)}
    form = TeamForm(sent(request), instance=found, member=request.member, is_placed=is_placed, initial=initial)
    if saved(form, partial(changes.edit_team, actor=request.member, team=found)):
        return done(request, _("Saved."), "people:team", pk)
    return show_form(request, "people/team_form.html", form, team=found)


@require_http_methods(["GET", "HEAD", "POST"])
@requires_role(*LEADERS)
def move_team(request, slug, pk):
    found = get_team_to_place(request.member, pk, on=request.today)
    form = MoveTeamForm(sent(request), member=request.member, team=found)
    team = saved(form, partial(changes.move_team, actor=request.member, team=found))
    sentence = _("%s is moved.") % team if team else ""
    return moved(request, form, sentence, "people/team_move.html", team=found)


@require_POST
@requires_role(*LEADERS)
def remove_team(request, slug, pk):
    found = get_team_to_place(request.member, pk, on=request.today)
    act = partial(changes.remove_team, actor=request.member, team=found)
    return answered(request, act, _("%s is removed.") % found, "people:teams")


@require_http_methods(["GET", "HEAD", "POST"])
@requires_role(*LEADERS)
def join_team(request, slug, pk):
    """Somebody comes into the team beside those they are in."""
    found = get_team_to_change(request.member, pk, on=request.today)
    form = JoinForm(sent(request), member=request.member, today=request.today)
    stay = saved(form, partial(memberships.join_team, actor=request.member, team=found))
    if stay:
        return done(request, _("%(person)s is in %(team)s.") % words_of(stay), "people:team", pk)
    return show_form(request, "people/team_join.html", form, team=found)


@require_safe
def person(request, slug, pk):
    """A person's way through the teams."""
    found = get_person(request.member, pk, on=request.today)
    changed = set(teams_changed_by(request.member).values_list("pk", flat=True))
    stays = [(stay, stay.state(request.today), stay.team.pk in changed) for stay in stays_of(found)]
    context = {"person": found, "stays": stays, "is_led": request.member.role in LEADERS}
    return render(request, "people/teams_of_person.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires_role(*LEADERS)
def place_person(request, slug, pk):
    """Somebody comes into a team."""
    found = get_person(request.member, pk, on=request.today)
    form = PlaceForm(sent(request), member=request.member, today=request.today)
    stay = saved(form, partial(memberships.join_team, actor=request.member, member=found))
    sentence = _("%(person)s is in %(team)s.") % words_of(stay) if stay else ""
    return moved(request, form, sentence, "people/person_move.html", person=found)


@require_http_methods(["GET", "HEAD", "POST"])
@requires_role(*LEADERS)
def move_person(request, slug, pk):
    """Somebody goes from one team to another."""
    found = get_membership_to_change(request.member, pk, on=request.today)
    form = MovePersonForm(sent(request), member=request.member, today=request.today)
    stay = saved(form, partial(memberships.move_person, actor=request.member, membership=found))
    context = {"person": found.member, "left": Stay.of(found)}
    sentence = told(request, stay, left=found.team) if stay else ""
    return moved(request, form, sentence, "people/person_move.html", **context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires_role(*LEADERS)
def correct_days(request, slug, pk):
    found = get_membership_to_change(request.member, pk, on=request.today)
    form = CorrectDaysForm(sent(request), membership=found, seen=fingerprint(found))
    if saved(form, partial(memberships.correct_days, actor=request.member, membership=found)):
        return done(request, _("Saved."), "people:teams_of_person", found.member_id)
    return show_form(request, "people/days_form.html", form, stay=Stay.of(found))


@require_POST
@requires_role(*LEADERS)
def remove_membership(request, slug, pk):
    found = get_membership_to_change(request.member, pk, on=request.today)
    act = partial(memberships.remove_membership, actor=request.member, membership=found)
    sentence = _("%(person)s was never in %(team)s.") % words_of(found)
    return answered(request, act, sentence, "people:teams_of_person", found.member_id)


@require_POST
@requires_role(*LEADERS)
def undo_move(request, slug, pk):
    found = get_membership_to_change(request.member, pk, on=request.today)
    act = partial(memberships.undo_move, actor=request.member, membership=found)
    return answered(request, act, _("The move is taken back."), "people:teams")


def words_of(stay) -> dict[str, str]:
    return {"person": stay.member.name, "team": stay.team.name}


def told(request, stay, *, left) -> str:
    """Where somebody has gone, with the way back; who goes to no team comes back by other days."""
    if stay.team_id == left.pk:
        return _("%(person)s leaves %(team)s.") % words_of(stay)
    return render_to_string("people/moved.html", {"stay": stay}, request)
