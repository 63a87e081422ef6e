"""Opportunities on their way through a pipeline."""

from functools import partial

from django.contrib import messages
from django.db.models import F
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import reswap, retarget

from crm.access import (
    get_last_stage,
    get_open_stage,
    get_opportunity,
    get_opportunity_to_change,
    get_stage,
    may_change,
    opportunities_seen_by,
    owners_changed_by,
)
from crm.filters.opportunities import OpportunityFilter
from crm.forms.opportunities import ClosingForm, OpportunitiesForm, OpportunityForm
from crm.models import Pipeline, Stage
from crm.refusals import Refused
from crm.reporting import board, further_cards, heads, journey_of, shares_of
from crm.services.opportunities import (
    add_opportunity,
    change_opportunities,
    correct_opportunity,
    delete_opportunity,
    move_opportunity,
)
from crm.services.rows import fingerprint
from crm.tables.opportunities import opportunities_table
from crm.views.answers import answered, chosen_owner, done, kept_words, saved, search_of, sent, show_form
from crm.views.lists import Bulk, Empty, change_chosen, next_thing, show_list
from lib.htmx import render_page, wants_fragment
from lib.numbers import id_in
from tenants.access import WRITERS, people_of, requires_role, writes
from tenants.models import Role


def form_of(request, **options):
    companies = search_of(request, "company")
    return OpportunityForm(sent(request), member=request.member, today=request.today, companies=companies, **options)


@require_safe
def opportunities(request, slug):
    """The board of a pipeline."""
    pipelines = list(Pipeline.objects.order_by("-is_active", "position", "pk"))
    chosen = id_in(request.GET.get("pipeline", ""))
    pipeline = next((pipeline for pipeline in pipelines if pipeline.pk == chosen), pipelines[0] if pipelines else None)
    context = {
        "pipelines": pipelines, "people": people_of(request.member, on=request.today),
        "movable": owners_changed_by(request.member, on=request.today),
        "query": kept_words(request, "pipeline", "owner"),
    }  # fmt: skip
    if pipeline:
        context["board"] = board(pipeline, request.member, on=request.today, owner=chosen_owner(request))
    return render(request, "crm/opportunities.html", context)


@require_safe
def opportunity_list(request, slug):
    seen = opportunities_seen_by(request.member, on=request.today).select_related("pipeline")
    empty = Empty(
        "handshake", _("No opportunities yet"), _("A sale that may come is an opportunity: add the first."),
        *next_thing(request, ("crm:new_opportunity", _("Add an opportunity"), WRITERS)),
    )  # fmt: skip
    bulk = None
    if request.member.role != Role.VIEWER:
        form = OpportunitiesForm(member=request.member, today=request.today)
        bulk = Bulk(form, reverse("crm:change_opportunities", args=[slug]), _("Change these opportunities"))
    return show_list(
        request, "crm/opportunity_list.html", table=opportunities_table(), filters=OpportunityFilter,
        rows=seen.annotate(weight=F("amount") * F("probability_percent")), empty=empty, bulk=bulk,
        board_query=kept_words(request, "pipeline", "owner"),
    )  # fmt: skip


@require_POST
@writes
def change_several_opportunities(request, slug):
    """Gives the chosen opportunities another person, stage or expected day."""
    form = OpportunitiesForm(request.POST, member=request.member, today=request.today)
    seen = opportunities_seen_by(request.member, on=request.today)

    def change(pks, values):
        return change_opportunities(actor=request.member, pks=pks, today=request.today, values=values)

    page = "crm:opportunity_list"
    return change_chosen(request, page=page, filters=OpportunityFilter, rows=seen, form=form, change=change)


@require_safe
def board_column(request, slug, stage_pk):
    """Further cards of a column, behind those that the address says are shown already."""
    stage, after = get_stage(stage_pk), id_in(request.GET.get("after", "")) or 0
    owner = chosen_owner(request)
    column = further_cards(stage, request.member, on=request.today, owner=owner, after=after)
    context = {"column": column, "owner": owner, "movable": owners_changed_by(request.member, on=request.today)}
    return render(request, "crm/board_cards.html", context)


