"""Links that open an agreement for people without an account: made, copied and stopped inside; opened outside."""

from functools import partial
from zoneinfo import ZoneInfo

from allauth.core.internal import ratelimit
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agreements import access, reporting
from agreements.forms.sharing import ShareForm
from agreements.models import SharedLink
from agreements.reporting.shared import SharedPage, link_row, links_of
from agreements.services.links import put_down_opening, revoke_link, share_agreement
from agreements.views.detail import number_in
from crm.views.answers import answered, done, saved, sent
from lib.tables import listing

OUTSIDE = {"X-Robots-Tag": "noindex, nofollow", "Referrer-Policy": "no-referrer"}


@require_http_methods(["GET", "HEAD", "POST"])
def links(request, slug, pk):
    """Every link of an agreement, the newest first, and the form that makes another one."""
    agreement = access.get_agreement_to_change(request.member, pk, on=request.today)
    form = ShareForm(sent(request), today=request.today, language=request.organization.language)
    act = {"actor": request.member, "agreement": agreement, "at": request.now}
    if saved(form, partial(share_agreement, **act)):
        return done(request, _("The link is made: copy its address below."), "agreements:links", pk)
    found = listing(links_of(agreement), request.GET, orders=["-created_at"])
    rows = [link_row(link, on=request.today) for link in found.page]
    context = {"agreement": agreement, "form": form, "listing": found, "rows": rows}
    return render(request, "agreements/links.html", context, status=422 if form.is_bound else 200)


@require_POST
def revoke(request, slug, pk, link_pk):
    """The link opens nothing any more."""
    link = access.get_link_to_change(request.member, pk, link_pk, on=request.today)
    act = partial(revoke_link, actor=request.member, link=link, at=request.now)
    return answered(request, act, _("The link for %s no longer works.") % link, "agreements:links", pk)


@sensitive_variables("token")
@require_safe
def shared(request, token):
    """The agreement as its link's reader may see it. A wrong token and a link that is over get the same answer."""
    if not ratelimit.consume(request, app="allauth.account", action="shared_page", limit_get=True):
        return ratelimit.handler429(request)
    at = timezone.now()
    with access.opened_link(token, at=at) as link:
        if link is None:
            return kept_apart(render(request, "agreements/link_is_over.html", status=404))
        put_down_opening(link, at=at)
        access.only_read_from_here_on()
        with timezone.override(ZoneInfo(link.organization.time_zone)), translation.override(link.language):
            return shown(request, link, on=timezone.localdate(at))


def shown(request, link: SharedLink, *, on):
    agreement, organization = link.agreement, link.organization
    (standing,) = reporting.standings_of([agreement], organization=organization, on=on)
    page = SharedPage(standing, organization.currency, customer_page=number_in(request, "customers"))
    context = {"page": page, "agreement": agreement, "link": link, "name": organization.name, "on": on}
    return kept_apart(render(request, "agreements/shared.html", context))


def kept_apart(response):
    """Found by no search engine; and where a link leads to is not told its address, which is the key."""
    for name, value in OUTSIDE.items():
        response.headers[name] = value
    return response
