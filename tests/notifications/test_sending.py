"""Mails go out to a real SMTP server that answers well or badly; nothing is lost, nothing is sent twice."""

import threading
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import ProgrammingError, connections
from django.db.models.functions import Now
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notifications import hints, tasks
from notifications.delivery import LeaseLost, Post
from notifications.models import AccountMail, MailState, OutgoingMail, QuietHours
from notifications.outbox import SECRET, Outbox
from notifications.rendering import message_of
from notifications.rules import MOST_ATTEMPTS, one_line, storable
from notifications.services import queue_account_mail
from tenants.models import Member, Organization
from tests import world
from tests.notifications.mail_server import MisbehavingServer
from tests.notifications.writing import INVITED, invite, make_due, post_of

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "system"])

ROSA = "rosa@northwind.example"


@pytest.fixture
def cast(committed_northwind, monkeypatch):
    """The committed cast; no hint is sent, so that tests say when mails go out."""
    monkeypatch.setattr(hints, "after_commit", lambda mail: None)
    return committed_northwind


@pytest.fixture
def server(settings):
    with MisbehavingServer(silence=1.5) as server:
        settings.EMAIL_BACKEND = "notifications.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", server.port, 0.7
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        yield server


def queued(cast, *keys: str) -> list[int]:
    with world.opened(cast):
        return [invite(key, to=f"{key}@northwind.example").pk for key in keys]


def states(cast) -> dict[str, str]:
    with world.opened(cast):
        return dict(OutgoingMail.objects.values_list("key", "state"))


def only(cast) -> OutgoingMail:
    with world.opened(cast):
        return OutgoingMail.objects.get()


# --- what the server says -----------------------------------------------------------------------------------------


def test_a_batch_goes_out_over_one_connection_each_mail_once(cast, server):
    queued(cast, "a", "b", "c")
    assert post_of(cast) == 3
    assert [line.split()[0] for line in server.taken] == [f"{key}@northwind.example" for key in "abc"]
    assert set(states(cast).values()) == {MailState.SENT}
    assert post_of(cast) == 0 and len(server.taken) == 3


@pytest.mark.parametrize(
    ("where", "answer", "state", "attempts_left"),
    [
        ("at_recipient", "450 4.2.1 mailbox busy", MailState.QUEUED, True),
        ("at_recipient", "550 5.1.1 nobody of that name", MailState.FAILED, False),
        ("at_recipient", "421 too many of you", MailState.QUEUED, True),
        ("at_recipient", "drop", MailState.QUEUED, True),
        ("at_data", "452 4.3.1 disk full", MailState.QUEUED, True),
        ("at_data", "554 5.7.1 looks like spam", MailState.FAILED, False),
        ("at_data", "drop", MailState.UNKNOWN, False),
        ("at_data", "silence", MailState.UNKNOWN, False),
    ],
)
def test_every_answer_has_its_consequence_and_the_next_mail_goes_out_all_the_same(
    cast, server, where, answer, state, attempts_left
):
    queued(cast, "first", "second")
    getattr(server, where)["first@northwind.example"] = [answer]
    post_of(cast)
    assert states(cast) == {"first": state, "second": MailState.SENT}
    with world.opened(cast):
        first = OutgoingMail.objects.get(key="first")
        assert first.error and first.attempts == 1
        assert OutgoingMail.objects.waiting().filter(next_at__gt=Now()).exists() == attempts_left
    make_due(cast)
    post_of(cast)
    taken = [line for line in server.taken if line.startswith("first")]
    assert len(taken) == (0 if state == MailState.FAILED else 1)
    assert states(cast)["first"] == (MailState.SENT if attempts_left else state)


def test_a_mail_is_given_up_after_its_last_try(cast, server):
    queued(cast, "busy")
    server.at_recipient[""] = ["450 busy"] * (MOST_ATTEMPTS + 5)
    waits = []
    for _try in range(MOST_ATTEMPTS + 2):
        post_of(cast)
        with world.opened(cast):
            waits.append(OutgoingMail.objects.get().next_at)
        make_due(cast)
    assert (only(cast).state, only(cast).attempts) == (MailState.FAILED, MOST_ATTEMPTS)
    assert "450" in only(cast).error


def test_while_the_mail_server_is_away_no_mail_is_touched(cast, server):
    queued(cast, "a")
    server.stop()
    assert post_of(cast) == 0
    assert (only(cast).state, only(cast).attempts) == (MailState.QUEUED, 0)


