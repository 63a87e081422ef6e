"""Lists of companies and contacts: what they find, say, keep, export and change."""

import csv
import io
import zipfile
from dataclasses import replace
from datetime import date

import pytest
from django.contrib.messages import get_messages
from django.db import connection

from audit.models import Entry
from crm.models import Company, Contact, CustomField, SavedView
from crm.querysets import companies_matching
from crm.tables.sales import SALES
from lib import spreadsheets
from lib.pages import is_soon_read
from tests import world
from tests.queries import queries_of
from tests.visits import Visit

LISTS = ["companies/", "contacts/"]


def said(response) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def csv_of(response) -> list[list[str]]:
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


@pytest.fixture
def many(northwind):
    """Companies of Northwind beside the two of its cast."""
    for name, owner, values in [
        ("Ana Trujillo Emparedados", "rita", {"city": "México D.F.", "country": "Mexico", "status": "customer"}),
        ("Around the Horn", "ravi", {"city": "London", "country": "UK", "revenue": "1000.10", "external_id": "AR-7"}),
        ("B's Beverages", None, {"city": "London", "country": "UK", "revenue": "0.2", "tags": ["tea", "coffee"]}),
    ]:
        world.company(northwind, name, owner=northwind.people[owner] if owner else None, **values)
    return northwind


SEARCHES = {
    "the beginning of the name": ("ana", ["Ana Trujillo Emparedados"]),
    "a later word": ("truj", ["Ana Trujillo Emparedados"]),
    "words in any order": ("emp an", ["Ana Trujillo Emparedados"]),
    "capitals and accents": ("BOLIDO", ["Bólido Comidas"]),
    "accents that are typed": ("mÉxico", ["Ana Trujillo Emparedados"]),
    "a city": ("lond", ["Around the Horn", "B's Beverages"]),
    "an external id": ("ar-7", ["Around the Horn"]),
    "a letter beside a word, which is not looked at": ("b-bever", ["B's Beverages"]),
    "no middle of a word": ("jillo", []),
    "signs alone": ("!?", []),
    "a word that nobody has": ("london tea", []),
}


@pytest.mark.parametrize(("text", "found"), SEARCHES.values(), ids=SEARCHES.keys())
def test_companies_are_found_by_the_beginnings_of_their_words(many, text, found):
    assert list(Company.objects.matching(text).order_by("name_key").values_list("name", flat=True)) == found


def test_the_words_of_a_company_follow_it(many):
    horn = Company.objects.filter(pk=Company.objects.get(name="Around the Horn").pk)
    horn.update(name="Around the Cape")
    assert not companies_matching("horn").exists()
    assert list(companies_matching("cape")) == [{"company": horn.get().pk}]
    horn.get().delete()
    assert not companies_matching("cape").exists()


def test_filters_narrow_what_is_totalled_and_are_said(many):
    page = Visit(many, "rita").get("companies/", country="uk", sort="-name")
    assert [row.name for row in page.context["listing"].page] == ["B's Beverages", "Around the Horn"]
    assert {total.label: total.text for total in page.context["listing"].totals} == {
        "Prospect": "2", "Their revenue": "€1,000.30",
    }  # fmt: skip
    assert [(chip.label, chip.text, chip.url) for chip in page.context["list"].filter.chips] == [
        ("Country", "uk", "?sort=-name&")
    ]
    assert 'aria-sort="descending"' in page.content.decode()


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ({"owner": "nobody"}, 1), ({"status": "customer"}, 1), ({"tag": "tea"}, 1), ({"city": "london"}, 2),
        ({"since": "2026-01-06"}, 0), ({"until": "2026-01-05"}, 5), ({"box": "50,-1,52,1"}, 1),
        ({"own_rank": "GOLD"}, 1), ({"since": "yesterday"}, 0), ({"box": "here"}, 0), ({"status": "x"}, 0),
    ],
)  # fmt: skip
def test_every_filter_narrows_and_one_that_cannot_be_read_finds_nothing(many, asked, count):
    CustomField.objects.create(record="company", key="rank", label="Rank", kind="text")
    horn = Company.objects.filter(name="Around the Horn")
    horn.update(custom={"rank": "gold"}, latitude="51.5", longitude="-0.1")
    page = Visit(many, "vera").get("companies/", **asked)
    assert (page.status_code, page.context["listing"].count) == (200, count)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("path", LISTS)
def test_a_list_is_exported_as_it_is_filtered(many, path, kind):
    Contact.objects.create(company=Company.objects.get(name="Around the Horn"), name="Thomas Hardy")
    response = Visit(many, "rita").get(path, q="around", export=kind)
    assert response.headers["Content-Disposition"].startswith('attachment; filename="')
    if kind == "csv":
        heads, *rows = csv_of(response)
        assert heads[0] == "Name"
        assert [row[0] for row in rows] == ["Around the Horn" if path == "companies/" else "Thomas Hardy"]
    else:
        book = zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        assert "Around the Horn" in sheet
        assert "Bólido" not in sheet


