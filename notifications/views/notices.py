"""Notices: the list, the bell, how one is told; and the link in a mail that stops mails of its kind."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from lib import live
from lib.htmx import render_page
from lib.tables import listing
from notifications import access, catalogue, events, services, unsubscribing
from notifications.context import bell_of
from notifications.forms import PreferencesForm
from notifications.models import Notice
from notifications.reporting import preferences_of
from tenants.models import Member, Organization
from tenants.scope import open_organization


@require_safe
def notices(request, slug):
    """What the reader has been told, the newest first; ?show=unread leaves out what is read."""
    told = Notice.objects.of(request.member)
    is_narrow = request.GET.get("show") == "unread"
    found = listing(told.unread() if is_narrow else told, request.GET, orders=["-at"], per_page=30)
    context = {"listing": found, "is_narrow": is_narrow, "unread": told.unread().count()}
    return render_page(request, "notifications/notices.html", context, fragment="list")


@require_safe
def bell(request, slug):
    """The bell alone, asked for when the notices have changed; ?seen= is what it showed before."""
    bell, seen = bell_of(request), request.GET.get("seen", "")
    is_more = seen.isascii() and seen.isdigit() and len(seen) < 9 and bell["count"] > int(seen)
    return render(request, "notifications/bell_news.html", {"bell": bell, "is_more": is_more})


@require_GET
def stream(request, slug):
    """Server-sent events, one whenever the reader's notices have changed."""
    return live.answer(events.stream(request.member))


@require_POST
def open_notice(request, slug, pk):
    """Marks a notice as read and goes where it points to."""
    notice = access.notice_of(request.member, pk)
    services.read_notice(actor=request.member, notice=notice, at=request.now)
    is_inside = notice.url.startswith("/") and url_has_allowed_host_and_scheme(notice.url, allowed_hosts=None)
    return redirect(notice.url) if is_inside else redirect("notifications:notices", slug)


@require_POST
def read_all(request, slug):
    """Marks everything as read."""
    if services.read_all_notices(actor=request.member, at=request.now):
        messages.success(request, _("All notices are marked as read."))
    return redirect("notifications:notices", slug)


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request, slug):
    """How the reader wants to be told."""
    typed = request.POST if request.method == "POST" else None
    form = PreferencesForm(typed, initial=preferences_of(request.member))
    if form.is_bound and form.is_valid():
        services.set_preferences(actor=request.member, at=request.now, **form.values())
        messages.success(request, _("From now on you are told as you have chosen."))
        return redirect("notifications:preferences", slug)
    context = {"form": form, "rows": form.rows(), "address": request.member.user.email}
    return render(request, "notifications/preferences.html", context, status=422 if form.is_bound else 200)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request, token):
    """Stops mails of one kind for whoever the link was made for. A GET only asks; a POST works without a cookie, so
    that mail programs can do it with one click (RFC 8058): the signed link is the proof."""
    if to_address := unsubscribing.read_address(token):
        return stop_for_address(request, to_address)
    link = unsubscribing.read(token)
    if link is None:
        raise Http404
    with open_organization(link.organization_id):
        member = Member.objects.select_related("user").filter(pk=link.member_id).first()
        if member is None:
            raise Http404
        if request.method == "POST":
            services.stop_mails(member=member, kind=link.kind)
        organization = Organization.objects.get()
        with translation.override(member.user.language or organization.language):
            context = {"kind": catalogue.label(link.kind), "name": organization.name, "slug": organization.slug}
            return render(request, "notifications/unsubscribe.html", context | {"is_done": request.method == "POST"})


def stop_for_address(request, link: unsubscribing.AddressLink):
    """The same for somebody without an account, whose address the link vouches for."""
    with open_organization(link.organization_id):
        if request.method == "POST":
            services.stop_topic(address=link.address, topic=link.topic)
        organization = Organization.objects.get()
        with translation.override(link.language):
            context = {
                "kind": catalogue.label(link.kind), "name": organization.name, "is_for_address": True,
                "subject": services.last_subject_of(topic=link.topic, address=link.address),
            }  # fmt: skip
            return render(request, "notifications/unsubscribe.html", context | {"is_done": request.method == "POST"})
