"""The pages of facts: who gets them, what they save, what they refuse and what they leave on the record."""

from datetime import date
from decimal import Decimal

import pytest

from audit.models import Entry
from crm.models import Activity, Company, Contact, CustomField, ExchangeRate, Opportunity, SaleLine
from tests import world
from tests.crm import forms
from tests.queries import queries_of
from tests.visits import Visit

LATER = date(2199, 1, 1)
PAGES = [
    "log/", "log/visit/", "companies/", "companies/new/", "companies/choices/", "opportunities/", "opportunities/new/",
    "sales/", "sales/new/", "sales/products/",
]  # fmt: skip


def actions() -> list[str]:
    return list(Entry.objects.order_by("pk").values_list("action", flat=True))


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("who", ["rita", "marco", "nora"])
def test_people_who_write_get_every_page(northwind, who, path):
    assert Visit(northwind, who).get(path).status_code == 200


@pytest.mark.parametrize("path", [path for path in PAGES if "new" not in path and path != "log/visit/"])
def test_a_viewer_reads_every_list(northwind, path):
    assert Visit(northwind, "vera").get(path).status_code == 200


WAYS_TO_WRITE = {
    "log/visit/": (forms.activity, Activity),
    "opportunities/new/": (forms.opportunity, Opportunity),
    "sales/new/": (forms.sale, SaleLine),
    "companies/new/": (forms.company, Company),
}


@pytest.mark.parametrize("path", WAYS_TO_WRITE)
def test_a_rep_writes_and_a_viewer_does_not(northwind, path):
    make, model = WAYS_TO_WRITE[path]
    before = model.objects.count()
    page = Visit(northwind, "vera").get(path)
    assert page.status_code == 403
    assert "This is not for you to see" in page.content.decode()
    assert Visit(northwind, "vera").post(path, **make(northwind)).status_code == 403
    assert model.objects.count() == before
    assert Visit(northwind, "rita").post(path, **make(northwind)).status_code == 302
    assert model.objects.count() == before + 1
    assert len(actions()) == 1


@pytest.mark.parametrize("path", ["opportunities/new/", "sales/new/"])
def test_a_rep_credits_nobody_else_and_a_manager_their_people(northwind, path):
    make, model = WAYS_TO_WRITE[path]
    for_ravi = make(northwind, owner=northwind.ravi.pk)
    for_rita = make(northwind, owner=northwind.rita.pk)
    assert Visit(northwind, "rita").post(path, **for_ravi).status_code == 422
    assert Visit(northwind, "marco").post(path, **for_ravi).status_code == 422
    assert not model.objects.exists()
    assert Visit(northwind, "marco").post(path, **for_rita).status_code == 302
    assert model.objects.get().owner == northwind.rita


def test_a_visit_needs_no_position_and_a_check_in_does(northwind):
    rita = Visit(northwind, "rita")
    assert rita.post("log/visit/", **forms.activity(northwind)).status_code == 302
    refused = rita.post("log/check-in/", **forms.activity(northwind))
    assert refused.status_code == 422
    assert "needs your position" in refused.content.decode()
    where = {"latitude": "52.520008", "longitude": "13.404954", "accuracy_m": "12.5"}
    assert rita.post("log/check-in/", **forms.activity(northwind, **where)).status_code == 302
    check_in = Activity.objects.get(kind=northwind.check_in)
    assert (check_in.latitude, check_in.longitude) == (Decimal("52.520008"), Decimal("13.404954"))
    assert check_in.accuracy_m == Decimal("12.5")


def test_a_form_sent_twice_counts_once(northwind):
    rita = Visit(northwind, "rita")
    visit, deal, line = forms.activity(northwind), forms.opportunity(northwind), forms.sale(northwind)
    for _time in range(2):
        rita.post("log/visit/", **visit)
        rita.post("opportunities/new/", **deal)
        again = rita.post("sales/new/", **line)
    assert (Activity.objects.count(), Opportunity.objects.count(), SaleLine.objects.count()) == (1, 1, 1)
    assert "The next free line is 2." in again.content.decode()
    assert actions() == ["activity.logged", "opportunity.added", "sale_line.added"]


def test_an_activity_belongs_to_the_local_day_of_the_organization(northwind):
    Visit(northwind, "rita").post("log/visit/", **forms.activity(northwind, day="2026-01-05"))
    logged = Activity.objects.get()
    assert logged.day == date(2026, 1, 5)
    assert logged.at.isoformat() == "2026-01-05T11:00:00+00:00"  # noon in Paris


