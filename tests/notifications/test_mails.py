"""A mail is rendered once, checked, and goes out after the commit."""

import email
from datetime import timedelta
from email import policy

import pytest
from django.db import transaction

from notifications.models import AccountMail, MailState, OutgoingMail
from notifications.rendering import message_of
from notifications.services import cancel_mail, queue_account_mail, retry_mail
from tenants.models import Organization
from tenants.refusals import Refused
from tests import world
from tests.notifications.writing import AT, INVITED, invite, letters, make_due, post_of


def test_a_mail_is_rendered_once_and_kept(northwind):
    first = invite()
    Organization.objects.update(name="Southwind")
    again = invite(context=INVITED | {"inviter": "Somebody else"})
    assert again.pk == first.pk
    assert first.subject == "Nora invites you to Northwind"
    assert INVITED["accept_url"] in first.text and INVITED["accept_url"] in first.html
    assert OutgoingMail.objects.get().text == first.text


def test_the_same_row_is_the_same_message_to_the_byte(northwind):
    mail = invite()
    kept = message_of(mail).message().as_bytes()
    assert message_of(OutgoingMail.objects.get(pk=mail.pk)).message().as_bytes() == kept
    other = message_of(invite("invitation/2")).message()
    assert other["Message-ID"] != email.message_from_bytes(kept)["Message-ID"]


def test_a_mail_has_a_text_and_a_page_and_says_why_it_comes(northwind):
    message = email.message_from_bytes(message_of(invite()).message().as_bytes(), policy=policy.default)
    text, page = message.get_body(("plain",)).get_content(), message.get_body(("html",)).get_content()
    for said in (text, page):
        assert "You get this because Nora has typed your address at Northwind." in said
    assert message["From"] == "Northwind <attain@localhost>"
    assert message["To"] == "rosa@northwind.example"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Unsubscribe"] is None


def test_what_people_have_typed_is_text_in_both_parts(northwind):
    mail = invite(context=INVITED | {"inviter": "<b>Nora & Co</b>"})
    assert "<b>Nora & Co</b> invites you" in mail.text
    assert "&lt;b&gt;Nora &amp; Co&lt;/b&gt; invites you" in mail.html


def test_a_mail_is_written_in_the_language_that_is_asked_for(northwind):
    assert invite(language="fr").html.count('<html lang="fr">') == 1


@pytest.mark.parametrize(
    "address",
    [
        "", "rosa", "rosa@northwind.example\nBcc: all@northwind.example", "rosa@northwind.example, a@northwind.example",
        '"rosa\x07"@northwind.example', "ro\0sa@northwind.example", "rosa @northwind.example", "ſrosa@northwind.org",
        '"a b"@northwind.example', "r" * 250 + "@northwind.example", "rosa@-", "\ud800@northwind.example",
    ],
)  # fmt: skip
def test_an_address_that_no_mail_can_reach_is_refused(northwind, address):
    with pytest.raises(Refused):
        invite(to=address)
    assert not OutgoingMail.objects.exists()
    assert invite(to="Rosa.O'Neil+sales@Northwind.example").recipient == "Rosa.O'Neil+sales@Northwind.example"


def test_a_mail_goes_out_after_the_commit(committed_northwind):
    with world.opened(committed_northwind):
        invite()
        assert letters() == []
    assert letters() == [("rosa@northwind.example", "Nora invites you to Northwind")]
    with world.opened(committed_northwind):
        assert OutgoingMail.objects.get().state == MailState.SENT


def test_a_mail_of_a_change_that_is_rolled_back_was_never_written(committed_northwind):
    with world.opened(committed_northwind):
        invite("invitation/kept")
        with transaction.atomic():
            invite("invitation/lost")
            transaction.set_rollback(True)
    assert len(letters()) == 1


def test_the_keys_in_a_mails_links_are_forgotten_once_it_is_sent(committed_northwind):
    with world.opened(committed_northwind):
        invite()
    with world.opened(committed_northwind):
        kept = OutgoingMail.objects.get()
    assert "s3cr3t" not in kept.text + kept.html
    assert "https://attain.example/accounts/invitation/…/" in kept.text


def test_a_mail_that_waits_can_be_taken_back(committed_northwind, monkeypatch):
    monkeypatch.setattr("notifications.hints.after_commit", lambda mail: None)
    with world.opened(committed_northwind):
        mail = cancel_mail(actor=committed_northwind.nora, mail=invite())
        with pytest.raises(Refused):
            cancel_mail(actor=committed_northwind.nora, mail=mail)
        with pytest.raises(Refused):
            retry_mail(actor=committed_northwind.nora, mail=mail, at=AT)
    assert post_of(committed_northwind) == 0
    assert letters() == []


def test_a_mail_of_uncertain_fate_is_sent_again_by_hand_only(committed_northwind, monkeypatch):
    monkeypatch.setattr("notifications.hints.after_commit", lambda mail: None)
    with world.opened(committed_northwind):
        mail = invite()
        OutgoingMail.objects.update(state=MailState.UNKNOWN)
    make_due(committed_northwind)
    assert post_of(committed_northwind) == 0
    with world.opened(committed_northwind):
        retry_mail(actor=committed_northwind.nora, mail=mail, at=AT + timedelta(days=99999))
    assert post_of(committed_northwind) == 1
    assert len(letters()) == 1


@pytest.mark.django_db(transaction=True)
def test_a_mail_about_an_account_belongs_to_no_organization(transactional_db):
    links = {"password_reset_url": "https://attain.example/accounts/password/reset/key/1-abcdefghijklmnopqrstuvwxyz/"}
    queue_account_mail(
        kind="password_reset_key", to="rita@northwind.example", key="1", context=links, at=AT + timedelta(days=99999),
        language="en",
    )  # fmt: skip
    assert letters() == [("rita@northwind.example", "Choose a new password")]
    assert "abcdefghij" not in AccountMail.objects.get().text