def test_a_reset_of_uncertain_fate_is_sent_once_more(cast, server):
    context = {"password_reset_url": "https://attain.example/"}
    queue_account_mail(
        kind="password_reset_key", to=ROSA, key="1", context=context, at=datetime.now(UTC), language="en"
    )
    server.at_data[""] = ["drop", "drop", "drop"]
    for state in (MailState.QUEUED, MailState.UNKNOWN, MailState.UNKNOWN):
        Outbox(None).send_due()
        assert AccountMail.objects.get().state == state
        AccountMail.objects.update(next_at=Now())
    assert len(server.taken) == 2 and len(set(server.taken)) == 1  # the same message, to the byte


# --- claims and leases --------------------------------------------------------------------------------------------


def in_a_connection_of_its_own(call, results: list) -> threading.Thread:
    def run():
        try:
            results.append(call())
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_of_many_senders_each_mail_has_one(cast, server):
    queued(cast, *(f"mail{number}" for number in range(12)))
    tried: list[int] = []
    threads = [in_a_connection_of_its_own(Outbox(cast.organization.pk).send_due, tried) for _n in range(4)]
    for thread in threads:
        thread.join(timeout=30)
    assert sum(tried) == 12
    assert len(server.taken) == len(set(server.taken)) == 12


def run_out(cast, **changes) -> None:
    with world.opened(cast):
        OutgoingMail.objects.update(lease_until=Now() - timedelta(seconds=1), **changes)


def test_a_mail_whose_sender_died_before_handing_it_over_waits_again(cast, server):
    (pk,) = queued(cast, "a")
    outbox = Outbox(cast.organization.pk)
    assert outbox.claim(pk).attempts == 1
    assert outbox.claim(pk) is None
    run_out(cast)
    assert post_of(cast) == 1
    assert (only(cast).state, only(cast).attempts, len(server.taken)) == (MailState.SENT, 2, 1)


def test_of_a_mail_whose_sender_died_after_handing_it_over_nobody_knows(cast, server):
    (pk,) = queued(cast, "a")
    outbox = Outbox(cast.organization.pk)
    outbox.hand_over(outbox.claim(pk))
    run_out(cast)
    assert post_of(cast) == 0
    assert (only(cast).state, server.taken) == (MailState.UNKNOWN, [])


def test_a_sender_that_wakes_up_too_late_sends_nothing(cast, server):
    (pk,) = queued(cast, "a")
    outbox = Outbox(cast.organization.pk)
    slow = outbox.claim(pk)
    run_out(cast)
    with Post() as post:
        post.open()
        with pytest.raises(LeaseLost):
            post.deliver(message_of(slow), hand_over=lambda: outbox.hand_over(slow))
    assert server.taken == []
    assert post_of(cast) == 1
    outbox.finish(slow, outcome=type("Outcome", (), {"state": MailState.FAILED, "again": False, "error": "late"}))
    assert (only(cast).state, len(server.taken)) == (MailState.SENT, 1)


def test_a_mail_for_somebody_who_has_left_is_not_sent(cast, server):
    with world.opened(cast):
        invite("rita", to="rita@northwind.example", member=cast.rita)
        invite("ravi", to="ravi@northwind.example", member=cast.ravi)
        Member.objects.filter(pk=cast.rita.pk).update(is_active=False)
    post_of(cast)
    assert states(cast) == {"rita": MailState.SUPPRESSED, "ravi": MailState.SENT}


def test_a_mail_whose_turn_comes_in_the_quiet_hours_waits_for_their_end(cast, server):
    with world.opened(cast):
        local = datetime.now(ZoneInfo("Europe/Paris"))
        for member in (cast.rita, cast.ravi):
            invite(
                member.name, to=f"{member.name.lower()}@northwind.example", member=member, subject_to_preferences=True
            )
        QuietHours.objects.create(
            member=cast.rita, starts_at=(local - timedelta(hours=1)).time(), ends_at=(local + timedelta(hours=1)).time()
        )
    post_of(cast)
    assert states(cast) == {"Rita": MailState.QUEUED, "Ravi": MailState.SENT}
    with world.opened(cast):
        waits = OutgoingMail.objects.get(key="Rita").next_at - datetime.now(UTC)
    assert timedelta(minutes=50) < waits <= timedelta(hours=1)


def test_a_mail_that_comes_too_late_is_not_sent(cast, server):
    queued(cast, "old", "new")
    with world.opened(cast):
        OutgoingMail.objects.filter(key="old").update(expires_at=Now() - timedelta(seconds=1))
    post_of(cast)
    assert states(cast) == {"old": MailState.EXPIRED, "new": MailState.SENT}


# --- hints and ticks ----------------------------------------------------------------------------------------------


def test_the_tick_finds_the_mails_that_no_hint_has_told_of(cast):
    contoso = world.contoso()
    queued(cast, "a")
    with world.opened(contoso):
        invite("theirs")
        OutgoingMail.objects.update(next_at=Now() + timedelta(hours=1))
    assert tasks.organizations_with(tasks.DUE) == [cast.organization.pk]
    tasks.send_due()
    assert states(cast) == {"a": MailState.SENT} and states(contoso) == {"theirs": MailState.QUEUED}
    assert tasks.organizations_with(tasks.DUE) == []