def test_an_outcome_of_another_kind_is_refused(northwind):
    rita = Visit(northwind, "rita")
    assert rita.post("log/visit/", **forms.activity(northwind, outcome=northwind.reached.pk)).status_code == 422
    assert rita.post("log/call/", **forms.activity(northwind, outcome=northwind.reached.pk)).status_code == 302
    assert Activity.objects.get().outcome == northwind.reached


def test_what_was_logged_can_be_undone_at_once(northwind):
    rita = Visit(northwind, "rita")
    rita.post("log/visit/", **forms.activity(northwind))
    page = rita.get("log/").content.decode()
    logged = Activity.objects.get()
    undo = f"activities/{logged.pk}/delete/"
    assert f'action="/{northwind.slug}/{undo}"' in page
    assert rita.get(undo).status_code == 405
    rita.post(undo)
    assert not Activity.objects.exists()
    assert actions() == ["activity.logged", "activity.deleted"]


def test_a_correction_is_recorded_with_before_and_after(northwind):
    line = world.sale(northwind, owner=northwind.rita, net="100", document="INV-900")
    rita = Visit(northwind, "rita")
    seen = rita.get(f"sales/{line.pk}/").context["form"]["seen"].value()
    response = rita.post(f"sales/{line.pk}/", **forms.sale(northwind, quantity="1", net="-20", gross="110", seen=seen))
    assert response.status_code == 302
    entry = Entry.objects.get()
    assert (entry.actor, entry.action) == (northwind.rita, "sale_line.corrected")
    assert entry.changes == {"net": ["100.000000", "-20"]}
    line.refresh_from_db()
    assert line.net == -20


def test_a_correction_that_changes_nothing_leaves_no_trace(northwind):
    line = world.sale(northwind, owner=northwind.rita, net="100", document="INV-900")
    unchanged = forms.sale(northwind, quantity="1", net="100.00", gross="110")
    assert Visit(northwind, "rita").post(f"sales/{line.pk}/", **unchanged).status_code == 302
    assert actions() == []


def test_nobody_overwrites_a_change_unseen(northwind):
    line = world.sale(northwind, owner=northwind.rita, net="100")
    rita, marco = Visit(northwind, "rita"), Visit(northwind, "marco")
    path = f"sales/{line.pk}/"
    seen = {who: who.get(path).context["form"]["seen"].value() for who in (rita, marco)}
    assert marco.post(path, **forms.sale(northwind, net="70", seen=seen[marco])).status_code == 302
    late = rita.post(path, **forms.sale(northwind, net="80", seen=seen[rita]))
    assert late.status_code == 422
    assert "Somebody has changed this since you opened it" in late.content.decode()
    line.refresh_from_db()
    assert line.net == 70


def test_a_share_stays_when_the_rest_is_corrected(northwind):
    shares = {"credit_members": [northwind.rita.pk, northwind.ravi.pk], "credit_shares": ["0.6", "0.4"]}
    line = world.sale(northwind, owner=northwind.rita, **shares)
    assert Visit(northwind, "rita").post(f"sales/{line.pk}/", **forms.sale(northwind, net="7")).status_code == 302
    line.refresh_from_db()
    assert line.shares == {northwind.rita.pk: Decimal("0.6"), northwind.ravi.pk: Decimal("0.4")}
    assert "Rita 60.0%, Ravi 40.0%" in Visit(northwind, "rita").get(f"sales/{line.pk}/").content.decode()


def test_an_amount_in_a_foreign_currency_needs_a_rate_on_its_day(northwind):
    ExchangeRate.objects.create(currency="USD", day=date(2026, 1, 10), rate=Decimal("0.9"))
    rita = Visit(northwind, "rita")
    early = rita.post("sales/new/", **forms.sale(northwind, currency="USD", day="2026-01-09"))
    assert early.status_code == 422
    assert "There is no exchange rate for USD" in early.content.decode()
    assert rita.post("sales/new/", **forms.sale(northwind, currency="USD", day="2026-01-10")).status_code == 302


