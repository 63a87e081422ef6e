"""The tree of teams: what it takes and refuses, who may change it, and that figures and views follow."""

import threading
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from audit.models import Entry
from crm.refusals import GoneMeanwhile
from lib.periods import Period
from metrics import engine, figures
from metrics.populations import Population
from people.reporting.teams import stays_of, tree_of
from people.services import memberships
from people.services import teams as changes
from tenants.access import people_of
from tenants.models import Member, Role, Team, TeamMembership
from tenants.refusals import Refused
from tests import world
from tests.queries import queries_of
from tests.visits import Visit

TODAY = date(2026, 11, 20)


@pytest.fixture
def cast(northwind):
    """Sales over West (Marco's, with Rita) and East (with Ravi); below West, Harbour, which Mia manages."""
    sales = northwind.things["sales"] = Team.objects.create(name="Sales", manager=northwind.nora)
    Team.objects.filter(pk__in=[northwind.team.pk, northwind.elsewhere.pk]).update(parent=sales)
    mia = northwind.people["mia"] = world.join("Mia", Role.MANAGER, "E7", "northwind")
    harbour = northwind.things["harbour"] = Team.objects.create(name="Harbour", parent=northwind.team, manager=mia)
    pia = northwind.people["pia"] = world.join("Pia", Role.REP, "E8", "northwind")
    northwind.things["pias"] = TeamMembership.objects.create(team=harbour, member=pia, first_on=date(2026, 1, 1))
    northwind.things["ritas"] = TeamMembership.objects.get(member=northwind.rita)
    northwind.things["ravis"] = TeamMembership.objects.get(member=northwind.ravi)
    for row in (northwind.team, northwind.elsewhere):
        row.refresh_from_db()
    return northwind


def days_of(member) -> list[tuple]:
    rows = TeamMembership.objects.filter(member=member).order_by("first_on").select_related("team")
    return [(row.team.name, row.first_on, row.until) for row in rows]


def shape_of(nodes) -> dict:
    return {node.team.name: ([stay.member.name for stay in node.people], shape_of(node.below)) for node in nodes}


# --- the tree ------------------------------------------------------------------------------------------------------


def test_an_administrator_sees_the_whole_tree_and_who_is_in_none(cast):
    tree = tree_of(cast.nora, on=TODAY)
    assert shape_of(tree.top) == {
        "Sales": ([], {"East": (["Ravi"], {}), "West": (["Rita"], {"Harbour": (["Pia"], {})})})
    }
    assert [person.name for person in tree.teamless] == ["Marco", "Mia", "Nora", "Vera"]


def test_everybody_else_sees_their_part_of_it(cast):
    assert shape_of(tree_of(cast.marco, on=TODAY).top) == {"West": (["Rita"], {"Harbour": (["Pia"], {})})}
    assert shape_of(tree_of(cast.mia, on=TODAY).top) == {"Harbour": (["Pia"], {})}
    assert shape_of(tree_of(cast.rita, on=TODAY).top) == {"West": (["Rita"], {})}
    assert tree_of(cast.vera, on=TODAY).top[0].is_changed is False


def test_a_team_is_moved_with_all_below_it_but_never_below_itself(cast):
    changes.move_team(actor=cast.nora, team=cast.team, parent=cast.elsewhere)
    assert Team.objects.get(pk=cast.team.pk).parent_id == cast.elsewhere.pk
    for parent in (cast.team, cast.harbour):
        with pytest.raises(Refused, match="West stands above"):
            changes.move_team(actor=cast.nora, team=cast.team, parent=parent)
    with pytest.raises(Refused, match="Sales stands above Harbour"):
        changes.move_team(actor=cast.nora, team=cast.sales, parent=cast.harbour)
    changes.move_team(actor=cast.nora, team=cast.team, parent=None)
    assert Team.objects.get(pk=cast.team.pk).parent_id is None


def test_a_name_stands_once_in_a_place(cast):
    with pytest.raises(Refused, match="There is a team “West” in this place"):
        changes.add_team(actor=cast.nora, name="WEST", parent=cast.sales, manager=None)
    made = changes.add_team(actor=cast.nora, name="West", parent=None, manager=None)
    with pytest.raises(Refused, match="in this place"):
        changes.move_team(actor=cast.nora, team=made, parent=cast.sales)


def test_only_a_team_on_which_nothing_hangs_is_removed(cast):
    empty = changes.add_team(actor=cast.nora, name="South", parent=cast.sales, manager=None)
    for team, sentence in [(cast.sales, "teams below"), (cast.harbour, "people in it")]:
        with pytest.raises(Refused, match=sentence):
            changes.remove_team(actor=cast.nora, team=team)
    figures.define(
        measure="sales_net", segment=None, population=Population("team", empty.pk),
        period=Period(TODAY, TODAY + timedelta(30)),
    )  # fmt: skip
    with pytest.raises(Refused, match="Goals count"):
        changes.remove_team(actor=cast.nora, team=empty)
    other = changes.add_team(actor=cast.nora, name="North", parent=cast.sales, manager=None)
    changes.remove_team(actor=cast.nora, team=other)
    assert not Team.objects.filter(name="North").exists()
    with pytest.raises(GoneMeanwhile):
        changes.move_team(actor=cast.nora, team=other, parent=None)


