"""People are told once, in the way they want, and see it in the bell and on the page."""

import uuid
from datetime import UTC, datetime, time, timedelta

import pytest
from asgiref.sync import sync_to_async
from django.core import mail as django_mail
from django.test import Client, TestCase

from notifications import catalogue, events, summaries
from notifications.models import ByMail, DailySummary, MailState, Notice, OutgoingMail, Preference, QuietHours
from notifications.rules import Slot
from notifications.services import notify, read_all_notices, set_preferences
from notifications.services.preferences import Wish
from tests import world
from tests.asynchronous import awaited
from tests.goals.setting import set_goal
from tests.notifications.writing import post_of
from tests.queries import queries_of
from tests.visits import Visit

AT = datetime(2026, 11, 18, 9, tzinfo=UTC)
KIND = "goal_assigned"


def tell(member, key="1", at=AT, **changes) -> Notice:
    wanted = {"text": "Marco has set you a goal: More tea.", "url": "/northwind/goals/", "kind": KIND}
    return notify(member=member, key=key, at=at, **wanted | changes)


def wishes(by_mail: str, *, is_shown=True, has_summary=True) -> dict:
    summary = Wish(False, ByMail.DAILY if has_summary else ByMail.OFF)
    return {KIND: Wish(is_shown, by_mail), catalogue.DAILY_SUMMARY: summary}


def prefer(member, by_mail: str = ByMail.AT_ONCE, *, quiet=(None, None), **changes) -> None:
    set_preferences(
        actor=member, wishes=wishes(by_mail, **changes), quiet_from=quiet[0], quiet_until=quiet[1],
        summary_time=time(8), at=AT,
    )  # fmt: skip


# --- telling ------------------------------------------------------------------------------------------------------


def test_a_notice_is_given_once_and_mailed_at_once(northwind):
    first = tell(northwind.rita)
    assert tell(northwind.rita, text="Something else").pk == first.pk
    assert [notice.text for notice in Notice.objects.of(northwind.rita)] == ["Marco has set you a goal: More tea."]
    mail = OutgoingMail.objects.get()
    assert (mail.recipient, mail.member, mail.is_optional) == ("rita@northwind.example", northwind.rita, True)
    assert mail.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail.headers["List-Unsubscribe"].strip("<>") in mail.text
    assert "You get this because a goal was set for you." in mail.text


@pytest.mark.parametrize(
    ("by_mail", "is_shown", "mails", "waiting"),
    [(ByMail.AT_ONCE, True, 1, 0), (ByMail.DAILY, True, 0, 1), (ByMail.OFF, True, 0, 0), (ByMail.AT_ONCE, False, 1, 0)],
)
def test_everybody_is_told_as_they_want(northwind, by_mail, is_shown, mails, waiting):
    prefer(northwind.rita, by_mail, is_shown=is_shown)
    tell(northwind.rita)
    tell(northwind.ravi, key="2")
    mine = OutgoingMail.objects.filter(member=northwind.rita)
    assert (mine.count(), Notice.objects.of(northwind.rita).count()) == (mails, int(is_shown))
    assert Notice.objects.untold().count() == waiting
    assert OutgoingMail.objects.filter(member=northwind.ravi).count() == 1


def test_a_mail_that_can_wait_waits_until_the_quiet_hours_are_over(northwind):
    prefer(northwind.rita, quiet=(time(22), time(7)))
    late, early = datetime(2026, 11, 18, 22, tzinfo=UTC), datetime(2026, 11, 18, 20, tzinfo=UTC)
    tell(northwind.rita, at=late)  # eleven in the evening in Paris
    tell(northwind.rita, key="2", at=early)
    waiting = dict(OutgoingMail.objects.values_list("key", "next_at"))
    assert waiting["notice/1"] == datetime(2026, 11, 19, 6, tzinfo=UTC)
    assert waiting["notice/2"] <= datetime.now(UTC)


