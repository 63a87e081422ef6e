"""Summaries of agreements: who gets them, when they are due, what they say, and that none goes out twice."""

import html
import uuid
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine
from django.test import Client

from agreements.models import Agreement, Basis, SharedLink, SummaryRun, SummarySchedule
from agreements.services import archive_agreement, end_agreement_early
from agreements.services.concluding import Outdated
from agreements.services.summaries import (
    MOST_RECIPIENTS,
    RecipientTerms,
    check_recipients,
    configure_summaries,
    send_summaries_now,
    write_due,
)
from agreements.summaries import Covered, letters_to
from audit.models import Entry
from lib.pdf import NoPdf
from metrics import engine
from notifications import hints, schedules
from notifications.models import OutgoingMail, Suppression
from notifications.outbox import Outbox
from notifications.rendering import message_of
from tenants.models import Organization
from tenants.refusals import Refused
from tests import world
from tests.agreements.setting import TODAY, conclude
from tests.notifications.mail_server import MisbehavingServer
from tests.visits import Visit

NOON = datetime(2026, 7, 2, 12, tzinfo=UTC)  # 182 of the 365 days of 2026 are over
ANNA, BOB = RecipientTerms("anna@alfreds.example", "Anna", "fr"), RecipientTerms("bob@alfreds.example")


def time_travel(monkeypatch):
    """It is July 2, for the database, too."""
    for module in ("agreements.services.summaries", "agreements.services.scheduling", "notifications.schedules"):
        monkeypatch.setattr(f"{module}.database_clock", lambda: datetime.now(UTC))
    return time_machine.travel(NOON, tick=False)


@pytest.fixture
def tea(northwind, monkeypatch):
    """Net sales of 5,460 of 14,600 by July 2; level 2 of 3."""
    with time_travel(monkeypatch):
        agreement = conclude(northwind.nora, northwind.alfreds, northwind.bolido, objective=Decimal(14600))
        world.sale(northwind, net="5000", day=date(2026, 3, 3))
        world.sale(northwind, net="460", day=date(2026, 4, 4), company=northwind.bolido)
        engine.settle(northwind.organization.pk)
        yield agreement


def configured(cast, agreement, *recipients, interval="monthly", with_pdf=False) -> SummarySchedule:
    agreement.refresh_from_db()
    return configure_summaries(
        actor=cast.nora, agreement=agreement, version=agreement.version, interval=interval, with_pdf=with_pdf,
        recipients=recipients or [ANNA, BOB], at=NOON,
    )  # fmt: skip


def letters(cast, agreement, **changes):
    wanted = {"organization": cast.organization, "covered": Covered(TODAY), "with_pdf": False}
    return letters_to(list(agreement.recipients.all()), agreement, **wanted | changes)


def test_a_summary_says_how_the_agreement_stands_in_the_readers_language(northwind, tea):
    configured(northwind, tea)
    french, english = letters(northwind, tea)
    said = english.words.text
    assert english.words.subject == "Tea 2026: summary · Level 2 of 3 · 37.3%"
    print(said, french.words.text, french.words.html)
    for words in (
        "€5,460",
        "37.3% of €14,600",
        "€7,280",
        "Below forecast",
        "€436.80",
        "€4,540",
        "[x] Level 2",
        "91.5%",
    ):
        assert words in said, words
        assert words in english.words.html or words.startswith("[x]"), words
    assert "5 460" in french.words.text.replace("\u202f", " ").replace("\xa0", " ")


def test_where_each_customer_reaches_levels_alone_each_is_told_of(northwind, tea):
    Agreement.objects.filter(pk=tea.pk).update(basis=Basis.EACH)
    tea.refresh_from_db()
    configured(northwind, tea, BOB)
    (letter,) = letters(northwind, tea)
    assert "2 of 2 customers have a level" in letter.words.subject
    assert "Alfreds Futterkiste: €5,000 (91.5%), Level 2 of 3, €5,000 to the next" in letter.words.text
    assert "Missing to the next level" not in letter.words.text


# --- who gets them ------------------------------------------------------------------------------------------------


WRONG = {
    "two in one": ["a@x.example, b@x.example"],
    "a line break": ["a@x.example\nBcc: b@x.example"],
    "not an address": ["anna"],
    "letters of other alphabets": ["żółć@x.example"],
    "twice": ["a@x.example", " A@X.example"],
    "too many": [f"a{number}@x.example" for number in range(MOST_RECIPIENTS + 1)],
}