def test_an_opportunity_takes_the_probability_of_the_stage_it_moves_to(northwind):
    deal = world.opportunity(northwind, owner=northwind.rita)
    rita = Visit(northwind, "rita")
    rita.post(f"opportunities/{deal.pk}/move/{northwind.stage_offer.pk}/")
    deal.refresh_from_db()
    assert (deal.stage, deal.probability_percent, deal.won_on) == (northwind.stage_offer, 50, None)
    assert actions() == ["opportunity.moved"]


def test_an_opportunity_is_won_on_a_day_and_opened_again(northwind):
    deal = world.opportunity(northwind, owner=northwind.rita, created_on=date(2026, 1, 8))
    rita = Visit(northwind, "rita")
    win = f"opportunities/{deal.pk}/close/{northwind.stage_won.pk}/"
    assert rita.post(win, closed_on="2026-01-07").status_code == 422
    assert rita.post(win, closed_on=LATER.isoformat()).status_code == 422
    assert rita.post(win, closed_on="2026-01-20").status_code == 302
    deal.refresh_from_db()
    assert (deal.stage, deal.won_on, deal.lost_on, deal.probability_percent) == (
        northwind.stage_won, date(2026, 1, 20), None, 100,
    )  # fmt: skip
    rita.post(f"opportunities/{deal.pk}/close/{northwind.stage_lost.pk}/", closed_on="2026-01-21")
    deal.refresh_from_db()
    assert (deal.won_on, deal.lost_on) == (None, date(2026, 1, 21))
    rita.post(f"opportunities/{deal.pk}/move/{northwind.stage_lead.pk}/")
    deal.refresh_from_db()
    assert (deal.won_on, deal.lost_on) == (None, None)


def test_an_opportunity_is_not_won_without_its_day(northwind):
    deal = world.opportunity(northwind, owner=northwind.rita)
    assert Visit(northwind, "rita").post(f"opportunities/{deal.pk}/move/{northwind.stage_won.pk}/").status_code == 404
    deal.refresh_from_db()
    assert deal.won_on is None


def test_an_opportunity_with_activities_is_not_deleted(northwind):
    deal = world.opportunity(northwind, owner=northwind.rita)
    visit = world.activity(northwind, owner=northwind.rita, opportunity=deal)
    rita = Visit(northwind, "rita")
    rita.post(f"opportunities/{deal.pk}/delete/")
    assert Opportunity.objects.exists()
    assert actions() == []
    visit.delete()
    rita.post(f"opportunities/{deal.pk}/delete/")
    assert not Opportunity.objects.exists()
    assert actions() == ["opportunity.deleted"]


def test_a_company_keeps_the_organizations_own_fields(northwind):
    for key, kind, choices in [
        ("rating", "number", []),
        ("route", "choice", ["north", "south"]),
        ("vip", "yes_no", []),
    ]:
        CustomField.objects.create(record="company", key=key, label=key.title(), kind=kind, choices=choices)
    rita = Visit(northwind, "rita")
    refused = rita.post("companies/new/", **forms.company(northwind, own_rating="high", own_route="west"))
    assert refused.status_code == 422
    assert {"own_rating", "own_route"} <= set(refused.context["form"].errors)
    rita.post("companies/new/", **forms.company(northwind, own_rating="4.50", own_route="north", own_vip="true"))
    made = Company.objects.get(name="Wolski Zajazd")
    assert made.custom == {"rating": "4.50", "route": "north", "vip": True}
    assert "north" in rita.get(f"companies/{made.pk}/").content.decode()


def test_a_namesake_in_the_same_city_is_refused(northwind):
    rita = Visit(northwind, "rita")
    assert rita.post("companies/new/", **forms.company(northwind)).status_code == 302
    assert rita.post("companies/new/", **forms.company(northwind, name="WOLSKI ZAJAZD")).status_code == 422
    elsewhere = forms.company(northwind, city="Kraków", is_another="1")
    assert rita.post("companies/new/", **elsewhere).status_code == 302
    assert rita.post("companies/new/", **elsewhere).status_code == 422


def test_contacts_come_change_and_go(northwind):
    rita, path = Visit(northwind, "rita"), f"companies/{northwind.alfreds.pk}/contacts/"
    assert rita.post(f"{path}new/", name="", email="nobody").status_code == 422
    assert rita.post(f"{path}new/", name="Maria Anders", email="maria@alfreds.example").status_code == 302
    maria = Contact.objects.get()
    assert Visit(northwind, "ravi").post(f"{path}{maria.pk}/delete/").status_code == 403
    assert rita.post(f"{path}{maria.pk}/", name="Maria Anders", title="Owner").status_code == 302
    assert rita.post(f"{path}{maria.pk}/delete/").status_code == 302
    assert actions() == ["contact.added", "contact.corrected", "contact.removed"]


