"""Opens the organization named by the path, once, at the door."""

import zoneinfo
from contextlib import contextmanager
from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django_htmx.http import HttpResponseClientRedirect, HttpResponseClientRefresh
from django_scopes import scope

from lib import trace
from lib.dates import clock_of
from tenants.access import lacks_second_step
from tenants.doors import seats_of
from tenants.models import Member
from tenants.scope import bind

# First parts of paths that are not organizations; a slug may be none of them.
RESERVED = {"", "accounts", "api", "healthz", "metrics", "organizations", "readyz", "shared", "static", "unsubscribe"}
# Pages of a person, outside of every organization; all other reserved words are asked by machines.
PERSONAL = {"accounts", "organizations"}
USE_IS_KEPT_EVERY = timedelta(minutes=5)


def nothing_is_kept(get_response):
    """No answer is kept by the browser or on the way to it, refusals included; static files are answered before."""

    def answer(request):
        response = get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return answer


def last_use_is_kept(get_response):
    """For the list of one's own sessions: when each was last used, to a few minutes."""

    def answer(request):
        if request.session.session_key and request.user.is_authenticated:
            now = timezone.now()
            UserSession.objects.filter(
                session_key=request.session.session_key, last_seen_at__lt=now - USE_IS_KEPT_EVERY
            ).update(last_seen_at=now)
        return get_response(request)

    return answer


@contextmanager
def as_chosen_by(user, language: str):
    """In the language and with the clock that the person chose; else in this language, with its usual clock."""
    with translation.override(user.language or language), clock_of(user.time_format):
        yield


class OrganizationMiddleware:
    """One transaction around view and rendering, with both walls open for the caller's organization.

    A stranger and somebody who asks for an organization that does not exist get the same 404. Whatever fails is rolled
    back whole. `request.member` is read from the database on every request, so a removed person is out at once;
    `request.now` and `request.today` are the clock of this request, in the organization's time zone.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        slug = request.path_info.lstrip("/").split("/", 1)[0]
        if slug in PERSONAL and request.user.is_authenticated:
            with as_chosen_by(request.user, translation.get_language()):
                return self.get_response(request)
        if slug in RESERVED:
            return self.get_response(request)
        if not request.user.is_authenticated:
            return self.ask_to_sign_in(request)
        request.seats = seats_of(request.user.pk)
        seat = next((seat for seat in request.seats if seat.slug == slug), None)
        if seat is None:
            raise Http404
        return self.serve(request, seat)

    def ask_to_sign_in(self, request):
        """For htmx the whole page goes to the sign-in: inside a fragment it would be lost."""
        if request.htmx:
            return HttpResponseClientRefresh()
        return redirect_to_login(request.get_full_path())

    def ask_for_second_step(self, request):
        """Nothing opens to an administrator who owes a second step but the page to set one up."""
        url = f"{reverse('mfa_index')}?required"
        return HttpResponseClientRedirect(url) if request.htmx else redirect(url)

    def serve(self, request, seat):
        request.must_roll_back = False
        with transaction.atomic(), scope(organization=seat.organization_id):
            bind(seat.organization_id)
            request.member = Member.objects.select_related("organization", "user").get(pk=seat.member_id)
            organization = request.organization = request.member.organization
            trace.note(organization=organization.slug, member=request.member.pk)
            zone = zoneinfo.ZoneInfo(organization.time_zone)
            request.now = datetime.now(zone)
            request.today = request.now.date()
            with timezone.override(zone), as_chosen_by(request.member.user, organization.language):
                if lacks_second_step(request.member):
                    response = self.ask_for_second_step(request)
                else:
                    response = self.get_response(request)
            if request.must_roll_back or response.status_code >= 500:
                transaction.set_rollback(True)
            else:
                bind(None)
        return response

    def process_view(self, request, view, args, kwargs):
        """An address such as /accounts/goals/ looks like one of an organization, and there is none."""
        if "slug" in kwargs and not hasattr(request, "member"):
            raise Http404

    def process_exception(self, request, exception):
        request.must_roll_back = True
