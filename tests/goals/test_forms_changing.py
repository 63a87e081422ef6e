"""The forms that change a goal, and what they refuse."""

from datetime import UTC, datetime
from decimal import Decimal as D

import pytest
import time_machine

from goals.models import Goal
from tests.goals.setting import TODAY, set_goal
from tests.goals.typing import assigned, own, shown
from tests.visits import Visit


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(datetime(2026, 11, 18, 9, tzinfo=UTC), tick=False):
        yield


def test_targets_change_from_a_period_on_with_a_reason_in_the_history(northwind):
    goal = assigned(northwind)
    visit = Visit(northwind, "marco")
    form = visit.get(f"goals/{goal.pk}/targets/").context["form"]
    values = shown(form) | {"target-2026-12-01": "12000", "reason": "New tea"}
    assert visit.post(f"goals/{goal.pk}/targets/", **values).status_code == 302
    assert [row.target for row in goal.periods.all()][:2] == [10_000, 12_000]
    page = visit.get(f"goals/{goal.pk}/").content.decode()
    assert "New tea" in page
    assert "€10,000 → €12,000" in page


@pytest.mark.parametrize("text", ["", "0", "-1", "NaN", "1e3", "9" * 20, "5.005"])
def test_a_wrong_target_is_said_beside_its_period(northwind, text):
    goal = assigned(northwind)
    visit = Visit(northwind, "marco")
    form = visit.get(f"goals/{goal.pk}/targets/").context["form"]
    values = shown(form)
    answer = visit.post(f"goals/{goal.pk}/targets/", **values | {"target-2026-12-01": text})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["target-2026-12-01"]
    assert {row.target for row in goal.periods.all()} == {10_000}
    assert visit.post(f"goals/{goal.pk}/targets/", **values).status_code == 302


def test_further_targets_can_be_typed_three_years_ahead(northwind):
    goal = assigned(northwind)
    path, visit = f"goals/{goal.pk}/targets/", Visit(northwind, "marco")
    first = visit.get(path).context["form"]
    assert (len(first.periods), first.may_show_more) == (12, True)
    values = shown(first) | {"target-2026-12-01": "7"}
    more = visit.post(path, **values | {"do": "more_periods"}).context["form"]
    assert (len(more.periods), more["target-2026-12-01"].value()) == (24, "7")
    last = visit.post(path, **values | {"do": "more_periods", "pages": "3"}).context["form"]
    assert (last.periods[-1].first.isoformat(), last.may_show_more) == ("2029-11-01", False)
    assert visit.post(path, **shown(more) | {"target-2028-10-01": "9"}).status_code == 302
    assert {row.first_on.isoformat(): row.target for row in goal.periods.all()}["2028-10-01"] == 9
    assert visit.post(path, **shown(more) | {"pages": "99"}).status_code == 422


def test_a_target_that_was_computed_finer_stays_as_long_as_nobody_types_another(northwind):
    (goal,) = set_goal(None, northwind.rita, targets=D("15203.958"))
    visit = Visit(northwind, "marco")
    form = visit.get(f"goals/{goal.pk}/targets/").context["form"]
    values = shown(form) | {"target-2027-01-01": "1"}
    assert visit.post(f"goals/{goal.pk}/targets/", **values).status_code == 302
    assert [row.target for row in goal.periods.all()][:3] == [D("15203.958"), D("15203.958"), 1]


def test_a_form_opened_before_somebody_elses_change_is_refused_with_a_sentence(northwind):
    goal = assigned(northwind)
    stale = {"name": "Rita's", "version": 1}
    assert Visit(northwind, "nora").post(f"goals/{goal.pk}/edit/", name="Nora's", version=1).status_code == 302
    answer = Visit(northwind, "marco").post(f"goals/{goal.pk}/edit/", **stale)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "changed this goal in the meantime" in page
    assert "Now it says: Nora&#x27;s" in page
    form = answer.context["form"]
    assert (form["name"].value(), form["version"].value()) == ("Rita's", "2")
    assert Goal.objects.get().name == "Nora's"
    assert Visit(northwind, "marco").post(f"goals/{goal.pk}/edit/", **stale | {"version": 2}).status_code == 302


def test_a_stale_grid_says_which_targets_are_others_now(northwind):
    goal = assigned(northwind)
    visit = Visit(northwind, "marco")
    values = shown(visit.get(f"goals/{goal.pk}/targets/").context["form"])
    faster = values | {"target-2026-12-01": "500"}
    assert Visit(northwind, "nora").post(f"goals/{goal.pk}/targets/", **faster).status_code == 302
    form = visit.post(f"goals/{goal.pk}/targets/", **values | {"target-2026-11-01": "7"}).context["form"]
    said = {field.name: field.help_text for field in form.target_rows() if field.help_text}
    assert said["target-2026-12-01"] == "Now it says: 500"
    assert said["target-2026-11-01"] == "Now it says: 10000"
    assert "target-2027-01-01" not in said


@pytest.mark.parametrize("version", ["", "x", "0", "-1", "9" * 30])
def test_a_form_without_a_real_version_changes_nothing(northwind, version):
    goal = own(northwind)
    visit = Visit(northwind, "rita")
    assert visit.post(f"goals/{goal.pk}/edit/", name="New", version=version).status_code == 422
    assert visit.post(f"goals/{goal.pk}/delete/", version=version).status_code == 422
    visit.post(f"goals/{goal.pk}/archive/", version=version)
    assert (Goal.objects.get().name, Goal.objects.get().is_archived) == ("", False)


def test_the_targets_form_offers_the_present_period_first(northwind):
    goal = own(northwind)
    form = Visit(northwind, "rita").get(f"goals/{goal.pk}/targets/").context["form"]
    assert form.target_rows()[0].label == "November 2026"
    assert TODAY.month == 11