def test_the_tickers_role_sees_when_a_mail_is_due_and_not_what_it_says(cast):
    queued(cast, "a")
    with connections["system"].cursor() as cursor:
        cursor.execute("SELECT organization_id, state FROM notifications_outgoingmail")
        assert cursor.fetchall() == [(cast.organization.pk, "queued")]
        for sql in ("SELECT recipient FROM notifications_outgoingmail", "DELETE FROM notifications_outgoingmail"):
            with pytest.raises(ProgrammingError, match="permission denied"):
                cursor.execute(sql)


def test_a_full_batch_asks_for_another_turn(cast, monkeypatch):
    monkeypatch.setattr("notifications.outbox.BATCH", 2)
    queued(cast, "a", "b", "c", "d", "e")
    tasks.send_mails_of(cast.organization.pk)
    assert set(states(cast).values()) == {MailState.SENT}


def test_a_batch_that_was_shared_with_another_sender_asks_for_another_turn_too(cast, monkeypatch):
    monkeypatch.setattr("notifications.outbox.BATCH", 2)
    queued(cast, "a", "b", "c", "d", "e")
    alone, taken = Outbox.due, []

    def shared(outbox):
        found = alone(outbox)
        if not taken:
            taken.append(outbox.claim(found[0]))  # by somebody else, in the meantime
        return found

    monkeypatch.setattr(Outbox, "due", shared)
    tasks.send_mails_of(cast.organization.pk)
    assert sorted(states(cast).values()) == [MailState.SENDING, *[MailState.SENT] * 4]


def test_a_hint_that_cannot_be_sent_only_delays(cast, monkeypatch):
    from kombu.exceptions import OperationalError

    def away(*_arguments):
        raise OperationalError("Redis is away")

    monkeypatch.setattr(tasks.send_mails_of, "delay", away)
    hints.forget(cast.organization.pk)
    hints.hint(cast.organization.pk)
    hints.forget(cast.organization.pk)


# --- anything may be typed ----------------------------------------------------------------------------------------

TEXTS = st.text(alphabet=st.characters(), max_size=120) | st.sampled_from(
    [
        "a\r\nBcc: evil@evil.example",
        "a\u2028Bcc: x",
        "\0",
        "\ud800",
        "=?utf-8?q?=0ABcc=3A?=",
        "x" * 5000,
        "\u202egnp",
        "",
    ]
)


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=TEXTS, name=TEXTS)
def test_nothing_that_people_type_becomes_a_header_or_a_recipient(text, name):
    mail = OutgoingMail(
        key="1", organization_id=1, recipient=ROSA, sender=sender_named(name), subject=one_line(text, 200),
        text=storable(text), html=storable(text), created_at=datetime(2026, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    raw = message_of(mail).message().as_bytes()
    heads = raw.split(b"\n\n", 1)[0].replace(b"\r\n", b"\n")
    names = {line.split(b":")[0] for line in heads.split(b"\n") if line[:1] not in (b" ", b"\t")}
    assert names == {
        b"Content-Type", b"MIME-Version", b"Subject", b"From", b"To", b"Message-ID", b"Date", b"Auto-Submitted",
    }  # fmt: skip
    assert message_of(mail).recipients() == [ROSA]
    assert raw == message_of(mail).message().as_bytes()


def sender_named(name: str) -> str:
    from notifications.rendering import sender_of

    return sender_of(name)


def test_an_organization_and_people_of_any_name_still_get_their_mails_out(cast, server):
    with world.opened(cast):
        Organization.objects.update(name='Müller & "Söhne", <b>\u202e\u2028Ü')
        invite(context=INVITED | {"inviter": "Nora\r\nBcc: evil@evil.example\0\ud800"})
    post_of(cast)
    assert only(cast).state == MailState.SENT
    assert [line.split()[0] for line in server.taken] == [ROSA]


def test_what_cannot_be_made_a_message_fails_and_holds_up_nobody(cast, server):
    queued(cast, "bad", "good")
    with world.opened(cast):
        OutgoingMail.objects.filter(key="bad").update(subject="a\nb")
    post_of(cast)
    assert states(cast) == {"bad": MailState.FAILED, "good": MailState.SENT}


def test_the_keys_of_links_are_found_and_words_are_not():
    text = "https://x.example/accounts/invitation/aB3_-xxxxxxxxxxxxxxxxxxxxxxx/ and /northwind/goals/123/ stay"
    assert SECRET.sub("…", text) == "https://x.example/accounts/invitation/…/ and /northwind/goals/123/ stay"