@pytest.mark.parametrize("addresses", WRONG.values(), ids=WRONG)
def test_recipients_that_no_mail_can_be_sent_to_are_refused_with_a_sentence(addresses):
    with pytest.raises(Refused) as refusal:
        check_recipients([RecipientTerms(address) for address in addresses])
    assert refusal.value.field == "recipients" and str(refusal.value)


@pytest.mark.parametrize("wrong", [{"name": "Anna\nBob"}, {"name": "A" * 121}, {"language": "klingon"}])
def test_names_are_one_line_and_languages_are_known(wrong):
    assert check_recipients([RecipientTerms(" Anna@X.example ", "Anna", "fr")])[0].address == "anna@x.example"
    with pytest.raises(Refused):
        check_recipients([RecipientTerms(**{"address": "anna@x.example"} | wrong)])


def test_a_change_of_the_list_is_on_record_and_stops_mails_and_links_of_who_is_gone(northwind, tea):
    configured(northwind, tea)
    send_summaries_now(actor=northwind.nora, agreement=tea, key="1", on=TODAY, at=NOON)
    stale = tea.version
    configured(northwind, tea, BOB, interval="")
    assert [row.address for row in tea.recipients.all()] == [BOB.address]
    revoked = SharedLink.objects.exclude(revoked_at=None).values_list("recipient", flat=True)
    assert list(revoked) == [ANNA.address]
    assert {mail.recipient: mail.state for mail in OutgoingMail.objects.all()} == {
        ANNA.address: "cancelled", BOB.address: "queued",
    }  # fmt: skip
    entry = Entry.objects.filter(action="agreement.summaries_changed").latest("pk")
    assert entry.changes["recipients"][0] == ["Anna <anna@alfreds.example> (fr)", "bob@alfreds.example (en)"]
    with pytest.raises(Outdated):
        configure_summaries(
            actor=northwind.nora, agreement=tea, version=stale, interval="daily", with_pdf=False, recipients=[ANNA],
            at=NOON,
        )  # fmt: skip


def test_what_is_wrong_is_said_at_its_field_and_what_is_right_is_saved(northwind, tea):
    nora, path = Visit(northwind, "nora"), f"agreements/{tea.pk}/summaries/recipients/"
    typed = {"version": tea.version, "interval": "weekly", "name-1": "Bob", "address-0": "a@x.example, b@x.example"}
    answer = nora.post(path, **typed)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"address-0", "address-1"}
    twice = {"address-0": "a@x.example", "address-1": "A@x.example"}
    assert set(nora.post(path, **typed | twice).context["form"].errors) == {"address-1"}
    assert nora.post(path, **typed | {"address-0": "", "name-1": ""}).status_code == 422  # an interval, and nobody
    assert not tea.recipients.exists()
    assert nora.post(path, **typed | twice | {"address-1": "b@x.example"}).status_code == 302
    assert [str(row) for row in tea.recipients.all()] == ["a@x.example", "Bob <b@x.example>"]


# --- previewed and sent -------------------------------------------------------------------------------------------


def test_what_is_previewed_is_sent_to_the_byte_and_a_form_that_is_sent_twice_sends_once(northwind, tea):
    configured(northwind, tea, with_pdf=True)
    nora, path = Visit(northwind, "nora"), f"agreements/{tea.pk}/summaries/"
    anna = tea.recipients.get(address=ANNA.address)
    seen = nora.get(path, recipient=anna.pk).context["letter"]
    page = nora.get(f"{path}mail/", recipient=anna.pk)
    paper = nora.get(f"{path}pdf/", recipient=anna.pk).content
    assert "sandbox" in page.headers["Content-Security-Policy"]
    assert not OutgoingMail.objects.exists() and not SharedLink.objects.exists()
    key = str(uuid.uuid4())
    for _twice in range(2):
        assert nora.post(f"{path}send/", key=key).status_code == 302
    assert OutgoingMail.objects.count() == 2 and Entry.objects.filter(action="agreement.summary_sent").count() == 1
    sent = OutgoingMail.objects.get(recipient=ANNA.address)
    assert (sent.subject, sent.text) == (seen.words.subject, seen.words.text)
    assert sent.html.encode() == page.content
    assert bytes(sent.attachment.content) == paper and paper.startswith(b"%PDF-")
    assert SharedLink.objects.get(recipient=ANNA.address).token_hash and "/shared/" in sent.text
    assert nora.post(f"{path}send/", key="no key").status_code == 422


def test_the_page_of_a_link_follows_the_language_of_its_reader(northwind, tea):
    for number, language in enumerate(["fr", "en"]):
        configured(northwind, tea, RecipientTerms(ANNA.address, language=language))
        send_summaries_now(actor=northwind.nora, agreement=tea, key=str(number), on=TODAY, at=NOON)
    assert [link.language for link in SharedLink.objects.all()] == ["en"]