def test_an_export_is_exact_and_holds_no_formula(many):
    Company.objects.filter(name="Around the Horn").update(name="=1+1", city="@SUM(A1)", revenue="12345678901234.123456")
    rita = Visit(many, "rita")
    heads, row = csv_of(rita.get("companies/", q="1", export="csv"))
    said_of = dict(zip(heads, row, strict=True))
    assert (said_of["Name"], said_of["City"]) == ("'=1+1", "'@SUM(A1)")
    assert (said_of["Revenue"], said_of["Currency"]) == ("12345678901234.123456", "EUR")
    book = zipfile.ZipFile(io.BytesIO(b"".join(rita.get("companies/", q="1", export="xlsx").streaming_content)))
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "12345678901234.123456" in sheet


def test_too_much_is_not_exported_and_the_list_says_so(many, monkeypatch):
    monkeypatch.setattr("crm.views.lists.MOST_ROWS", 2)
    answer = Visit(many, "rita").get("companies/", export="csv", sort="-name")
    assert (answer.status_code, answer["Location"]) == (302, "/northwind/companies/?sort=-name")
    assert said(answer) == ["These are 5 rows; a file holds at most 2. Narrow the list first."]
    assert Visit(many, "rita").get("companies/", export="csv", country="uk").status_code == 200


def test_a_filter_that_cannot_be_read_exports_nothing(many):
    assert Visit(many, "rita").get("companies/", export="csv", owner="x").status_code == 302


def test_an_export_takes_as_many_queries_for_thirty_rows_as_for_three(northwind):
    rita = Visit(northwind, "rita")
    few = queries_of(lambda: list(rita.get("companies/", export="csv").streaming_content))
    for number in range(28):
        world.company(northwind, f"Company {number}", owner=northwind.rita)
    assert queries_of(lambda: list(rita.get("companies/", export="csv").streaming_content)) == few


def test_contacts_take_as_many_queries_for_thirty_rows_as_for_three(northwind):
    rita = Visit(northwind, "rita")

    def fill(count):
        for number in range(count):
            at = world.company(northwind, f"Company {count} {number}", owner=northwind.rita)
            Contact.objects.create(company=at, name=f"Contact {number}")

    fill(3)
    few = queries_of(lambda: rita.get("contacts/"))
    fill(27)
    assert queries_of(lambda: rita.get("contacts/")) == few


# --- kept views ---------------------------------------------------------------------------------------------------


def test_a_view_is_kept_found_as_a_tab_and_removed(many):
    rita = Visit(many, "rita")
    kept = rita.post("views/", page="crm:companies", name="British", query="country=uk&page=3&q=&sort=name")
    assert kept["Location"] == "/northwind/companies/?country=uk&sort=name"
    view = SavedView.objects.get()
    page = rita.get("companies/", country="uk", sort="name")
    assert [(tab.name, tab.is_current) for tab in page.context["list"].views] == [("British", True)]
    assert [tab.name for tab in Visit(many, "ravi").get("companies/").context["list"].views] == []
    assert Visit(many, "ravi").post(f"views/{view.pk}/delete/").status_code == 404
    assert rita.post(f"views/{view.pk}/delete/").status_code == 302
    assert not SavedView.objects.exists()


def test_a_name_in_use_means_the_new_view(many):
    rita = Visit(many, "rita")
    for country in ("uk", "mexico"):
        rita.post("views/", page="crm:companies", name="Mine", query=f"country={country}")
    assert SavedView.objects.get().query == "country=mexico"


@pytest.mark.parametrize(
    ("values", "status"),
    [({"name": ""}, 302), ({"page": "crm:nowhere"}, 404), ({"page": "//evil"}, 404), ({"query": "a\0b"}, 302)],
)
def test_a_view_without_name_or_list_is_not_kept(many, values, status):
    whole = {"page": "crm:companies", "name": "Mine", "query": "country=uk"}
    rita = Visit(many, "rita")
    answer = rita.post("views/", **{**whole, **values})
    assert (answer.status_code, SavedView.objects.count()) == (status, 0)
    assert rita.post("views/", **whole).status_code == 302
    assert SavedView.objects.count() == 1


# --- several at once ----------------------------------------------------------------------------------------------


def change(visit, *names, query="", **values):
    rows = list(Company.objects.filter(name__in=names).values_list("pk", flat=True))
    return visit.post(f"companies/change/{query}", rows=rows, **values)


def test_several_companies_get_a_new_owner_and_only_ones_own(many):
    rita = Visit(many, "rita")
    answer = change(rita, "Ana Trujillo Emparedados", "Around the Horn", "B's Beverages", status="former")
    assert said(answer) == ["2 rows are changed.", "1 row stays as it was: it is not yours to change."]
    changed = Company.objects.filter(status="former").order_by("name_key").values_list("name", flat=True)
    assert list(changed) == ["Ana Trujillo Emparedados", "B's Beverages"]
    assert Entry.objects.filter(action="company.corrected").count() == 2
    assert change(Visit(many, "vera"), "B's Beverages", status="customer").status_code == 403