@pytest.mark.django_db(transaction=True)
def test_two_moves_that_are_right_alone_make_no_circle_together(committed_northwind):
    cast = committed_northwind
    together, outcomes = threading.Barrier(2), []

    def move(team, parent):
        try:
            with world.opened(cast):
                together.wait(timeout=10)
                changes.move_team(actor=cast.nora, team=team, parent=parent)
                outcomes.append("moved")
        except Refused:
            outcomes.append("refused")
        finally:
            connection.close()

    pairs = [(cast.team, cast.elsewhere), (cast.elsewhere, cast.team)]
    threads = [threading.Thread(target=move, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert sorted(outcomes) == ["moved", "refused"]


# --- people --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("day", [date(2026, 3, 1), TODAY, date(2027, 2, 1)], ids=["past", "today", "future"])
def test_a_person_goes_to_another_team_from_a_day_on(cast, day):
    memberships.move_person(actor=cast.nora, membership=cast.ritas, team=cast.elsewhere, first_on=day)
    assert days_of(cast.rita) == [("West", date(2020, 1, 1), day), ("East", day, None)]


def test_a_person_who_goes_on_the_very_first_day_was_never_in_the_old_team(cast):
    memberships.move_person(actor=cast.nora, membership=cast.ritas, team=cast.elsewhere, first_on=date(2020, 1, 1))
    assert days_of(cast.rita) == [("East", date(2020, 1, 1), None)]


def test_a_person_leaves_for_no_team(cast):
    memberships.move_person(actor=cast.nora, membership=cast.ritas, team=None, first_on=TODAY)
    assert days_of(cast.rita) == [("West", date(2020, 1, 1), TODAY)]
    assert "Rita" in [person.name for person in tree_of(cast.nora, on=TODAY).teamless]


def test_a_move_that_cannot_be_is_refused_in_a_sentence(cast):
    move = {"actor": cast.nora, "membership": cast.ritas}
    with pytest.raises(Refused, match="Rita is in West already"):
        memberships.move_person(**move, team=cast.team, first_on=TODAY)
    with pytest.raises(Refused, match="came to West on Jan 1, 2020"):
        memberships.move_person(**move, team=cast.elsewhere, first_on=date(2019, 12, 31))
    memberships.join_team(actor=cast.nora, member=cast.rita, team=cast.elsewhere, first_on=date(2027, 1, 1))
    with pytest.raises(Refused, match="Rita is in East from Jan 1, 2027 already"):
        memberships.move_person(**move, team=cast.elsewhere, first_on=TODAY)
    memberships.move_person(**move, team=None, first_on=TODAY)
    with pytest.raises(Refused, match="no longer in West on that day"):
        memberships.move_person(**move, team=cast.elsewhere, first_on=TODAY)
    assert days_of(cast.rita) == [("West", date(2020, 1, 1), TODAY), ("East", date(2027, 1, 1), None)]


def test_somebody_is_in_two_teams_but_in_each_once(cast):
    join = {"actor": cast.nora, "member": cast.rita, "team": cast.harbour}
    memberships.join_team(**join, first_on=date(2026, 5, 1), until=date(2026, 6, 1))
    with pytest.raises(Refused, match="already"):
        memberships.join_team(**join, first_on=date(2026, 5, 31))
    memberships.join_team(**join, first_on=date(2026, 6, 1))
    assert [row[0] for row in days_of(cast.rita)] == ["West", "Harbour", "Harbour"]
    with pytest.raises(IntegrityError), transaction.atomic():  # what the sentence is about, the database refuses, too
        TeamMembership.objects.create(member=cast.rita, team=cast.harbour, first_on=date(2026, 5, 31))


def test_a_move_is_taken_back_as_if_nothing_had_been(cast):
    before = days_of(cast.rita)
    moved = memberships.move_person(actor=cast.nora, membership=cast.ritas, team=cast.elsewhere, first_on=TODAY)
    memberships.undo_move(actor=cast.nora, membership=moved)
    assert days_of(cast.rita) == before
    with pytest.raises(Refused, match="Correct the days"):
        memberships.undo_move(actor=cast.nora, membership=TeamMembership.objects.get(member=cast.rita))


def test_days_are_corrected_unless_they_overlap_or_end_before_they_start(cast):
    moved = memberships.move_person(actor=cast.nora, membership=cast.ritas, team=cast.elsewhere, first_on=TODAY)
    back = memberships.move_person(actor=cast.nora, membership=moved, team=cast.team, first_on=TODAY + timedelta(10))
    correct = {"actor": cast.nora, "membership": back, "seen": ""}
    with pytest.raises(Refused, match="already"):
        memberships.correct_days(**correct, first_on=TODAY - timedelta(1), until=None)
    with pytest.raises(Refused, match="cannot be before the first"):
        memberships.correct_days(**correct, first_on=TODAY, until=TODAY)
    memberships.correct_days(**correct, first_on=TODAY + timedelta(20), until=TODAY + timedelta(21))
    assert days_of(cast.rita)[-1] == ("West", TODAY + timedelta(20), TODAY + timedelta(21))
    assert next(stay.last_on for stay in stays_of(cast.rita)) == TODAY + timedelta(20)


def test_every_change_is_on_the_record_of_the_person_and_of_both_teams(cast):
    memberships.move_person(actor=cast.marco, membership=cast.ritas, team=cast.harbour, first_on=TODAY)
    changes.edit_team(actor=cast.nora, team=cast.team, seen="", name="Far West", manager=None)
    entries = Entry.objects.order_by("pk").values_list("action", "target_type", "target_id", "actor_id")
    assert list(entries) == [
        ("team.person_left", "tenants.team", cast.team.pk, cast.marco.pk),
        ("team.person_joined", "tenants.team", cast.harbour.pk, cast.marco.pk),
        ("member.moved_team", "tenants.member", cast.rita.pk, cast.marco.pk),
        ("team.edited", "tenants.team", cast.team.pk, cast.nora.pk),
    ]


# --- figures and views follow --------------------------------------------------------------------------------------


def test_the_figures_of_both_teams_move_with_a_person_from_the_day_on(cast):
    march = Period(date(2026, 3, 1), date(2026, 4, 1))
    west, east = (
        figures.define(measure="sales_net", segment=None, population=Population("team", team.pk), period=march)
        for team in (cast.team, cast.elsewhere)
    )
    world.sale(cast, owner=cast.rita, net="100", day=date(2026, 3, 5))
    world.sale(cast, owner=cast.rita, net="10", day=date(2026, 3, 20))

    def values():
        engine.settle(cast.organization.pk)
        return [row.value for row in (type(west).objects.get(pk=west.pk), type(west).objects.get(pk=east.pk))]

    assert values() == [Decimal(110), 0]
    moved = memberships.move_person(
        actor=cast.nora, membership=cast.ritas, team=cast.elsewhere, first_on=date(2026, 3, 10)
    )
    assert values() == [Decimal(100), Decimal(10)]
    memberships.undo_move(actor=cast.nora, membership=moved)
    assert values() == [Decimal(110), 0]


def test_a_manager_sees_exactly_the_people_below_on_that_day(cast):
    def seen(member, day):
        return {person.name for person in people_of(member, on=day)}

    memberships.move_person(actor=cast.nora, membership=cast.ravis, team=cast.harbour, first_on=TODAY)
    day_before = TODAY - timedelta(1)
    assert seen(cast.marco, day_before) == {"Marco", "Rita", "Pia"}
    assert seen(cast.marco, TODAY) == {"Marco", "Rita", "Pia", "Ravi"}
    assert seen(cast.mia, day_before) == {"Mia", "Pia"}
    assert seen(cast.mia, TODAY) == {"Mia", "Pia", "Ravi"}
    changes.move_team(actor=cast.nora, team=cast.harbour, parent=cast.elsewhere)
    assert seen(cast.marco, TODAY) == {"Marco", "Rita"}
    assert seen(cast.nora, TODAY) == {member.name for member in Member.objects.all()}


# --- pages ---------------------------------------------------------------------------------------------------------


def test_a_manager_changes_the_teams_below_and_no_other(cast):
    marco = Visit(cast, "marco")
    above = {"name": "Mine", "parent": cast.sales.pk, "manager": ""}
    assert marco.post("teams/new/", **above).status_code == 422
    assert marco.post("teams/new/", **above | {"parent": ""}).status_code == 422
    assert marco.post("teams/new/", **above | {"parent": cast.harbour.pk}).status_code == 302
    assert marco.post(f"teams/{cast.harbour.pk}/move/", parent=cast.sales.pk).status_code == 422
    assert marco.post(f"teams/{cast.team.pk}/move/", parent=cast.harbour.pk).status_code == 403
    assert marco.post(f"teams/{cast.team.pk}/remove/").status_code == 403
    assert marco.post(f"teams/{cast.elsewhere.pk}/edit/", name="x").status_code == 404
    assert marco.post(f"teams/{cast.team.pk}/edit/", name="Wild West", manager=cast.mia.pk).status_code == 302
    cast.team.refresh_from_db()
    assert (cast.team.name, cast.team.manager_id) == ("Wild West", cast.marco.pk)  # who manages it is said above


def test_a_manager_moves_their_own_people_among_their_own_teams(cast):
    marco, path = Visit(cast, "marco"), f"teams/stays/{cast.ritas.pk}/move/"
    assert marco.post(f"teams/stays/{cast.ravis.pk}/move/", team=cast.team.pk, first_on=TODAY).status_code == 404
    assert marco.post(path, team=cast.elsewhere.pk, first_on=TODAY).status_code == 422
    assert marco.post(f"teams/{cast.team.pk}/join/", member=cast.ravi.pk, first_on=TODAY).status_code == 422
    assert marco.post(path, team="", first_on=TODAY).status_code == 422  # to leave for no team must be said
    assert marco.post(path, team=cast.harbour.pk, first_on=TODAY).status_code == 302
    assert days_of(cast.rita)[-1] == ("Harbour", TODAY, None)


@pytest.mark.parametrize("who", ["rita", "vera"])
def test_reps_and_viewers_change_nothing(cast, who):
    visit = Visit(cast, who)
    assert visit.get("teams/").status_code == 200
    assert visit.get(f"teams/{cast.team.pk}/").status_code == 200
    for path in ("teams/new/", f"teams/{cast.team.pk}/edit/", f"teams/stays/{cast.ritas.pk}/move/"):
        assert visit.get(path).status_code == visit.post(path).status_code == 403


def test_a_dragged_card_gets_the_tree_anew_or_the_tree_as_it_was_with_a_sentence(cast):
    nora, path = Visit(cast, "nora", htmx=True), f"teams/stays/{cast.ritas.pk}/move/"
    answer = nora.post(path, team=cast.elsewhere.pk, first_on=TODAY)
    assert answer.status_code == 200
    said = answer.content.decode()
    assert 'id="team-tree"' in said and "<html" not in said
    assert "Rita is in East from" in said and "Undo" in said and 'hx-swap-oob="innerHTML"' in said
    refused = nora.post(f"teams/{cast.sales.pk}/move/", parent=cast.harbour.pk)
    assert refused.status_code == 422
    assert "Sales stands above Harbour" in refused.content.decode()
    assert 'id="team-tree"' in refused.content.decode()


def test_the_tree_takes_as_many_questions_for_many_teams_as_for_few(cast):
    def asked() -> int:
        nora = Visit(cast, "nora")
        with CaptureQueriesContext(connection) as queries:
            assert nora.get("teams/").status_code == 200
        return len(queries)

    few = asked()
    for number in range(20):
        team = Team.objects.create(name=f"Team {number}", parent=cast.sales)
        TeamMembership.objects.create(team=team, member=cast.ravi, first_on=TODAY)
    assert asked() == few


# --- very many people ---------------------------------------------------------------------------------------------


def test_of_very_many_people_only_their_number_stands_in_the_tree(cast, monkeypatch):
    everybody = Visit(cast, "nora").get("teams/").content.decode()
    assert "Rita" in everybody and "Vera" in everybody
    monkeypatch.setattr("people.reporting.teams.MOST_SHOWN", 1)
    tree = tree_of(cast.nora, on=TODAY)
    assert shape_of(tree.top) == {"Sales": ([], {"East": ([], {}), "West": ([], {"Harbour": ([], {})})})}
    assert [node.people_count for node in tree.top[0].below] == [1, 1]
    assert (tree.teamless, tree.teamless_count) == ([], 4)
    folded = Visit(cast, "nora").get("teams/").content.decode()
    assert f"/teams/{cast.team.pk}/people/" in folded and "/teams/people/teamless/" in folded
    assert "data-person=" not in folded


def test_the_people_of_a_team_come_as_they_stand_in_the_tree(cast):
    def said(who, path):
        return Visit(cast, who).get(path).content.decode()

    west = f"teams/{cast.team.pk}/people/"
    assert "Rita" in said("rita", west) and "data-move" not in said("rita", west)
    assert f"/teams/stays/{cast.ritas.pk}/move/" in said("marco", west)
    assert f"/teams/people/{cast.vera.pk}/join/" in said("nora", "teams/people/teamless/")
    assert "Rita" not in said("nora", "teams/people/teamless/")


def test_opening_a_team_asks_as_many_queries_for_thirty_people_as_for_three(cast):
    def fill(count: int) -> int:
        for _number in range(count):
            joined = TeamMembership.objects.filter(team=cast.team).count()
            member = world.join(f"Per{joined}", Role.REP, f"P{joined}", "northwind")
            TeamMembership.objects.create(team=cast.team, member=member, first_on=date(2026, 1, 1))
        return queries_of(lambda: Visit(cast, "nora").get(f"teams/{cast.team.pk}/people/"))

    assert fill(3) == fill(27)
