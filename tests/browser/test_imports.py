"""A file on its way in, in a real browser on a phone."""

import pytest

from crm import tasks
from crm.imports import work
from crm.models import Import, SaleLine
from tests import world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "system"])]

SALES = b"document;line;day;company;quantity;gross;net\nD;1;2026-11-02;ALFKI;1;1;1\nD;2;2026-11-31;ALFKI;1;1;1\n"


def test_a_file_is_sent_looked_at_and_applied(visitor, committed_northwind, monkeypatch):
    monkeypatch.setattr(tasks.run_import, "delay", lambda *ids: None)  # the test is the worker
    page = visitor.sign_in("nora").page
    visitor.open("imports/new/?kind=sale_lines")
    assert visitor.accessibility_problems() == []
    file = {"name": "sales.csv", "mimeType": "text/csv", "buffer": SALES}
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_role("button", name="Send and check").click()
    page.get_by_text("Waiting for a worker").wait_for()
    assert visitor.accessibility_problems() == []
    work.carry_on(*the_import(committed_northwind))
    page.get_by_text("“2026-11-31” is not a day").wait_for()  # the page asks by itself
    assert visitor.accessibility_problems() == []
    assert not visitor.is_wider_than_the_screen()
    page.get_by_role("button", name="Apply the 1 right row").click()
    page.get_by_text("being applied").wait_for()
    work.carry_on(*the_import(committed_northwind))
    page.get_by_text("Applied without the wrong rows.").first.wait_for()
    with world.opened(committed_northwind):
        assert SaleLine.objects.count() == 1
    assert visitor.complaints == []


def the_import(cast) -> tuple[int, int]:
    with world.opened(cast):
        return cast.organization.pk, Import.objects.get().pk
