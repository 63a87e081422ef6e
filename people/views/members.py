"""Who is in the organization. Administrators see and change everybody, managers see their people."""

from functools import partial

from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.services.rows import fingerprint
from crm.views.answers import answered, done, saved, sent, show_form
from lib.htmx import render_page
from lib.tables import listing
from people.access import get_member, may_invite
from people.filters import MemberFilter
from people.forms.members import MemberForm
from people.reporting.members import invitations_waiting, members_seen_by
from people.services.members import deactivate_member, edit_member, reactivate_member
from tenants.access import requires_role
from tenants.models import Role, Team


@require_safe
@requires_role(Role.ADMIN, Role.MANAGER)
def members(request, slug):
    seen = members_seen_by(request.member, on=request.today)
    narrowed = MemberFilter(request.GET, seen, request=request)
    context = {
        "filter": narrowed,
        "listing": listing(narrowed.qs, request.GET, orders=["name"]),
        "waiting": invitations_waiting(request.member, at=request.now),
        "may_invite": may_invite(request.member),
    }
    return render_page(request, "people/members.html", context, fragment="list")


@require_http_methods(["GET", "HEAD", "POST"])
@requires_role(Role.ADMIN)
def edit(request, slug, pk):
    found = get_member(request.member, pk, on=request.today)
    form = MemberForm(sent(request), instance=found, initial={"seen": fingerprint(found)})
    if saved(form, partial(edit_member, actor=request.member, member=found)):
        return done(request, _("%s is saved.") % found.name, "people:members")
    managed = Team.objects.filter(manager=found).order_by("name")
    return show_form(request, "people/member_form.html", form, person=found, managed=managed)


@require_POST
@requires_role(Role.ADMIN)
def deactivate(request, slug, pk):
    found = get_member(request.member, pk, on=request.today)
    act = partial(deactivate_member, actor=request.member, member=found)
    return answered(request, act, _("%s cannot sign in here any more.") % found.name, "people:edit_member", pk)


@require_POST
@requires_role(Role.ADMIN)
def reactivate(request, slug, pk):
    found = get_member(request.member, pk, on=request.today)
    act = partial(reactivate_member, actor=request.member, member=found)
    return answered(request, act, _("%s can sign in here again.") % found.name, "people:edit_member", pk)