def test_a_summary_goes_without_its_pdf_where_none_can_be_made(northwind, tea, monkeypatch):
    def broken(html):
        raise NoPdf("No libraries.")

    monkeypatch.setattr("agreements.summaries.letters.render_pdf", broken)
    configured(northwind, tea, BOB, with_pdf=True)
    assert send_summaries_now(actor=northwind.nora, agreement=tea, key="1", on=TODAY, at=NOON) == 1
    sent = OutgoingMail.objects.get()
    assert sent.attachment is None and "The PDF could not be made this time." in sent.text


def test_only_messages_of_the_agreement_are_sent_again_and_only_by_who_may_change_it(northwind, tea):
    configured(northwind, tea, BOB)
    send_summaries_now(actor=northwind.nora, agreement=tea, key="1", on=TODAY, at=NOON)
    OutgoingMail.objects.update(state="unknown")
    other = conclude(northwind.nora, northwind.alfreds, description="Another")
    pk = OutgoingMail.objects.get().pk
    assert Visit(northwind, "rita").post(f"agreements/{tea.pk}/summaries/mails/{pk}/retry/").status_code == 403
    nora = Visit(northwind, "nora")
    assert nora.post(f"agreements/{other.pk}/summaries/mails/{pk}/retry/").status_code == 404
    assert "Send it again" in nora.get(f"agreements/{tea.pk}/summaries/").content.decode()
    assert nora.post(f"agreements/{tea.pk}/summaries/mails/{pk}/retry/").status_code == 302
    assert OutgoingMail.objects.get().state == "queued"


def test_a_reader_without_an_account_stops_the_mails_of_one_agreement(northwind, tea):
    configured(northwind, tea, BOB)
    (letter,) = letters(northwind, tea)
    send_summaries_now(actor=northwind.nora, agreement=tea, key="1", on=TODAY, at=NOON)
    address = letter.stops.url.removeprefix("http://testserver")
    asked = Client().get(address)
    assert letter.words.subject in html.unescape(asked.content.decode())
    assert not OutgoingMail.objects.unwanted().exists()
    for _twice in range(2):
        assert Client().post(address).status_code == 200
    assert Suppression.objects.get().address == BOB.address
    assert OutgoingMail.objects.unwanted().count() == 1
    assert Client().post(address[:-2] + "x/").status_code == 404
    page = Visit(northwind, "nora").get(f"agreements/{tea.pk}/summaries/").content.decode()
    assert "has stopped these mails" in page and "Send now to" not in page


# --- by the clock -------------------------------------------------------------------------------------------------


def turn(schedule: SummarySchedule, day: date) -> list[OutgoingMail]:
    """What the turn of a day writes, at nine o'clock."""
    before = set(OutgoingMail.objects.values_list("pk", flat=True))
    with time_machine.travel(datetime(day.year, day.month, day.day, 9, tzinfo=UTC), tick=False):
        for _twice in range(2):
            schedules.take_turn(SummarySchedule, schedule.pk, write_due)
    schedule.refresh_from_db()
    return list(OutgoingMail.objects.exclude(pk__in=before))


def test_summaries_are_due_from_the_first_day_to_the_end_and_once_after_it(northwind, tea):
    schedule = configured(northwind, tea, BOB)
    assert schedule.next_at == datetime(2026, 8, 1, 6, tzinfo=UTC)  # eight o'clock in Berlin
    assert turn(schedule, date(2026, 7, 31)) == []
    (mail,) = turn(schedule, date(2026, 8, 1))
    assert "From Jan 1, 2026 to Aug 1, 2026" in mail.text and "earlier" not in mail.text
    (mail,) = turn(schedule, date(2026, 11, 20))  # nobody was there from September on
    assert "It also stands for 2 earlier summaries that could not go out (from Sep 1, 2026 on)." in mail.text
    assert mail.key.startswith(f"agreement_summary/{tea.pk}/2026-11-01/")
    (mail,) = turn(schedule, date(2026, 12, 1))
    assert "earlier" not in mail.text and schedule.next_at == datetime(2027, 1, 1, 7, tzinfo=UTC)
    (mail,) = turn(schedule, date(2027, 3, 3))
    assert mail.subject.startswith("Tea 2026: last summary") and "to Dec 31, 2026" in mail.text
    assert schedule.next_at is None
    assert list(SummaryRun.objects.order_by("period_on").values_list("period_on", "state")) == [
        (date(2026, 8, 1), "done"), (date(2026, 9, 1), "skipped"), (date(2026, 10, 1), "skipped"),
        (date(2026, 11, 1), "done"), (date(2026, 12, 1), "done"), (date(2027, 1, 1), "done"),
    ]  # fmt: skip