def test_whoever_is_set_a_goal_by_somebody_else_is_told(northwind):
    set_goal(northwind.marco, northwind.rita, northwind.marco, told_at=AT, name="More tea")
    notice = Notice.objects.get()
    assert (notice.member, notice.text) == (northwind.rita, "Marco has set you a goal: More tea.")
    mail = OutgoingMail.objects.get()
    assert mail.subject == notice.text and "http://testserver" + notice.url in mail.text
    set_goal(northwind.rita, measure="visits", told_at=AT)
    assert Notice.objects.count() == 1


def test_a_goal_is_told_in_the_language_of_its_person(northwind):
    northwind.rita.user.language = "fr"
    northwind.rita.user.save()
    set_goal(northwind.marco, northwind.rita, told_at=AT)
    assert '<html lang="fr">' in OutgoingMail.objects.get().html


def test_a_goal_for_many_people_is_told_with_one_hint_and_one_piece_of_news(northwind, monkeypatch):
    told, hinted = [], []
    monkeypatch.setattr("lib.live.publish", lambda organization_id, topic, ids: told.append((topic, ids)))
    monkeypatch.setattr("notifications.hints.hint", hinted.append)
    people = [northwind.rita, northwind.ravi, northwind.vera]
    with TestCase.captureOnCommitCallbacks(execute=True):
        set_goal(northwind.marco, *people, told_at=AT)
        set_goal(northwind.marco, northwind.rita, measure="visits", told_at=AT)
    assert OutgoingMail.objects.count() == 4
    assert hinted == [northwind.organization.pk]
    assert [news for news in told if news[0] == "notices"] == [("notices", {person.pk for person in people})]


@pytest.mark.parametrize(("has_summary", "mails"), [(True, 1), (False, 0)])
def test_the_daily_summary_tells_everything_that_waits_once(northwind, has_summary, mails):
    prefer(northwind.rita, ByMail.DAILY, has_summary=has_summary)
    tell(northwind.rita)
    tell(northwind.rita, key="2", text="Marco has set you a goal: More coffee.")
    for day in (19, 20):
        at = datetime(2026, 11, day, 7, tzinfo=UTC)
        summaries.send(DailySummary.objects.get(member=northwind.rita), Slot(at.date(), at))
    sent = list(OutgoingMail.objects.all())
    assert len(sent) == mails and not Notice.objects.untold().exists()
    for mail in sent:
        assert (mail.subject, mail.kind) == ("2 notices of your day · November 19", "daily_summary")
        assert "More tea" in mail.text and "More coffee" in mail.html
        assert "http://testserver/northwind/goals/" in mail.text and link_of(mail) in mail.text


# --- the bell and the page ----------------------------------------------------------------------------------------


def test_the_bell_counts_what_is_unread(northwind):
    rita = Visit(northwind, "rita")
    assert "Notices: none unread" in rita.get("companies/").content.decode()
    tell(northwind.rita)
    tell(northwind.ravi, key="2")
    assert "Notices: 1 unread" in rita.get("companies/").content.decode()
    news = rita.get("notices/bell/", seen="0").content.decode()
    assert "Notices: 1 unread" in news and "1 unread notice<" in news
    assert "unread notice" not in rita.get("notices/bell/", seen="1").content.decode()


def test_opening_a_notice_reads_it_and_leads_to_what_it_is_about(northwind):
    rita, notice = Visit(northwind, "rita"), tell(northwind.rita)
    opened = rita.post(f"notices/{notice.pk}/open/")
    assert (opened.status_code, opened["Location"]) == (302, "/northwind/goals/")
    assert not Notice.objects.unread().exists()
    assert rita.get("notices/", show="unread").context["listing"].count == 0
    assert rita.get("notices/").context["listing"].count == 1


def test_a_notice_of_somebody_else_is_nowhere(northwind):
    notice = tell(northwind.ravi)
    assert Visit(northwind, "rita").post(f"notices/{notice.pk}/open/").status_code == 404
    assert Visit(northwind, "rita").get("notices/").context["listing"].count == 0
    assert Visit(northwind, "ravi").post(f"notices/{notice.pk}/open/").status_code == 302


