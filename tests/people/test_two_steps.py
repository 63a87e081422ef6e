"""Two-step sign-in: codes, recovery codes, and what an organization asks of its administrators.

Passkeys need a browser: tests/browser/test_passkeys.py.
"""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core import mail
from django.test import Client

from audit.models import Entry
from people.services.accounts import ask_for_second_steps
from tenants.models import Organization
from tenants.refusals import Refused
from tests import world
from tests.people.test_account import SIGN_IN, signed_in, sure
from tests.visits import Visit

pytestmark = pytest.mark.usefixtures("post")

APP = "/accounts/two-steps/app/"
CODES = "/accounts/two-steps/recovery-codes/"
STEP = "/accounts/two-steps/code/"
NORA = "nora@northwind.example"
INSIDE = "/northwind/"


def code_of(secret: str, *, later: int = 0) -> str:
    """What the app shows now, or at the next half minute; a telephone's clock may be that much off."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + later))


def with_app(email: str = NORA) -> tuple[Client, str, list[str]]:
    """Somebody who has set up the app, its secret, and the recovery codes as they were shown."""
    client = sure(signed_in(email))
    secret = client.get(APP).context["form"].secret
    shown = client.post(APP, {"code": code_of(secret)}, follow=True).content.decode()
    return client, secret, re.findall(r"<code>([\w-]+)</code>", shown)


def with_password(email: str = NORA) -> Client:
    """Somebody who has typed the password, and stands before the second step."""
    client = Client()
    assert client.post(SIGN_IN, {"login": email, "password": world.PASSWORD})["Location"] == STEP
    return client


# --- codes ---------------------------------------------------------------------------------------------------------


def test_with_an_app_the_password_alone_opens_nothing(northwind):
    _client, secret, _codes = with_app()
    nora = with_password()
    assert nora.get(INSIDE)["Location"].startswith(SIGN_IN)
    assert nora.post(STEP, {"code": "000000"}).status_code == 200
    assert nora.get(INSIDE)["Location"].startswith(SIGN_IN)
    assert nora.post(STEP, {"code": code_of(secret)}).status_code == 302
    assert nora.get(INSIDE).status_code == 200


def test_a_code_works_once_even_when_redis_forgets(northwind, settings):
    _client, secret, _codes = with_app()
    code = code_of(secret)
    assert with_password().post(STEP, {"code": code}).status_code == 302
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    again = with_password()
    assert again.post(STEP, {"code": f"{code[:3]} {code[3:]}"}).status_code == 200
    assert again.post(STEP, {"code": code_of(secret, later=1)}).status_code == 302


def test_recovery_codes_are_shown_once_work_once_and_are_renewed(northwind):
    client, _secret, codes = with_app()
    assert len(codes) == 10
    assert codes[0] not in client.get(CODES).content.decode()
    assert with_password().post(STEP, {"code": codes[0]}).status_code == 302
    assert with_password().post(STEP, {"code": codes[0]}).status_code == 200
    renewed = client.post(f"{CODES}new/", follow=True).content.decode()
    new = re.findall(r"<code>([\w-]+)</code>", renewed)
    assert f"{new[0]}%0A" in renewed  # the file to keep
    assert with_password().post(STEP, {"code": codes[1]}).status_code == 200
    assert with_password().post(STEP, {"code": new[0]}).status_code == 302


def test_the_secret_is_not_kept_in_the_clear(northwind):
    _client, secret, _codes = with_app()
    assert secret not in str(Authenticator.objects.get(type="totp").data)


def test_who_only_finds_the_browser_open_sets_up_and_turns_off_nothing(northwind):
    assert signed_in(NORA).get(APP)["Location"].startswith("/accounts/reauthenticate/")
    sure_client, secret, _codes = with_app()
    found = with_password()
    found.post(STEP, {"code": code_of(secret)})
    assert found.post(f"{APP}remove/")["Location"].startswith("/accounts/reauthenticate/")
    assert Authenticator.objects.filter(type="totp").exists()
    assert sure_client.post(f"{APP}remove/")["Location"] == "/accounts/two-steps/"
    assert not Authenticator.objects.exists()


def test_a_new_password_by_mail_does_not_pass_the_second_step(northwind):
    with_app()
    mail.outbox.clear()
    client = Client()
    client.post("/accounts/password/reset/", {"email": NORA})
    link = re.search(r"https?://[^/\s]+(/accounts/password/reset/key/\S+)", mail.outbox[0].body)[1]
    form = client.get(link, follow=True)
    new = {"password1": "an entirely new one", "password2": "an entirely new one"}
    client.post(form.request["PATH_INFO"], new, follow=True)
    assert client.get(INSIDE)["Location"].startswith(SIGN_IN)
    assert client.post(SIGN_IN, {"login": NORA, "password": "an entirely new one"})["Location"] == STEP


def test_too_many_wrong_codes_are_stopped(northwind, settings):
    _client, secret, _codes = with_app()
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "3/5m/key"}
    nora = with_password()
    for _try in range(4):
        nora.post(STEP, {"code": "000000"})
    assert nora.post(STEP, {"code": code_of(secret)}).status_code == 200
    assert nora.get(INSIDE)["Location"].startswith(SIGN_IN)


def test_a_second_step_is_told_by_mail_and_is_on_the_record_of_each_organization(
    northwind, django_capture_on_commit_callbacks
):
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        client, _secret, _codes = with_app()
    assert [(message.to, message.subject) for message in mail.outbox] == [([NORA], "Two-step sign-in is on")]
    client.post(f"{APP}remove/")
    with world.opened(northwind):
        said = Entry.objects.order_by("pk").values_list("action", "actor_id", "changes")
        assert [row for row in said if "app with codes" in str(row)] == [
            ("member.second_step_added", northwind.nora.pk, {"second step": [None, "app with codes"]}),
            ("member.second_step_removed", northwind.nora.pk, {"second step": ["app with codes", None]}),
        ]


# --- what the organization asks ------------------------------------------------------------------------------------


def test_an_administrator_who_owes_a_second_step_can_do_nothing_but_set_one_up(northwind):
    Organization.objects.update(requires_two_steps_of_admins=True)
    nora = signed_in(NORA)
    for path in ("", "companies/", "teams/", "account/", "settings/sign-in/"):
        assert nora.get(f"{INSIDE}{path}")["Location"] == "/accounts/two-steps/?required"
        assert nora.post(f"{INSIDE}{path}")["Location"] == "/accounts/two-steps/?required"
    fragment = nora.get(INSIDE, headers={"HX-Request": "true"})
    assert fragment["HX-Redirect"] == "/accounts/two-steps/?required"
    assert "asks its administrators" in nora.get("/accounts/two-steps/?required").content.decode()
    assert signed_in("marco@northwind.example").get(INSIDE).status_code == 200
    client, _secret, _codes = with_app()
    assert client.get(INSIDE).status_code == 200


def test_only_administrators_ask_for_it_and_not_before_they_have_one(northwind):
    typed = {"requires_two_steps_of_admins": "on"}
    assert Visit(northwind, "marco").post("settings/sign-in/", **typed).status_code == 403
    refused = Visit(northwind, "nora").post("settings/sign-in/", **typed)
    assert refused.status_code == 422
    assert "Set up your own second step first" in refused.content.decode()
    with pytest.raises(Refused):
        ask_for_second_steps(actor=northwind.nora, requires_two_steps_of_admins=True)
    client, _secret, _codes = with_app()
    assert client.post(f"{INSIDE}settings/sign-in/", typed).status_code == 302
    with world.opened(northwind):
        assert Organization.objects.get().requires_two_steps_of_admins
        (entry,) = Entry.objects.filter(action="organization.edited")
        assert entry.changes == {"requires_two_steps_of_admins": [False, True]}


def test_a_passkey_of_somebody_else_is_not_there(northwind):
    key = Authenticator.objects.create(user=northwind.rita.user, type="webauthn", data={"name": "hers"})
    ravi = sure(signed_in("ravi@northwind.example"))
    for path in (f"{key.pk}/", f"{key.pk}/remove/", "987654321/"):
        assert ravi.get(f"/accounts/two-steps/passkeys/{path}").status_code == 404
        assert ravi.post(f"/accounts/two-steps/passkeys/{path}", {"name": "x"}).status_code == 404
    assert Authenticator.objects.get(pk=key.pk).data == {"name": "hers"}