def test_companies_are_searched_narrowed_and_ordered_by_the_address(northwind):
    rita = Visit(northwind, "rita")
    for name, country in [("Ana Trujillo", "Mexico"), ("antonio Moreno", "Mexico"), ("Berglunds", "Sweden")]:
        world.company(northwind, name, country=country)

    def names(**parameters):
        return [company.name for company in rita.get("companies/", **parameters).context["listing"].page]

    assert names() == ["Alfreds Futterkiste", "Ana Trujillo", "antonio Moreno", "Berglunds", "Bólido Comidas"]
    assert names(q="AN") == ["Ana Trujillo", "antonio Moreno"]
    assert names(q="tru an") == names(q="trujillo") == ["Ana Trujillo"]
    assert names(q="bolido") == ["Bólido Comidas"]
    assert names(country="mexico", sort="-created") == ["antonio Moreno", "Ana Trujillo"]
    assert names(owner=northwind.rita.pk) == ["Alfreds Futterkiste"]
    assert names(q="zzz") == []
    assert names(page="x", sort="password") == names()
    assert names(owner="x") == names(q="\x00") == []


def test_htmx_gets_the_list_alone_and_history_the_whole_page(northwind):
    fragment = Visit(northwind, "rita", htmx=True).get("companies/")
    assert "Alfreds Futterkiste" in fragment.content.decode()
    assert "<html" not in fragment.content.decode()
    assert fragment.headers["Vary"].count("HX-Request") == 1
    restored = Visit(northwind, "rita", htmx=True)
    restored.client.defaults["HTTP_HX_HISTORY_RESTORE_REQUEST"] = "true"
    assert "<html" in restored.get("companies/").content.decode()


@pytest.mark.parametrize("pk", ["0", "999999", "9" * 30])
@pytest.mark.parametrize("place", ["companies/{}/", "opportunities/{}/", "sales/{}/", "activities/{}/"])
def test_what_is_not_there_is_not_found(northwind, place, pk):
    assert Visit(northwind, "nora").get(place.format(pk)).status_code == 404


@pytest.mark.parametrize("company", ["x", "-1", "9" * 30, "٣"])
def test_a_company_that_the_address_names_wrongly_is_left_out(northwind, company):
    rita = Visit(northwind, "rita")
    for path in ("log/", "log/visit/", "sales/new/", "opportunities/new/"):
        assert rita.get(path, company=company).status_code == 200


def fill(cast, count: int) -> None:
    for number in range(count):
        at = world.company(cast, f"Company {number}", owner=cast.rita)
        world.sale(cast, owner=cast.rita, company=at)
        world.activity(cast, owner=cast.rita, company=at)
        world.activity(cast, owner=cast.rita, company=cast.alfreds)
        world.sale(cast, owner=cast.rita, company=cast.alfreds)
        world.opportunity(cast, owner=cast.rita, company=cast.alfreds, name=f"Deal {number}")
        Contact.objects.create(company=cast.alfreds, name=f"Contact {number}")


@pytest.mark.parametrize(
    "path", ["log/", "log/visit/", "companies/", "opportunities/", "sales/", "companies/{alfreds}/"]
)
def test_thirty_rows_take_as_many_queries_as_three(northwind, path):
    marco, path = Visit(northwind, "marco"), path.format(alfreds=northwind.alfreds.pk)
    fill(northwind, 3)
    few = queries_of(lambda: marco.get(path))
    fill(northwind, 27)
    assert queries_of(lambda: marco.get(path)) == few > 0


def test_the_history_says_who_changed_what(northwind):
    rita = Visit(northwind, "rita")
    form = rita.get(f"companies/{northwind.alfreds.pk}/edit/").context["form"]
    values = forms.company(northwind, name="Alfreds", seen=form["seen"].value(), created_on="2026-01-05")
    assert rita.post(f"companies/{northwind.alfreds.pk}/edit/", **values).status_code == 302
    page = rita.get(f"companies/{northwind.alfreds.pk}/history/").content.decode()
    assert "Alfreds Futterkiste → Alfreds" in page
    assert "corrected it" in page