def test_a_notice_leads_nowhere_else(northwind):
    notice = tell(northwind.rita)
    for url in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        Notice.objects.update(url=url)
        assert Visit(northwind, "rita").post(f"notices/{notice.pk}/open/")["Location"] == "/northwind/notices/"


def test_all_notices_are_read_at_once_but_not_those_that_come_meanwhile(northwind):
    tell(northwind.rita)
    tell(northwind.rita, key="2", at=AT + timedelta(minutes=1))
    assert read_all_notices(actor=northwind.rita, at=AT) == 1
    assert Visit(northwind, "rita").post("notices/read/").status_code == 302
    assert not Notice.objects.unread().exists()


def test_a_list_of_notices_asks_as_often_for_thirty_as_for_three(northwind):
    rita = Visit(northwind, "rita")
    for number in range(3):
        tell(northwind.rita, key=f"few {number}")
    rita.get("notices/")
    few = queries_of(lambda: rita.get("notices/"))
    for number in range(27):
        tell(northwind.rita, key=f"many {number}")
    assert queries_of(lambda: rita.get("notices/")) == few


def test_open_pages_hear_of_their_own_notices_only(committed_northwind):
    async def heard() -> str:
        news = events.stream(committed_northwind.rita)
        assert await anext(news) == "event: open\ndata:\n\n"
        await tell_both()
        return await anext(said async for said in news if not said.startswith(":"))

    @sync_to_async
    def tell_both():
        with world.opened(committed_northwind):
            tell(committed_northwind.ravi)
        with world.opened(committed_northwind):
            tell(committed_northwind.rita, key="2")

    assert awaited(heard) == f"event: notices\ndata: {committed_northwind.rita.pk}\n\n"


# --- preferences --------------------------------------------------------------------------------------------------

TYPED = {"summary_time": "07:30", "quiet_from": "22:00", "quiet_until": "07:00", f"mail-{KIND}": "daily"}


def test_how_one_is_told_is_kept(northwind):
    rita = Visit(northwind, "rita")
    assert rita.get("notices/preferences/").context["form"][f"mail-{KIND}"].value() == "at_once"
    assert rita.post("notices/preferences/", **TYPED).status_code == 302
    kept = Preference.objects.get(member=northwind.rita, kind=KIND)
    assert (kept.by_mail, kept.is_shown) == ("daily", False)
    assert str(QuietHours.objects.get(member=northwind.rita)) == "22:00-07:00"
    assert DailySummary.objects.get(member=northwind.rita).local_time == time(7, 30)
    shown = rita.get("notices/preferences/").context["form"]
    assert (shown["has_summary"].value(), shown["quiet_from"].value()) == (False, time(22))
    rita.post("notices/preferences/", **TYPED | {"quiet_from": "", "quiet_until": ""})
    assert not QuietHours.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"quiet_from": ""}, {"quiet_until": "22:00"}, {"summary_time": ""}, {"summary_time": "25:00"},
        {f"mail-{KIND}": "hourly"}, {"quiet_from": "\0"},
    ],
)  # fmt: skip
def test_what_cannot_be_wanted_is_said_and_not_kept(northwind, changes):
    rita = Visit(northwind, "rita")
    assert rita.post("notices/preferences/", **TYPED | changes).status_code == 422
    assert not Preference.objects.exists()
    assert rita.post("notices/preferences/", **TYPED).status_code == 302


def test_a_viewer_chooses_how_they_are_told(northwind):
    assert Visit(northwind, "vera").post("notices/preferences/", **TYPED).status_code == 302


# --- unsubscribing ------------------------------------------------------------------------------------------------


def link_of(mail: OutgoingMail) -> str:
    return mail.headers["List-Unsubscribe"].strip("<>").removeprefix("http://testserver")


