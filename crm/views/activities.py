"""Logging what one did: one tap for the kind, one to save."""

from functools import partial

from django.contrib import messages
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.access import activities_seen_by, get_activity_to_change, get_kind
from crm.forms.activities import ActivityForm, CheckInForm
from crm.models import ActivityKind
from crm.reporting import companies_at_hand
from crm.services.activities import correct_activity, delete_activity, log_activity
from crm.services.rows import fingerprint
from crm.views.answers import answered, done, saved, search_of, sent, show_form
from tenants.access import WRITERS, requires_role, writes

LATEST = 10


def form_of(request, kind, **options):
    """The form for activities of this kind; one that needs the position asks for it when something new is logged."""
    form_class = CheckInForm if kind.needs_position and "instance" not in options else ActivityForm
    companies = search_of(request, "company")
    return form_class(sent(request), member=request.member, now=request.now, kind=kind, companies=companies, **options)


def likely_company(request):
    """The company that the address names, else the one where the person was last."""
    named = request.GET.get("company", "")
    return named or next((company.pk for company in companies_at_hand(request.member)), None)


@require_safe
def log(request, slug):
    own = activities_seen_by(request.member, on=request.today).filter(owner=request.member)
    context = {
        "kinds": ActivityKind.objects.filter(is_active=True),
        "activities": own.order_by("-at", "-pk")[:LATEST],
        "company": request.GET.get("company", ""),
    }
    return render(request, "crm/log.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires_role(*WRITERS)
def log_kind(request, slug, key):
    kind = get_kind(key)
    form = form_of(request, kind, initial={"day": request.today, "company": likely_company(request)})
    log_it = partial(log_activity, actor=request.member, owner=request.member, kind=kind, now=request.now)
    made = saved(form, log_it)
    if made:
        sentence = render_to_string("crm/logged.html", {"activity": made}, request)
        messages.success(request, sentence)
        return redirect("crm:log", slug)
    return show_form(request, "crm/activity_form.html", form, kind=kind)


@require_http_methods(["GET", "HEAD", "POST"])
@writes
def edit_activity(request, slug, pk):
    activity = get_activity_to_change(request.member, pk, on=request.today)
    form = form_of(request, activity.kind, instance=activity, initial={"seen": fingerprint(activity)})
    correct = partial(correct_activity, actor=request.member, activity=activity, now=request.now)
    if saved(form, correct):
        return done(request, _("The activity is saved."), "crm:log")
    return show_form(request, "crm/activity_form.html", form, kind=activity.kind, activity=activity)


@require_POST
@writes
def drop_activity(request, slug, pk):
    activity = get_activity_to_change(request.member, pk, on=request.today)
    delete = partial(delete_activity, actor=request.member, activity=activity)
    return answered(request, delete, _("The activity is deleted."), "crm:log")
