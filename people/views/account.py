"""A person's own account, and how an organization's people sign in."""

from functools import partial

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from crm.views.answers import done, saved, sent, show_form
from lib.numbers import id_in
from people.forms.account import AccountForm, SignInRulesForm
from people.services.accounts import ask_for_second_steps, change_account
from people.services.sessions import end_chosen_sessions
from tenants.access import SECOND_STEPS, has_second_step, requires_role
from tenants.models import Member, Role


@require_http_methods(["GET", "HEAD", "POST"])
def account(request, slug):
    """Everybody's own, viewers included."""
    form = AccountForm(sent(request), member=request.member)
    if saved(form, partial(change_account, actor=request.member)):
        return done(request, _("Saved."), "people:account")
    context = {"has_second_step": has_second_step(request.user)}
    return show_form(request, "people/account.html", form, **context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sessions(request):
    """Where one is signed in; outside of organizations, as the sign-in is."""
    if request.method == "POST":
        only = id_in(request.POST.get("session", ""))
        count = end_chosen_sessions(request.user, besides=request.session.session_key, only=only)
        messages.success(request, _("Signed out there.") if count else _("There was nothing to end."))
        return redirect("account_sessions")
    found = UserSession.objects.purge_and_list(request.user)
    found.sort(key=lambda session: session.last_seen_at, reverse=True)
    context = {"sessions": found, "here": request.session.session_key}
    return render(request, "people/sessions.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires_role(Role.ADMIN)
def sign_in_rules(request, slug):
    """What the organization asks of its administrators when they sign in."""
    current = request.organization.requires_two_steps_of_admins
    form = SignInRulesForm(sent(request), initial={"requires_two_steps_of_admins": current})
    if saved(form, partial(ask_for_second_steps, actor=request.member)):
        return done(request, _("Saved."), "people:sign_in_rules")
    secured = Authenticator.objects.filter(type__in=SECOND_STEPS).values("user_id")
    lacking = Member.objects.active().filter(role=Role.ADMIN).exclude(user__in=secured).order_by("name", "pk")
    return show_form(request, "people/sign_in_rules.html", form, lacking=lacking)