def test_one_click_stops_the_mails_of_a_kind_without_cookie_or_token(committed_northwind, monkeypatch):
    monkeypatch.setattr("notifications.hints.after_commit", lambda mail: None)
    with world.opened(committed_northwind):
        tell(committed_northwind.rita, at=datetime.now(UTC))
        tell(committed_northwind.ravi, key="2", at=datetime.now(UTC))
        link = link_of(OutgoingMail.objects.get(member=committed_northwind.rita))
    program = Client(enforce_csrf_checks=True)
    asked = program.get(link)
    assert asked.status_code == 200 and "Stop these mails?" in asked.content.decode()
    with world.opened(committed_northwind):
        assert not Preference.objects.exists()
    for _time in range(2):
        answer = program.post(link, {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200 and "These mails have stopped" in answer.content.decode()
        assert "sessionid" not in answer.cookies
    post_of(committed_northwind)
    with world.opened(committed_northwind):
        states = dict(OutgoingMail.objects.values_list("member__name", "state"))
        assert states == {"Rita": "suppressed", "Ravi": "sent"}
        tell(committed_northwind.rita, key="3")
        assert OutgoingMail.objects.filter(member=committed_northwind.rita).count() == 1
        assert Notice.objects.of(committed_northwind.rita).count() == 2
    assert [message.to for message in django_mail.outbox] == [["ravi@northwind.example"]]


@pytest.mark.parametrize(
    "change", [lambda t: t[:-1], lambda t: t[1:], lambda t: "x" * 5000, lambda t: "é\0", str.upper]
)
def test_a_link_that_was_not_made_here_stops_nothing(northwind, change):
    tell(northwind.rita)
    token = link_of(OutgoingMail.objects.get()).split("/")[2]
    assert Client().post(f"/unsubscribe/{change(token)}/").status_code == 404
    assert not Preference.objects.exists()
    assert Client().post(f"/unsubscribe/{token}/").status_code == 200


# --- mails of the organization ------------------------------------------------------------------------------------


def test_administrators_see_the_mails_and_what_has_become_of_them(northwind):
    nora = Visit(northwind, "nora")
    tell(northwind.rita)
    mail = OutgoingMail.objects.get()
    assert nora.get("mail/").context["listing"].count == 1
    assert nora.get("mail/", state="failed").context["listing"].count == 0
    assert nora.get("mail/", to="rita").context["listing"].count == 1
    shown = nora.get(f"mail/{mail.pk}/").content.decode()
    assert "Marco has set you a goal: More tea." in shown
    assert link_of(mail) not in shown
    assert nora.post(f"mail/{mail.pk}/cancel/").status_code == 302
    mail.refresh_from_db()
    assert mail.state == "cancelled"
    assert (
        "does not wait any more" in nora.client.post(f"/northwind/mail/{mail.pk}/cancel/", follow=True).content.decode()
    )


@pytest.mark.parametrize("state", MailState.values)
def test_every_state_of_a_mail_is_said_in_a_word(northwind, state):
    tell(northwind.rita)
    leased = {"lease_until": AT, "lease_token": uuid.uuid4()} if state == "sending" else {}
    OutgoingMail.objects.update(state=state, **leased)
    nora, word = Visit(northwind, "nora"), str(MailState(state).label)
    for path in ("mail/", f"mail/{OutgoingMail.objects.get().pk}/"):
        assert word in nora.get(path, state=state).content.decode()


@pytest.mark.parametrize("who", ["marco", "rita", "vera"])
def test_nobody_else_sees_the_mails(northwind, who):
    tell(northwind.rita)
    mail = OutgoingMail.objects.get()
    visit = Visit(northwind, who)
    assert [visit.get(path).status_code for path in ("mail/", f"mail/{mail.pk}/")] == [403, 403]
    assert [visit.post(f"mail/{mail.pk}/{verb}/").status_code for verb in ("retry", "cancel")] == [403, 403]