@require_safe
def opportunity(request, slug, pk):
    found = get_opportunity(request.member, pk, on=request.today)
    stages = Stage.objects.filter(pipeline=found.pipeline_id)
    context = {
        "opportunity": found, "stages": stages, "shares": shares_of(found),
        "stays": journey_of(found, on=request.today),
        "may_change": may_change(request.member, found, on=request.today),
    }  # fmt: skip
    return render(request, "crm/opportunity.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires_role(*WRITERS)
def new_opportunity(request, slug):
    initial = {
        "created_on": request.today, "owner": request.member.pk, "currency": request.organization.currency,
        "company": request.GET.get("company"),
    }  # fmt: skip
    form = form_of(request, initial=initial)
    made = saved(form, partial(add_opportunity, actor=request.member, today=request.today))
    if made:
        return done(request, _("%s is added.") % made, "crm:opportunity", made.pk)
    return show_form(request, "crm/opportunity_form.html", form)


@require_http_methods(["GET", "HEAD", "POST"])
@writes
def edit_opportunity(request, slug, pk):
    found = get_opportunity_to_change(request.member, pk, on=request.today)
    form = form_of(request, instance=found, initial={"seen": fingerprint(found)})
    if saved(form, partial(correct_opportunity, actor=request.member, opportunity=found, today=request.today)):
        return done(request, _("The opportunity is saved."), "crm:opportunity", pk)
    return show_form(request, "crm/opportunity_form.html", form, opportunity=found)


def moved_on_board(request, opportunity):
    """The card in its new column, with what the heads of all columns say now."""
    columns = heads(opportunity.pipeline_id, request.member, on=request.today, owner=chosen_owner(request))
    movable = owners_changed_by(request.member, on=request.today)
    return render(request, "crm/board_moved.html", {"opportunity": opportunity, "columns": columns, "movable": movable})


def refused_on_board(request, refusal):
    """The board puts the card back where it was, and says why."""
    messages.error(request, str(refusal))
    return reswap(render(request, "crm/board_refused.html", status=422), "none")


@require_POST
@writes
def move(request, slug, pk, stage_pk):
    """To an open stage at once; a won or lost one asks for the day first (`close`)."""
    found = get_opportunity_to_change(request.member, pk, on=request.today)
    stage, today = get_open_stage(stage_pk), request.today
    act = partial(move_opportunity, actor=request.member, opportunity=found, stage=stage, on=today, today=today)
    sentence = _("%(name)s: %(stage)s.") % {"name": found, "stage": stage}
    if not wants_fragment(request):
        return answered(request, act, sentence, "crm:opportunities")
    try:
        act()
    except Refused as refusal:
        return refused_on_board(request, refusal)
    messages.success(request, sentence)
    return moved_on_board(request, get_opportunity(request.member, pk, on=request.today))


@require_http_methods(["GET", "HEAD", "POST"])
@writes
def close(request, slug, pk, stage_pk):
    """Wins or loses an opportunity on a day; asked for on a page of its own, or over the board."""
    found = get_opportunity_to_change(request.member, pk, on=request.today)
    stage, today = get_last_stage(stage_pk), request.today
    form = ClosingForm(sent(request), initial={"closed_on": found.won_on or found.lost_on or today})
    finish = partial(move_opportunity, actor=request.member, opportunity=found, stage=stage, today=today)
    sentence = _("%(name)s: %(stage)s.") % {"name": found, "stage": stage}
    if saved(form, finish):
        if not wants_fragment(request):
            return done(request, sentence, "crm:opportunity", pk)
        messages.success(request, sentence)
        return moved_on_board(request, get_opportunity(request.member, pk, on=today))
    context = {"form": form, "opportunity": found, "stage": stage, "address": request.get_full_path()}
    status = 422 if form.is_bound else 200
    page = render_page(request, "crm/closing_form.html", context, fragment="closing", status=status)
    return retarget(reswap(page, "innerHTML"), "#closing") if wants_fragment(request) else page


@require_POST
@writes
def drop_opportunity(request, slug, pk):
    found = get_opportunity_to_change(request.member, pk, on=request.today)
    delete = partial(delete_opportunity, actor=request.member, opportunity=found)
    return answered(request, delete, _("The opportunity is deleted."), "crm:opportunities")