def test_turns_are_counted_from_the_first_day_and_follow_it(northwind, tea):
    coming = conclude(northwind.nora, northwind.alfreds, first_on=date(2026, 7, 15), last_on=date(2026, 9, 20))
    schedule = configured(northwind, coming, BOB, interval="weekly")
    assert schedule.next_at == datetime(2026, 7, 22, 6, tzinfo=UTC)
    Organization.objects.update(time_zone="Asia/Tokyo")
    end_agreement_early(
        actor=northwind.nora, agreement=coming, version=coming.version + 1, last_on=date(2026, 7, 17), reason="So"
    )
    schedule.refresh_from_db()
    assert schedule.next_at == datetime(2026, 7, 17, 23, tzinfo=UTC)  # July 18, eight o'clock in Tokyo


def test_an_end_before_a_turn_that_is_due_brings_the_last_summary(northwind, tea):
    schedule = configured(northwind, tea, BOB, interval="weekly")
    tea.refresh_from_db()
    with time_machine.travel(schedule.next_at, tick=False):
        end_agreement_early(
            actor=northwind.nora, agreement=tea, version=tea.version, last_on=date(2026, 6, 30), reason="So"
        )
    (mail,) = turn(schedule, date(2026, 7, 10))
    assert mail.subject.startswith("Tea 2026: last summary")


def test_an_end_on_a_day_that_had_its_summary_brings_a_last_one_all_the_same(northwind, tea):
    schedule = configured(northwind, tea, BOB, interval="daily")
    assert len(turn(schedule, date(2026, 7, 3))) == 1
    tea.refresh_from_db()
    with time_machine.travel(datetime(2026, 7, 3, 12, tzinfo=UTC), tick=False):
        end_agreement_early(actor=northwind.nora, agreement=tea, version=tea.version, last_on=TODAY, reason="So")
    (mail,) = turn(schedule, date(2026, 7, 4))
    assert mail.subject.startswith("Tea 2026: last summary") and "to Jul 2, 2026" in mail.text
    schedule.refresh_from_db()
    assert schedule.next_at is None


def test_what_ends_in_the_past_has_its_last_summary_at_once_and_what_is_archived_has_none(northwind, tea):
    schedule = configured(northwind, tea, BOB)
    tea.refresh_from_db()
    tea = end_agreement_early(
        actor=northwind.nora, agreement=tea, version=tea.version, last_on=date(2026, 6, 15), reason="So"
    )
    (mail,) = turn(schedule, TODAY)
    assert mail.subject.startswith("Tea 2026: last summary") and "to Jun 15, 2026" in mail.text
    assert schedule.next_at is None
    other = conclude(northwind.nora, northwind.alfreds, description="Another")
    schedule = configured(northwind, other, BOB, interval="daily")
    other.refresh_from_db()
    archive_agreement(actor=northwind.nora, agreement=other, version=other.version)
    assert turn(schedule, date(2026, 7, 3)) == []
    with pytest.raises(Refused):
        send_summaries_now(actor=northwind.nora, agreement=other, key="1", on=TODAY, at=NOON)


# --- on its way ---------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True, databases=["default", "owner", "system"])
def test_a_summary_reaches_its_reader_with_its_pdf_and_one_click_to_stop(committed_northwind, monkeypatch, settings):
    cast = committed_northwind
    monkeypatch.setattr(hints, "after_commit", lambda mail: None)
    with world.opened(cast):
        agreement = conclude(cast.nora, cast.alfreds)
        configured(cast, agreement, ANNA, with_pdf=True)
        send_summaries_now(actor=cast.nora, agreement=agreement, key="1", on=TODAY, at=datetime.now(UTC))
        bytes_kept = message_of(OutgoingMail.objects.get()).message().as_bytes()
    with MisbehavingServer() as server:
        settings.EMAIL_BACKEND = "notifications.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        assert Outbox(cast.organization.pk).send_due() == 1
    (message,) = server.messages
    (pdf,) = message.iter_attachments()
    assert pdf.get_content_type() == "application/pdf" and pdf.get_content().startswith(b"%PDF-")
    assert pdf.get_filename() == "tea-2026-2026-07-02.pdf"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["To"] == ANNA.address and message["From"] == "Northwind <attain@localhost>"
    with world.opened(cast):
        mail = OutgoingMail.objects.get()
        assert mail.state == "sent" and "…" in mail.text
        assert bytes_kept.count(b"boundary=") == 2
