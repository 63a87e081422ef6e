"""Saved segments: all of them, a new one, one with what uses it."""

from functools import partial

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.services.rows import fingerprint
from crm.views.answers import done, is_to_be_saved, saved, show_form
from lib.htmx import render_page
from metrics import services
from metrics.access import get_saved_segment
from metrics.conditions import typed_of
from metrics.conditions.builder import KEEPERS
from metrics.forms import SavedSegmentForm
from metrics.models import SavedSegment
from metrics.segments import users
from metrics.segments.saved import ABOUT
from metrics.views.builder import furnish
from tenants.access import requires_role


@require_safe
@requires_role(*KEEPERS)
def saved_segments(request, slug):
    rows = [(row, ABOUT.get(row.stream, row.stream)) for row in SavedSegment.objects.all()]
    context = {
        "used": [(row, about) for row, about in rows if row.is_active],
        "away": [(row, about) for row, about in rows if not row.is_active],
    }
    return render_page(request, "metrics/saved_segments.html", context, fragment="rows")


@require_http_methods(["GET", "HEAD", "POST"])
@requires_role(*KEEPERS)
def new_saved_segment(request, slug):
    data = request.POST if request.method == "POST" else request.GET
    form = SavedSegmentForm(data, is_sent=is_to_be_saved(request), member=request.member, on=request.today, kept=None)
    furnish(request, form.conditions)
    made = saved(form, partial(services.add_saved_segment, actor=request.member))
    if made:
        return done(request, _("%s is added.") % made, "metrics:saved_segments")
    return show_form(request, "metrics/saved_segment.html", form, url=reverse("metrics:new_saved_segment", args=[slug]))


@require_http_methods(["GET", "HEAD", "POST"])
@requires_role(*KEEPERS)
def edit_saved_segment(request, slug, pk):
    """Its name and its conditions, with what uses it: that counts other conditions from a day on."""
    kept = get_saved_segment(pk)
    uses = users.uses_of(kept, request.member, on=request.today)
    form = form_of(request, kept, is_used=bool(uses))
    furnish(request, form.conditions)
    change = partial(services.change_saved_segment, actor=request.member, saved=kept, on=request.today)
    if saved(form, change):
        return done(request, _("%s is saved.") % form.cleaned_data["name"], "metrics:saved_segments")
    url = reverse("metrics:edit_saved_segment", args=[slug, pk])
    return show_form(request, "metrics/saved_segment.html", form, url=url, kept=kept, uses=uses)


def form_of(request, kept: SavedSegment, *, is_used: bool) -> SavedSegmentForm:
    """The form as it was sent or, when the page is opened, with what is kept."""
    data, seen = request.POST, request.POST.get("seen", "")
    if request.method != "POST":
        data, seen = typed_of(kept.tree), fingerprint(kept)
        data["name"], data["from_on"] = kept.name, request.today.isoformat()
    return SavedSegmentForm(
        data, is_sent=is_to_be_saved(request), member=request.member, on=request.today, kept=kept, seen=seen,
        is_used=is_used,
    )  # fmt: skip


@require_POST
@requires_role(*KEEPERS)
def keep_saved_segment(request, slug, pk):
    """Puts it away, or brings it back."""
    kept = get_saved_segment(pk)
    if request.POST.get("do") == "back":
        services.bring_back_saved_segment(actor=request.member, saved=kept)
        return done(request, _("%s is in use again.") % kept, "metrics:saved_segments")
    if request.POST.get("do") == "away":
        services.put_away_saved_segment(actor=request.member, saved=kept)
        return done(request, _("%s is put away. What uses it goes on.") % kept, "metrics:saved_segments")
    raise Http404
