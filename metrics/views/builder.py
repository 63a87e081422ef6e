"""What a form of conditions asks as one fills it in: what would have counted, and records to choose from."""

from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.refusals import Refused
from crm.views.answers import typed
from lib.htmx import wants_fragment
from lib.numbers import id_in
from metrics import own_measures, preview
from metrics.conditions import Conditions
from metrics.conditions.choices import Choices
from metrics.conditions.layout import number_in
from metrics.conditions.texts import offered
from metrics.measures import STREAMS, UnknownMeasure
from metrics.segments import custom_fields_of, fields_of
from metrics.segments.fields import Kind
from metrics.segments.references import REFERENCES
from metrics.segments.saved import ABOUT, stream_of
from metrics.services import keep_conditions
from tenants.access import WRITERS, requires_role


@require_POST
@requires_role(*WRITERS)
def count(request, slug):
    """The conditions of a form in words, and what they would have counted over the last full period; what is wrong
    with one goes to its row."""
    conditions = conditions_in(request)
    answer = {"preview": previewed(request, conditions), "rows": conditions.told_at_once()}
    return render(request, "metrics/counted.html", answer)


def conditions_in(request) -> Conditions:
    """The conditions of whatever form was sent: of a measure or, for a saved segment, about some sort of fact."""
    about = request.POST.get("about", "")
    try:
        counted = own_measures.find(request.POST.get("measure", "")).measure
    except UnknownMeasure:
        counted = None
    if about not in ABOUT and counted is None:
        raise Http404
    stream_key = stream_of(about) if about in ABOUT else counted.stream.key
    return Conditions(request.POST, stream_key, is_sent=True, member=request.member, on=request.today)


def previewed(request, conditions: Conditions) -> preview.Preview:
    about, data = request.POST.get("about", ""), request.POST
    if about in ABOUT:
        return preview.preview_about(about, conditions, data, member=request.member, on=request.today)
    return preview.preview_of(conditions, data, member=request.member, on=request.today)


def furnish(request, conditions: Conditions) -> None:
    """Whatever a form of conditions needs before it is drawn: keeps them under a name if that was asked; without
    script, counts what the page will not ask for itself."""
    if conditions.asks_to_keep:
        keep_if_right(request, conditions)
    is_plain = request.method == "POST" and not wants_fragment(request)
    if is_plain and conditions.rows and conditions.member:
        try:
            conditions.preview = previewed(request, conditions)
        except (UnknownMeasure, Http404):
            conditions.preview = preview.Preview("incomplete")


def keep_if_right(request, conditions: Conditions) -> None:
    """Keeps the conditions and shows the saved segment in their place, or says why not."""
    if conditions.is_wrong():
        conditions.keep_errors = [_("Mend the conditions first.")]
        return
    try:
        kept = keep_conditions(
            actor=request.member, name=conditions.keep_as, tree=conditions.tree, stream_key=conditions.stream_key
        )
    except Refused as refusal:
        conditions.keep_errors = [str(refusal)]
    else:
        conditions.show_kept(kept)


@require_safe
@requires_role(*WRITERS)
def choices(request, slug):
    """What the search of a condition finds: options or, for several, boxes to tick below those ticked already."""
    table = request.GET.get("of", "company")
    if table not in REFERENCES:
        raise Http404
    offer = Choices(request.member, request.today)
    name = f"condition-{number_in(request.GET.get('row', '')) or 0}-value"
    ticked = {pk for value in request.GET.getlist(name) if (pk := id_in(value)) is not None}
    chosen = offer.chosen(table, ticked)
    found = [choice for choice in offer.found(table, typed(request, "q")) if choice not in chosen]
    is_several = "several" in request.GET
    return render(
        request, "metrics/choices.html", {"name": name if is_several else "", "chosen": chosen, "found": found}
    )


@require_safe
@requires_role(*WRITERS)
def texts(request, slug):
    """What can be typed for a field, as options: the texts that records hold by now."""
    stream_key, name = request.GET.get("stream", "sale"), request.GET.get("field", "company.country")
    if stream_key not in STREAMS:
        raise Http404
    asked = (fields_of(stream_key) | custom_fields_of(stream_key)).get(name)
    if asked is None or asked.kind not in (Kind.TEXT, Kind.TAGS):
        raise Http404
    typed_there = typed(request, f"condition-{number_in(request.GET.get('row', '')) or 0}-value")
    offer, several = Choices(request.member, request.today), "several" in request.GET
    return render(
        request, "metrics/texts.html",
        {"texts": offered(asked, stream_key, typed_there, choices=offer, several=several)},
    )  # fmt: skip
