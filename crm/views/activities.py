"""Logging what one did: one tap for the kind, one to save."""

from datetime import date
from functools import partial
from urllib.parse import urlencode

from django.contrib import messages
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.access import activities_seen_by, get_activity_to_change, get_kind, owners_changed_by
from crm.filters.activities import ActivityFilter
from crm.forms.activities import ActivitiesForm, ActivityForm, CheckInForm
from crm.models import ActivityKind
from crm.reporting import companies_at_hand
from crm.reporting.activities import DAY, MONTH, SHOWN_A_DAY, WEEK, calendar_of
from crm.services.activities import change_activities, correct_activity, delete_activity, log_activity
from crm.services.rows import fingerprint
from crm.tables.activities import ACTIVITIES
from crm.views.answers import answered, chosen_owner, done, kept_words, saved, search_of, sent, show_form
from crm.views.lists import Bulk, Empty, change_chosen, show_list
from lib.dates import period_label
from lib.forms import FIRST_DAY, LAST_DAY
from tenants.access import WRITERS, people_of, requires_role, writes
from tenants.models import Role

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


def day_in(text: str):
    """The day that an address names; None where it names none that a fact can be of."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_DAY <= day <= LAST_DAY else None


@require_safe
def activities(request, slug):
    rows = activities_seen_by(request.member, on=request.today).select_related("contact")
    empty = Empty(
        "footprints", _("Nothing logged yet"), _("Visits, calls and whatever else people do stands here."),
        reverse("crm:log", args=[slug]), _("Log an activity"),
    )  # fmt: skip
    bulk = None
    if request.member.role != Role.VIEWER:
        bulk = Bulk(ActivitiesForm(), reverse("crm:change_activities", args=[slug]), _("Change these activities"))
    return show_list(
        request, "crm/activities.html", table=ACTIVITIES, filters=ActivityFilter, rows=rows, empty=empty,
        bulk=bulk, calendar_query=kept_words(request, "owner"),
    )  # fmt: skip


@require_POST
@writes
def change_several_activities(request, slug):
    """Gives the chosen activities another outcome."""
    seen = activities_seen_by(request.member, on=request.today)

    def change(pks, values):
        return change_activities(actor=request.member, pks=pks, today=request.today, **values)

    form = ActivitiesForm(request.POST)
    return change_chosen(request, page="crm:activities", filters=ActivityFilter, rows=seen, form=form, change=change)


@require_safe
def calendar(request, slug):
    """A month, a week or a day of activities."""
    view = request.GET.get("view") if request.GET.get("view") in SHOWN_A_DAY else MONTH
    around, owner = day_in(request.GET.get("on", "")) or request.today, chosen_owner(request)
    week_start = request.organization.week_start
    shown = calendar_of(view, around, request.member, on=request.today, week_start=week_start, owner=owner)
    context = {
        "calendar": shown, "around": around, "owner": owner, "query": urlencode({"owner": owner.pk}) if owner else "",
        "people": people_of(request.member, on=request.today),
        "views": [(MONTH, _("Month")), (WEEK, _("Week")), (DAY, _("Day"))],
        "label": period_label(shown.period, get_language() or "en"),
        "movable": owners_changed_by(request.member, on=request.today),
    }  # fmt: skip
    return render(request, "crm/calendar.html", context)


@require_safe
def log(request, slug):
    own = activities_seen_by(request.member, on=request.today).filter(owner=request.member)
    context = {
        "kinds": ActivityKind.objects.filter(is_active=True),
        "activities": own.order_by("-at", "-pk")[:LATEST],
        "query": kept_words(request, "company", "day"),
    }
    return render(request, "crm/log.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires_role(*WRITERS)
def log_kind(request, slug, key):
    kind = get_kind(key)
    day = min(day_in(request.GET.get("day", "")) or request.today, request.today)
    form = form_of(request, kind, initial={"day": day, "company": likely_company(request)})
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
