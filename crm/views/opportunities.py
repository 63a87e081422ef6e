"""Opportunities on their way through a pipeline."""

from functools import partial

from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.access import get_opportunity, get_opportunity_to_change, get_stage, may_change
from crm.forms.opportunities import ClosingForm, OpportunityForm
from crm.models import Pipeline, Stage
from crm.models.opportunities import StageKind
from crm.reporting import board, journey_of, shares_of
from crm.services.opportunities import add_opportunity, correct_opportunity, delete_opportunity, move_opportunity
from crm.services.rows import fingerprint
from crm.views.answers import answered, done, saved, search_of, sent, show_form
from lib.numbers import id_in
from tenants.access import WRITERS, people_of, requires_role, writes


def form_of(request, **options):
    companies = search_of(request, "company")
    return OpportunityForm(sent(request), member=request.member, today=request.today, companies=companies, **options)


@require_safe
def opportunities(request, slug):
    pipelines = list(Pipeline.objects.order_by("pk"))
    chosen = id_in(request.GET.get("pipeline", ""))
    pipeline = next((pipeline for pipeline in pipelines if pipeline.pk == chosen), pipelines[0] if pipelines else None)
    people = people_of(request.member, on=request.today)
    owner = people.filter(pk=id_in(request.GET.get("owner", ""))).first()
    context = {"pipelines": pipelines, "people": people, "owner": owner}
    if pipeline:
        context["board"] = board(pipeline, request.member, on=request.today, owner=owner)
    return render(request, "crm/opportunities.html", context)


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


@require_POST
@writes
def move(request, slug, pk, stage_pk):
    """To an open stage at once; a won or lost one asks for the day first (`close`)."""
    found = get_opportunity_to_change(request.member, pk, on=request.today)
    stage = get_stage(stage_pk)
    if stage.kind != StageKind.OPEN:
        raise Http404
    today = request.today
    act = partial(move_opportunity, actor=request.member, opportunity=found, stage=stage, on=today, today=today)
    sentence = _("%(name)s: %(stage)s.") % {"name": found, "stage": stage}
    return answered(request, act, sentence, "crm:opportunities")


@require_http_methods(["GET", "HEAD", "POST"])
@writes
def close(request, slug, pk, stage_pk):
    """Wins or loses an opportunity on a day."""
    found = get_opportunity_to_change(request.member, pk, on=request.today)
    stage = get_stage(stage_pk)
    if stage.kind == StageKind.OPEN:
        raise Http404
    form = ClosingForm(sent(request), initial={"closed_on": found.won_on or found.lost_on or request.today})

    def finish(closed_on):
        today = request.today
        return move_opportunity(actor=request.member, opportunity=found, stage=stage, on=closed_on, today=today)

    if saved(form, finish):
        return done(request, _("%(name)s: %(stage)s.") % {"name": found, "stage": stage}, "crm:opportunity", pk)
    return show_form(request, "crm/closing_form.html", form, opportunity=found, stage=stage)


@require_POST
@writes
def drop_opportunity(request, slug, pk):
    found = get_opportunity_to_change(request.member, pk, on=request.today)
    delete = partial(delete_opportunity, actor=request.member, opportunity=found)
    return answered(request, delete, _("The opportunity is deleted."), "crm:opportunities")
