"""Invitations: sent, sent again and withdrawn inside an organization, accepted from outside."""

from functools import partial

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from crm.views.answers import answered, saved, sent, show_form
from people.access import account_of, get_invitation, may_invite, opened_invitation
from people.forms.members import AcceptForm, InviteForm
from people.services.invitations import Sent, accept_invitation, invite, resend_invitation, withdraw_invitation
from people.views.sign_up import come_in
from tenants.access import requires_role
from tenants.models import Role
from tenants.refusals import Refused

INVITERS = (Role.ADMIN, Role.MANAGER)


@require_http_methods(["GET", "HEAD", "POST"])
@requires_role(*INVITERS)
def new(request, slug):
    form = InviteForm(sent(request), member=request.member)
    outcome = saved(form, partial(invite, actor=request.member, at=request.now))
    if outcome is None:
        return show_form(request, "people/invite.html", form, may_invite=may_invite(request.member))
    tell(request, outcome)
    return redirect("people:members", slug)


def tell(request, outcome: Sent) -> None:
    """How many were invited, and who was not."""
    count = len(outcome.invitations)
    if count:
        messages.success(request, ngettext("%d person is invited.", "%d people are invited.", count) % count)
    if outcome.refused:
        messages.warning(request, " ".join([_("Not invited:"), *outcome.refused]))


@require_POST
@requires_role(*INVITERS)
def resend(request, slug, pk):
    invitation = get_invitation(request.member, pk)
    act = partial(resend_invitation, actor=request.member, invitation=invitation, at=request.now)
    return answered(request, act, _("The invitation goes to %s again.") % invitation.email, "people:members")


@require_POST
@requires_role(*INVITERS)
def withdraw(request, slug, pk):
    invitation = get_invitation(request.member, pk)
    act = partial(withdraw_invitation, actor=request.member, invitation=invitation, at=request.now)
    return answered(request, act, _("The invitation of %s is withdrawn.") % invitation.email, "people:members")


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def accept(request, token):
    """Whoever comes with the link of the mail. A wrong token and one that is over get the same answer."""
    at = timezone.now()
    with opened_invitation(token, at=at) as invitation:
        if invitation is None:
            return render(request, "people/link_is_over.html", status=404)
        with translation.override(invitation.organization.language):
            owner = account_of(invitation.email)
            if owner or request.user.is_authenticated:
                member, answer = join(request, invitation, owner, at=at)
            else:
                member, answer = arrive(request, invitation, at=at)
        if member is None:
            return answer
    return come_in(request, member.user, f"/{invitation.organization.slug}/")


def arrive(request, invitation, *, at):
    """Somebody new, who chooses a password."""
    form = AcceptForm(sent(request), invitation=invitation)
    member = saved(form, partial(accept_invitation, invitation=invitation, user=None, at=at))
    return member, None if member else show_form(request, "people/accept.html", form, invitation=invitation)


def join(request, invitation, owner, *, at):
    """Somebody who has an account: signed in, one press; else they sign in first."""
    is_theirs = owner is not None and owner == request.user
    sentence = ""
    if is_theirs and request.method == "POST":
        try:
            return accept_invitation(invitation=invitation, user=owner, at=at), None
        except Refused as refusal:
            sentence = str(refusal)
    context = {"invitation": invitation, "is_theirs": is_theirs, "sentence": sentence}
    status = 200 if request.method != "POST" else 422 if is_theirs else 403
    return None, render(request, "people/join.html", context, status=status)
