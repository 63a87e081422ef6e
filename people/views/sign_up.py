"""Sign-up: two forms and, between them, a mail. Outside any organization: the first is yet to be made."""

from functools import partial, wraps

from allauth.account.utils import perform_login
from allauth.core import ratelimit
from allauth.decorators import rate_limit
from django.conf import settings
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from crm.views.answers import saved, sent, show_form
from people import access
from people.forms.sign_up import CustomsForm, SignUpForm
from people.services.sign_up import ask_for_organization, found_organization

BROWSER = "sign_up"  # where the session keeps the key of the form that was sent from this browser


def while_open(view):
    """Says so where an installation does not let people sign up by themselves."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not settings.SIGN_UP_OPEN:
            return render(request, "people/sign_up_closed.html", status=403)
        return view(request, *args, **kwargs)

    return guarded


def begin(request, **values) -> str | None:
    """Asks for the organization. An address that has got many mails already gets no other; the answer is the same."""
    actor = request.user if request.user.is_authenticated else None
    if actor is None and not ratelimit.consume(request, action="sign_up_mail", key=values["email"].lower()):
        return ""
    token = ask_for_organization(actor=actor, at=timezone.now(), **values)
    request.session[BROWSER] = str(values["form_key"])
    return token or ""


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@while_open
@rate_limit(action="signup")
def sign_up(request):
    user = request.user if request.user.is_authenticated else None
    form = SignUpForm(sent(request), user=user)
    token = saved(form, partial(begin, request))
    if token is None:
        return show_form(request, "people/sign_up.html", form)
    return redirect("confirm_sign_up", token) if user and token else redirect("sign_up_sent")


@require_safe
def sign_up_sent(request):
    return render(request, "people/sign_up_sent.html")


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_sign_up(request, token):
    """The organization as its country proposes it. Whoever has an account already signs in first."""
    asked = access.sign_up_of(token, at=timezone.now())
    if asked is None:
        return render(request, "people/link_is_over.html", status=404)
    owner = access.account_of(asked.email)
    if asked.done_at or (owner and owner != request.user):
        return render(request, "people/sign_in_first.html", {"sign_up": asked, "is_known": bool(owner)})
    asks_password = owner is None and request.session.get(BROWSER) != str(asked.form_key)
    form = CustomsForm(sent(request), sign_up=asked, asks_password=asks_password)
    member = saved(form, partial(found_organization, sign_up=asked, at=timezone.now()))
    if member is None:
        return show_form(request, "people/confirm_sign_up.html", form, sign_up=asked)
    return come_in(request, member.user, f"/{asked.slug}/start/")


def come_in(request, user, inside: str):
    """Signs the new person in, if nobody is, and leads to this page of the organization."""
    if request.user.is_authenticated:
        return redirect(inside)
    return perform_login(request, user, redirect_url=inside)
