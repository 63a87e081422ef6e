"""Agreements are written in steps: what is typed is kept, right or wrong, and is agreed on once."""

import threading
import uuid
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.db import connections

from agreements.models import Agreement, Draft, Recipient
from agreements.options import Choice, Options
from agreements.services import begin_draft, end_agreement_early
from agreements.services.summaries import RecipientTerms, configure_summaries
from audit.reporting import history_of
from crm.models import Brand, Product
from metrics.models import SavedSegment
from notifications.services import stop_topic
from tests import world
from tests.agreements.setting import conclude
from tests.visits import Visit

NOON = datetime(2026, 7, 2, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(NOON, tick=False):
        yield


def what(**changes) -> dict:
    """What Nora types in the first step; Bólido is named by its external id."""
    return {
        "key": str(uuid.uuid4()), "description": "Tea 2026", "metric": "sales_net", "first_on": "2026-01-01",
        "last_on": "2026-12-31", "pasted": "alfreds  futterkiste\n\nBOLID", "basis": "pooled", "notes": "",
    } | changes  # fmt: skip


def levels(*pairs, **changes) -> dict:
    rows = {f"from-{n}": pair[0] for n, pair in enumerate(pairs)} | {f"bonus-{n}": p[1] for n, p in enumerate(pairs)}
    return {"mode": "whole", "rows": str(len(pairs)), "objective": "", **rows} | changes


LEVELS = levels(("0", "5"), ("5000", "8"))


def at(draft: Draft, step: str) -> str:
    return f"agreements/drafts/{draft.pk}/{step}/"


def leave(visit: Visit, step: str, **typed):
    """Sends a step of the only draft as its form stands in the browser."""
    draft = Draft.objects.get()
    return visit.post(at(draft, step), **typed | {"version": draft.version, "key": draft.key})


@pytest.fixture
def nora(northwind):
    visit = Visit(northwind, "nora")
    visit.names = northwind
    return visit


@pytest.fixture
def written(nora):
    """A draft with all that an agreement needs."""
    nora.post("agreements/new/", **what())
    leave(nora, "levels", **LEVELS)
    return nora


@pytest.mark.parametrize(("who", "status"), [("nora", 302), ("marco", 302), ("rita", 403), ("vera", 403)])
def test_administrators_and_managers_write_agreements(northwind, who, status):
    assert Visit(northwind, who).get("agreements/new/").status_code == {302: 200}.get(status, status)
    assert Visit(northwind, who).post("agreements/new/", **what()).status_code == status
    assert Draft.objects.count() == (status == 302)


def test_what_is_typed_in_the_steps_is_agreed(nora):
    marco = nora.names.marco
    answer = nora.post("agreements/new/", **what(responsible=marco.pk))
    assert answer.headers["Location"].endswith("/levels/")
    assert leave(nora, "levels", **LEVELS | {"objective": "12000"}).headers["Location"].endswith("/options/")
    brand = Brand.objects.get()
    assert leave(nora, "options", brand_without=brand.pk).headers["Location"].endswith("/summaries/")
    mailed = {"interval": "monthly", "with_pdf": "on", "address-0": "anna@alfreds.example", "language-0": "fr"}
    assert leave(nora, "summaries", **mailed).headers["Location"].endswith("/review/")
    answer = leave(nora, "review")
    agreement = Agreement.objects.get()
    assert answer.headers["Location"].endswith(f"/agreements/{agreement.pk}/")
    assert [party.company.name for party in agreement.parties.order_by("company__name")] == [
        "Alfreds Futterkiste", "Bólido Comidas",
    ]  # fmt: skip
    assert [str(level) for level in agreement.levels.all()] == ["0 / 5", "5000 / 8"]
    assert agreement.options == {"brand": {"only": [], "without": [brand.pk]}}
    assert (agreement.responsible, agreement.objective, agreement.created_by) == (marco, 12000, nora.member)
    assert [(row.address, row.language) for row in agreement.recipients.all()] == [("anna@alfreds.example", "fr")]
    schedule = agreement.summary_schedules.get()
    assert (schedule.interval, schedule.with_pdf) == ("monthly", True)
    assert nora.get(f"agreements/{agreement.pk}/").status_code == 200
    assert not Draft.objects.exists()


def test_a_form_that_is_sent_twice_begins_one_draft_and_makes_one_agreement(nora):
    once = what()
    places = {nora.post("agreements/new/", **once).headers["Location"] for _n in range(2)}
    assert len(places) == 1
    leave(nora, "levels", **LEVELS)
    draft = Draft.objects.get()
    sent = {"version": draft.version, "key": draft.key}
    ends = {nora.post(at(draft, "review"), **sent).headers["Location"] for _n in range(2)}
    assert ends == {f"/northwind/agreements/{Agreement.objects.get().pk}/"}
    assert nora.post("agreements/new/", **once).status_code == 422  # back in the browser, sent once more
    assert not Draft.objects.exists()


def test_a_form_that_is_sent_twice_at_once_begins_one_draft(committed_northwind):
    cast, begun, key, gate = committed_northwind, [], str(uuid.uuid4()), threading.Barrier(2)

    def press():
        with world.opened(cast):
            gate.wait()
            begun.append(begin_draft(actor=cast.nora, key=key, at=NOON).pk)
        connections.close_all()

    hands = [threading.Thread(target=press) for _ in range(2)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert len(begun) == 2 and len(set(begun)) == 1


def test_what_is_wrong_is_kept_and_shown_again_when_it_is_taken_up(nora):
    typed = what(pasted="ALFKI\nNobody & Sons")
    assert (nora.post("agreements/new/", **typed).status_code, Draft.objects.count()) == (422, 0)
    assert nora.post("agreements/new/", do="leave", **typed).status_code == 302
    draft = Draft.objects.get()
    shown = Visit(nora.names, "nora").get(at(draft, "what"))  # on another device
    assert shown.status_code == 200
    assert shown.context["form"].errors == {"pasted": ["There is no company “Nobody & Sons”."]}
    assert shown.context["form"]["description"].value() == "Tea 2026"
    assert [name for _pk, name in shown.context["form"].customers.chosen] == ["Alfreds Futterkiste"]
    assert leave(nora, "what", **what(pasted="BOLID")).status_code == 302


WRONG = {
    "no description": ("what", what(description=""), "description"),
    "nobody": ("what", what(pasted="  \n "), "companies"),
    "what no text may hold": ("what", what(description="a\0b"), "description"),
    "end before start": ("what", what(last_on="2025-12-31"), "last_on"),
    "no day": ("what", what(first_on="2026-02-30"), "first_on"),
    "a metric that nobody knows": ("what", what(metric="visits"), "metric"),
    "a customer that is no number": ("what", what(companies="x"), "companies"),
    "a customer that is gone": ("what", what(companies="987654321"), "companies"),
    "equal thresholds": ("levels", levels(("5", "1"), ("5", "2")), "from-1"),
    "falling thresholds": ("levels", levels(("5", "1"), ("", ""), ("4", "2")), "from-2"),
    "below zero": ("levels", levels(("-1", "1")), "from-0"),
    "percent over 100": ("levels", levels(("0", "100.01")), "bonus-0"),
    "no number": ("levels", levels(("0", "NaN")), "bonus-0"),
    "200 levels": ("levels", levels(*((str(n), "1") for n in range(200))), "__all__"),
    "no level": ("levels", levels(("", "")), "__all__"),
    "a threshold without a bonus": ("levels", levels(("5", "")), "bonus-0"),
    "a bonus without a threshold": ("levels", levels(("", "5")), "from-0"),
    "an address of two lines": (
        "summaries",
        {"interval": "daily", "address-0": "a@b.example\nBcc: c@d.example"},
        "address-0",
    ),
    "an address twice": ("summaries", {"address-0": "a@b.example", "address-1": "A@B.example "}, "address-1"),
    "mails to nobody": ("summaries", {"interval": "daily"}, "address-0"),
    "an objective of nothing": ("levels", levels(("0", "5"), objective="0"), "objective"),
}


def test_what_makes_no_sense_comes_back_with_a_sentence(written):
    before = Draft.objects.get()
    for name, (step, typed, field) in WRONG.items():
        answer = leave(written, step, **typed)
        assert answer.status_code == 422, name
        assert list(answer.context["form"].errors) == [field], name
        Draft.objects.update(steps=before.steps)


def test_a_brand_that_is_included_and_excluded_is_named(written):
    brand = Brand.objects.get()
    answer = leave(written, "options", brand_only=brand.pk, brand_without=brand.pk)
    assert answer.status_code == 422
    assert "Exotic Liquids" in answer.context["form"].errors["brand_without"][0]
    assert leave(written, "options", brand_only=brand.pk).status_code == 302


def test_a_name_that_two_companies_have_is_chosen_with_the_search(nora):
    twin = world.company(nora.names, "ALFREDS Futterkiste", external_id="ALF2")
    answer = nora.post("agreements/new/", **what(pasted="Alfreds Futterkiste"))
    assert "choose one with the search" in answer.context["form"].errors["pasted"][0]
    answer = nora.post("agreements/new/", do="add-many", **what(pasted="Nobody GmbH\nBOLID"))
    assert answer.context["form"].not_added == ["There is no company “Nobody GmbH”."]
    answer = nora.post("agreements/new/", do="search-companies", companies_q="alfr", **what(pasted=""))
    assert {name for _pk, name in answer.context["form"].customers.found} == {"Alfreds Futterkiste", twin.name}
    answer = nora.post("agreements/new/", do=f"add-companies-{twin.pk}", **what(pasted=""))
    assert answer.context["form"].customers.chosen == [(twin.pk, twin.name)]
    answer = nora.post("agreements/new/", do=f"remove-companies-{twin.pk}", **what(companies=twin.pk, pasted=""))
    assert answer.context["form"].customers.chosen == []


def test_the_companies_of_a_segment_are_customers(nora):
    germans = SavedSegment.objects.create(
        name="Germans", stream="company", tree={"field": "company.country", "is": "Germany"}
    )
    assert nora.post("agreements/new/", **what(pasted="", segment=germans.pk)).status_code == 302
    assert Draft.objects.get().steps["configuration"]["companies"] == [str(nora.names.alfreds.pk)]


def test_a_customer_that_is_deleted_meanwhile_is_looked_at(written):
    lost = world.company(written.names, "Short-lived")
    leave(written, "what", **what(companies=f"{lost.pk},{written.names.alfreds.pk}", pasted=""))
    draft = Draft.objects.get()
    lost.delete()
    assert leave(written, "review").headers["Location"].endswith("/what/")
    shown = written.get(at(draft, "what"))
    assert "deleted or merged" in shown.context["form"].errors["companies"][0]
    assert shown.context["form"].customers.ids == str(written.names.alfreds.pk)


def test_two_windows_do_not_overwrite_each_other_unseen(written):
    draft = Draft.objects.get()
    leave(written, "levels", **levels(("0", "7")))
    late = written.post(at(draft, "levels"), version=draft.version, **LEVELS)
    assert late.status_code == 422
    assert "another window" in late.context["form"].non_field_errors()[0]
    assert late.context["draft"].version == Draft.objects.get().version  # what was typed can be sent again
    assert written.post(at(draft, "review"), version=draft.version).status_code == 422
    assert not Agreement.objects.exists()


def test_a_draft_is_its_writers_alone(written):
    draft, marco = Draft.objects.get(), Visit(written.names, "marco")
    for step in ("what", "levels", "options", "summaries", "review", "drop"):
        assert marco.post(at(draft, step), version=draft.version).status_code == 404
    assert written.post(at(draft, "drop")).status_code == 302
    assert not Draft.objects.exists()


def test_a_step_opens_once_those_before_it_are_right(nora):
    nora.post("agreements/new/", **what())
    draft = Draft.objects.get()
    assert nora.get(at(draft, "review")).headers["Location"].endswith("/levels/")
    leave(nora, "levels", **LEVELS)
    assert nora.get(at(draft, "review")).status_code == 200
    assert leave(nora, "levels", do="go-configuration", **levels(("", ""))).headers["Location"].endswith("/what/")
    assert nora.get(at(draft, "options")).headers["Location"].endswith("/levels/")


EXAMPLES = {
    "whole": ({}, ["12% of €12,000"], "€1,440"),
    "marginal": (
        {"mode": "marginal"},
        ["5% of the €5,000 from €0 on", "8% of the €5,000 from €5,000 on", "12% of the €2,000 from €10,000 on"],
        "€890",
    ),
    "fixed": ({"mode": "fixed"}, ["level 3"], "€12"),
    "below": ({"example": "0", "from-0": "1"}, [], "€0"),
}


@pytest.mark.parametrize(("changes", "steps", "bonus"), EXAMPLES.values(), ids=EXAMPLES)
def test_an_example_follows_the_typing(written, changes, steps, bonus):
    typed = levels(("0", "5"), ("5000", "8"), ("10000", "12")) | {"example": "12000"} | changes
    worked = leave(written, "levels", do="refresh", **typed).context["form"].worked_example
    assert ([step.said for step in worked.steps], worked.bonus) == (steps, bonus)


def test_rows_of_levels_are_added_and_taken_out_without_script(written):
    shown = leave(written, "levels", do="add-row", **LEVELS).context["form"]
    assert [row[1].value() for row in shown.level_rows()] == ["0", "5000", None]
    shown = leave(written, "levels", do="remove-row-0", **LEVELS).context["form"]
    assert [(row[1].value(), row[2].value()) for row in shown.level_rows()] == [("5000", "8")]


def test_the_options_say_what_they_leave_of_the_same_days_before(written):
    other = Brand.objects.create(name="Tokyo Traders")
    tofu = Product.objects.create(name="Tofu", external_id="P2", brand=other)
    world.sale(written.names, net="300", day=date(2025, 3, 3))
    world.sale(written.names, net="100", day=date(2025, 12, 31), product=tofu)
    world.sale(written.names, net="900", day=date(2026, 1, 1))
    left = leave(written, "options", do="refresh", brand_without=other.pk).context["left"]
    assert (left.counted.value, left.all.value, left.counted.facts) == (300, 400, 1)


@pytest.mark.parametrize(("basis", "bonuses"), [("pooled", [450, 90]), ("each", [400, 50])])
def test_the_review_says_what_would_have_been_paid_before(written, basis, bonuses):
    world.sale(written.names, net="5000", day=date(2025, 1, 1))
    world.sale(written.names, net="1000", company=written.names.bolido, day=date(2025, 12, 31))
    world.sale(written.names, net="77", day=date(2024, 12, 31))
    leave(written, "what", **what(basis=basis))
    leave(written, "levels", **levels(("0", "5"), ("5000", "8"), ("5500", "9")))
    review = written.get(at(Draft.objects.get(), "review")).context["review"]
    assert [one.bonus for one in review["past"].customers] == bonuses
    assert (review["past"].value, review["past"].bonus) == (6000, sum(bonuses))


# --- what is there already ----------------------------------------------------------------------------------------


@pytest.fixture
def agreed(nora):
    options = Options({"brand": Choice(only=(Brand.objects.get().pk,))})
    return conclude(nora.member, nora.names.alfreds, options=options, notes="By hand")


def test_an_agreement_is_amended_with_a_reason(nora, agreed):
    nora.post(f"agreements/{agreed.pk}/amend/")
    draft = Draft.objects.get()
    assert leave(nora, "levels", **levels(("0", "6"), ("5000", "8"))).status_code == 302
    said = nora.get(at(draft, "review")).context["review"]["said"]
    assert [(one.label, one.before, one.after) for one in said] == [
        ("levels", "5% from €0 on, 8% from €5,000 on, 12% from €10,000 on", "6% from €0 on, 8% from €5,000 on"),
    ]  # fmt: skip
    assert list(leave(nora, "review").context["form"].errors) == ["reason"]
    sent = {"version": Draft.objects.get().version, "reason": "A better year", "amends": agreed.pk}
    places = {nora.post(at(draft, "review"), **sent).headers["Location"] for _n in range(2)}
    assert places == {f"/northwind/agreements/{agreed.pk}/"}
    assert [str(level) for level in agreed.levels.all()] == ["0 / 6", "5000 / 8"]
    latest = history_of(agreed)[0]
    assert (latest.did, latest.reason) == ("amended it", "A better year")
    assert len(history_of(agreed)) == 2


def test_an_amendment_goes_on_when_only_the_readers_of_summaries_change(nora, agreed):
    nora.post(f"agreements/{agreed.pk}/amend/")
    leave(nora, "levels", **levels(("0", "6")))
    given = {"interval": "", "with_pdf": False, "recipients": [RecipientTerms("anna@alfreds.example")], "at": NOON}
    configure_summaries(actor=nora.names.nora, agreement=agreed, version=1, **given)
    assert leave(nora, "review", reason="A better year").status_code == 302
    assert [str(level) for level in agreed.levels.all()] == ["0 / 6"]


def test_who_is_responsible_already_stays_so_though_somebody_else_amends(northwind):
    agreed = conclude(northwind.marco, northwind.alfreds, responsible=northwind.nora)
    marco = Visit(northwind, "marco")
    marco.post(f"agreements/{agreed.pk}/amend/")
    assert marco.get(at(Draft.objects.get(), "review")).status_code == 200
    leave(marco, "what", **what(pasted="BOLID", responsible=northwind.rita.pk))
    assert leave(marco, "what", **what(pasted="BOLID", responsible=northwind.ravi.pk)).status_code == 422


def test_an_amendment_of_what_was_changed_meanwhile_is_refused_and_begun_again(nora, agreed):
    nora.post(f"agreements/{agreed.pk}/amend/")
    first = Draft.objects.get()
    end_agreement_early(actor=nora.member, agreement=agreed, version=1, last_on=date(2026, 8, 31), reason="Enough")
    answer = leave(nora, "review", reason="A better year")
    assert (answer.status_code, len(answer.context["form"].non_field_errors())) == (422, 1)
    nora.post(f"agreements/{agreed.pk}/amend/")
    again = Draft.objects.get()
    assert (again.pk != first.pk, again.steps["configuration"]["last_on"]) == (True, ["2026-08-31"])


def test_an_agreement_is_copied_and_renewed(nora, agreed):
    for name in ("anna", "bob"):
        Recipient.objects.create(agreement=agreed, address=f"{name}@alfreds.example", language="fr")
    stop_topic(address="anna@alfreds.example", topic=agreed.mail_topic)
    for _pressed_twice in range(2):
        nora.post(f"agreements/{agreed.pk}/renew/")
        nora.post(f"agreements/{agreed.pk}/copy/")
    renewal, copied = Draft.objects.order_by("-is_renewal")
    assert copied.steps["configuration"]["description"] == ["Tea 2026 (copy)"]
    assert nora.post(at(renewal, "review"), version=1).status_code == 302
    made = Agreement.objects.exclude(pk=agreed.pk).get()
    assert (made.first_on, made.period.last, made.follows) == (date(2027, 1, 1), date(2027, 12, 31), agreed)
    assert (made.options, made.notes) == (agreed.options, "By hand")
    assert [row.address for row in made.recipients.all()] == ["bob@alfreds.example"]  # Anna wanted no more of it
    assert nora.post(at(copied, "review"), version=1).status_code == 302
    assert Agreement.objects.get(description="Tea 2026 (copy)").follows is None


def test_who_may_not_change_an_agreement_copies_it_at_most(northwind, nora, agreed):
    marco, rita = Visit(northwind, "marco"), Visit(northwind, "rita")
    assert [marco.post(f"agreements/{agreed.pk}/{verb}/").status_code for verb in ("amend", "renew")] == [403, 403]
    Recipient.objects.create(agreement=agreed, address="anna@alfreds.example", language="fr")
    assert marco.post(f"agreements/{agreed.pk}/copy/").status_code == 302
    assert "notifications" not in Draft.objects.get().steps
    assert rita.post(f"agreements/{agreed.pk}/copy/").status_code == 403