def test_all_that_the_filters_match_are_changed(many):
    nora = Visit(many, "nora")
    answer = nora.post("companies/change/?country=uk", all="1", owner=many.rita.pk)
    assert answer["Location"] == "/northwind/companies/?country=uk"
    assert Company.objects.filter(country="UK", owner=many.rita).count() == 2
    assert Company.objects.get(name="Bólido Comidas").owner == many.ravi


NOT_DONE = {
    "nothing chosen": ({"rows": [], "status": "former"}, "Choose at least one row first."),
    "nothing to change": ({"rows": ["1"]}, "Say what to change."),
    "an unknown row": ({"rows": ["999999999", "x", "9" * 40], "status": "former"}, "Choose at least one row first."),
}


@pytest.mark.parametrize(("values", "sentence"), NOT_DONE.values(), ids=NOT_DONE.keys())
def test_nothing_is_changed_without_rows_and_values(many, values, sentence):
    assert said(Visit(many, "nora").post("companies/change/", **values)) == [sentence]
    assert not Entry.objects.exists()


def test_nobody_gives_companies_to_people_they_do_not_manage(many):
    answer = change(Visit(many, "rita"), "B's Beverages", owner=many.ravi.pk)
    assert "Select a valid choice" in said(answer)[0]
    assert Company.objects.get(name="B's Beverages").owner is None
    change(Visit(many, "rita"), "B's Beverages", owner=many.rita.pk)
    assert Company.objects.get(name="B's Beverages").owner == many.rita


@pytest.mark.parametrize("text", ["=1", " +1", "-1", "@x", "\t=1", "\uff1d1"])
def test_what_a_spreadsheet_takes_for_a_formula_is_led_by_an_apostrophe(text):
    assert spreadsheets.harmless(text) == f"'{text}"
    assert spreadsheets.harmless(f"x{text}") == f"x{text}"


def test_a_namesake_is_warned_of_and_added_all_the_same(many):
    rita = Visit(many, "rita")
    values = {"name": "Around the Horn Ltd", "status": "prospect", "city": "Leeds", "created_on": date(2026, 1, 12)}
    warned = rita.post("companies/new/", **values)
    assert warned.status_code == 422
    assert [other.name for other in warned.context["namesakes"]] == ["Around the Horn"]
    assert rita.post("companies/new/", **values, is_another="1").status_code == 302
    assert Company.objects.filter(city="Leeds").count() == 1


# --- very many rows ------------------------------------------------------------------------------------------------


@pytest.fixture
def very_many(northwind, monkeypatch):
    """Three lines on pages of two, which are held for very many; 100, 50 and -20 net."""
    for number, net in enumerate(("100", "50", "-20")):
        world.sale(northwind, owner=northwind.rita, document=f"D{number}", net=net, day=date(2026, 1, number + 1))
    monkeypatch.setattr("lib.pages.MOST_ROWS_AT_ONCE", -1)
    monkeypatch.setattr("crm.views.sales.SALES", replace(SALES, per_page=2))
    return northwind


def documents_of(answer) -> list[str]:
    return [row.document for row in answer.context["listing"].page]


def test_very_many_rows_are_shown_before_they_are_counted(very_many):
    nora = Visit(very_many, "nora")
    first = nora.get("sales/")
    assert documents_of(first) == ["D2", "D1"]
    assert first.context["listing"].count is None and first.context["list"].noun == ""
    text = first.content.decode()
    assert 'hx-get="/northwind/sales/?sums=1"' in text and "€130.00" not in text
    assert "Page 1<" in text and "?page=2" in text
    last = nora.get("sales/", page=2)
    assert documents_of(last) == ["D0"] and "?page=3" not in last.content.decode()
    assert documents_of(nora.get("sales/", page=99)) == ["D0"]
    assert documents_of(nora.get("sales/", page="9" * 18)) == ["D0"]
    assert documents_of(nora.get("sales/", page="x")) == ["D2", "D1"]


def test_their_sums_come_for_the_page_that_is_shown_and_for_no_other(very_many):
    nora = Visit(very_many, "nora")
    page = nora.get("sales/", first="2026-01-02", page=1)
    sums = Visit(very_many, "nora", htmx=True).get("sales/", first="2026-01-02", page=1, sums=1)
    text = sums.content.decode()
    assert "€30.00" in text and "2 lines" in text and "<html" not in text and "D1" not in text
    mark = page.context["list"].mark
    assert f'id="list-count-{mark}"' in page.content.decode() and f'id="list-count-{mark}" hx-swap-oob' in text
    assert nora.get("sales/", page=1, sums=1).context["list"].mark != mark


def test_without_script_a_link_shows_the_page_with_its_sums(very_many):
    whole = Visit(very_many, "nora").get("sales/", sums=1)
    assert documents_of(whole) == ["D2", "D1"]
    assert (whole.context["listing"].count, whole.context["listing"].page.paginator.num_pages) == (3, 2)
    assert "€130.00" in whole.content.decode() and "sums=1" not in whole.content.decode()


def test_the_database_is_asked_how_much_it_would_read(northwind):
    assert is_soon_read(Company.objects.all()) and is_soon_read(Company.objects.none())
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL seq_page_cost = 1000000")
        cursor.execute("SET LOCAL enable_indexscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
    assert not is_soon_read(Company.objects.all())
