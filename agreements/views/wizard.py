"""Agreements are written in steps; what they say is kept as a draft until it is agreed on."""

from dataclasses import replace
from functools import partial
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from agreements import reporting, services
from agreements.access import AUTHORS, get_agreement, get_agreement_to_change, get_own_draft, may_change
from agreements.days import following
from agreements.forms.steps import REVIEW, Wizard, Writing, steps_of, summaries_of
from agreements.models import Agreement, Draft
from crm.views.answers import answered, done
from lib.htmx import render_page
from lib.numbers import id_in
from lib.periods import Period
from tenants.access import requires_role

LEAVES = ("leave", "next", "enter")


@require_http_methods(["GET", "HEAD", "POST"])
@requires_role(*AUTHORS)
def new(request, slug):
    """The first step of a new agreement; a draft begins when it is right, or put aside."""
    key = key_in(request.POST.get("key", "")) or uuid4()
    wizard = Wizard(Writing(Draft(key=key, changed_at=request.now), request.member, request.today))
    if request.method != "POST":
        return show_step(request, wizard, "configuration", wizard.form("configuration"))
    if not goes_on(request):
        return redrawn(request, wizard, "configuration")
    form = wizard.form("configuration", request.POST, is_sent=True)
    if not form.is_valid() and request.POST.get("do") != "leave":
        return show_step(request, wizard, "configuration", form)
    try:
        draft = services.begin_draft(actor=request.member, key=str(key), at=request.now)
    except services.Refused as refused:
        return refuse(request, wizard, "configuration", refused)
    wizard = Wizard(Writing(draft, request.member, request.today))
    return kept(request, wizard, "configuration", draft.version)


@require_http_methods(["GET", "HEAD", "POST"])
@requires_role(*AUTHORS)
def step(request, slug, pk, step):
    """A step of a draft. What was typed is kept when the step is left, right or wrong."""
    draft = get_own_draft(request.member, pk, on=request.today)
    wizard = Wizard(Writing(draft, request.member, request.today))
    if step not in wizard.names:
        raise Http404
    if request.method == "POST":
        return kept(request, wizard, step, version_in(request)) if goes_on(request) else redrawn(request, wizard, step)
    if not wizard.is_open(step):
        return redirect(address_of(wizard.first_wrong), slug, pk)
    return show_step(request, wizard, step, wizard.form(step))


@require_http_methods(["GET", "HEAD", "POST"])
@requires_role(*AUTHORS)
def review(request, slug, pk):
    """Everything in words, and what it would have paid before; sent, it is agreed."""
    try:
        draft = get_own_draft(request.member, pk, on=request.today)
    except Http404:
        return made_already(request)
    wizard = Wizard(Writing(draft, request.member, request.today))
    if wizard.first_wrong != REVIEW:
        return redirect(address_of(wizard.first_wrong), slug, pk)
    form = wizard.form(REVIEW, request.POST if request.method == "POST" else None, is_sent=request.method == "POST")
    agree = partial(
        services.conclude_draft, actor=request.member, draft=draft, version=version_in(request), at=request.now
    )
    if form.is_bound and (made := concluded(form, agree, wizard)):
        said = _("The agreement has been changed.") if draft.agreement else _("%s is agreed.") % made
        return done(request, said, "agreements:agreement", made.pk)
    return show_step(request, wizard, REVIEW, form, review=reviewed(request, wizard))


@require_POST
@requires_role(*AUTHORS)
def drop(request, slug, pk):
    """Throws a draft away."""
    draft = get_own_draft(request.member, pk, on=request.today)
    return answered(request, partial(services.drop_draft, draft=draft), _("The draft is gone."), "agreements:index")


@require_POST
@requires_role(*AUTHORS)
def amend(request, slug, pk):
    """Takes up what is agreed, to change it."""
    agreement = get_agreement_to_change(request.member, pk, on=request.today)
    begin = partial(services.begin_amendment, agreement=agreement)
    return begun(request, begin, agreement, steps_of(services.terms_of(agreement)))


@require_POST
@requires_role(*AUTHORS)
def copy(request, slug, pk):
    """A new agreement like this one."""
    agreement = get_agreement(request.member, pk)
    terms = services.terms_of(agreement)
    steps = steps_of(replace(terms, description=_("%s (copy)") % terms.description))
    if may_change(request.member, agreement, on=request.today):  # who gets its summaries is told to nobody else
        steps |= summaries_of(agreement)
    return begun(request, partial(services.begin_from, source=agreement, is_renewal=False), agreement, steps)


@require_POST
@requires_role(*AUTHORS)
def renew(request, slug, pk):
    """The agreement of the days that follow."""
    agreement = get_agreement_to_change(request.member, pk, on=request.today)
    days = following(agreement.period)
    terms = replace(services.terms_of(agreement), first_on=days.first, last_on=days.last)
    steps = steps_of(terms) | summaries_of(agreement)
    return begun(request, partial(services.begin_from, source=agreement, is_renewal=True), agreement, steps)


# --- answers ------------------------------------------------------------------------------------------------------


def begun(request, begin, agreement: Agreement, steps):
    """On to the first step of the draft, or back with the reason why there is none."""
    try:
        draft = begin(actor=request.member, steps=steps, at=request.now)
    except services.Refused as refused:
        messages.error(request, str(refused))
        return redirect("agreements:agreement", request.organization.slug, agreement.pk)
    return redirect(address_of("configuration"), request.organization.slug, draft.pk)


def kept(request, wizard: Wizard, step: str, version: int):
    """Keeps the step and goes where the button leads; what is wrong is shown again (422)."""
    form = wizard.form(step, request.POST, is_sent=True)
    is_right = form.is_valid()
    keep = partial(services.keep_step, draft=wizard.writing.draft, version=version, step=step, at=request.now)
    try:
        draft = keep(typed=form.to_keep(), is_right=is_right)
    except services.Refused as refused:
        return refuse(request, wizard, step, refused)
    wizard = Wizard(Writing(draft, request.member, request.today))
    aim = aim_of(request, wizard, step, is_right=is_right)
    if aim == "leave":
        return done(request, _("The draft is kept."), "agreements:index")
    if aim == step:
        return show_step(request, wizard, step, form)
    return redirect(address_of(aim), request.organization.slug, draft.pk)


def aim_of(request, wizard: Wizard, step: str, *, is_right: bool) -> str:
    """Where the pressed button leads; to the step itself while something in it is wrong and the way leads on."""
    pressed = request.POST.get("do", "next")
    aim = pressed.removeprefix("go-")
    if pressed == "leave" or (pressed != aim and aim in wizard.names and wizard.is_open(aim)):
        return aim
    return wizard.after(step) if is_right else step


def redrawn(request, wizard: Wizard, step: str):
    """The form once one of its buttons was pressed; nothing is kept."""
    do = request.POST["do"] if request.POST["do"] != "enter" else f"search-{searched_in(request)}"
    return show_step(request, wizard, step, wizard.form(step, request.POST, do=do))


def refuse(request, wizard: Wizard, step: str, refused: services.Refused):
    """The form with the sentence above it. If the draft is another than it was, what is typed can be sent again."""
    if isinstance(refused, services.Stale):
        wizard = Wizard(Writing(refused.draft, request.member, request.today))
    form = wizard.form(step, request.POST, is_sent=True)
    form.add_error(None, str(refused))
    return show_step(request, wizard, step, form)


def show_step(request, wizard: Wizard, step: str, form, **context):
    status = 422 if request.method == "POST" and form.is_bound else 200
    draft, slug = wizard.writing.draft, request.organization.slug
    before = wizard.before(step)
    shown = {
        "form": form, "draft": draft, "step": step, "marks": wizard.marks(step), "before": before,
        "body": f"agreements/wizard/{step}.html", "left": left(wizard, form) if step == "options" else None,
        "url": reverse(address_of(step), args=[slug, draft.pk]) if draft.pk else reverse("agreements:new", args=[slug]),
        "before_url": reverse(address_of(before), args=[slug, draft.pk]) if draft.pk and before else "",
        **heading(draft, slug), **context,
    }  # fmt: skip
    return render_page(request, "agreements/wizard.html", shown, fragment="form", status=status)


def heading(draft: Draft, slug: str) -> dict[str, str]:
    """What is written here, and the way back."""
    shown = draft.agreement or draft.source
    title, lead = _("New agreement"), ""
    if draft.agreement:
        title, lead = _("Change the agreement"), _("What was agreed so far stays in its history.")
    elif draft.source:
        said = _("It follows %s.") if draft.is_renewal else _("It begins like %s.")
        lead = said % draft.source
        title = _("Renew the agreement") if draft.is_renewal else title
    if shown is None:
        return {"title": title, "lead": lead, "back_url": reverse("agreements:index", args=[slug]),
                "back_label": _("Agreements")}  # fmt: skip
    back_url = reverse("agreements:agreement", args=[slug, shown.pk])
    return {"title": title, "lead": lead, "back_url": back_url, "back_label": str(shown)}


def concluded(form, agree, wizard: Wizard) -> Agreement | None:
    """The agreement, or the sentence that refuses it above the form."""
    if not form.is_valid():
        return None
    try:
        reason = form.cleaned_data.get("reason", "")
        return agree(terms=wizard.terms(), summaries=wizard.summaries(), reason=reason)
    except services.Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        return None


def reviewed(request, wizard: Wizard) -> dict:
    """What the review says."""
    terms, agreement, currency = wizard.terms(), wizard.writing.draft.agreement, wizard.writing.currency
    if agreement:
        said = reporting.changes_of(agreement, terms, currency)
    else:
        said = [*reporting.in_words(terms, currency), *reporting.summaries_in_words(wizard.summaries())]
    past = reporting.backtest(terms, currency=currency, on=request.today)
    return {"said": said, "past": past, "is_amendment": bool(agreement)}


def left(wizard: Wizard, form) -> reporting.Left | None:
    """What the options leave of the sales of the customers on the same days before."""
    options = form.options_so_far
    if options is None or not wizard.is_right("configuration"):
        return None
    said = wizard.forms["configuration"].cleaned_data
    return reporting.left_of(
        options, metric=said["metric"], companies=[company.pk for company in said["companies"]],
        period=Period.from_to(said["first_on"], said["last_on"]), currency=wizard.writing.currency,
    )  # fmt: skip


def made_already(request):
    """A form that is sent twice leads to what it has made the first time."""
    key = key_in(request.POST.get("key", ""))
    made = Agreement.objects.filter(form_key=key, created_by=request.member).first() if key else None
    amended = id_in(request.POST.get("amends", ""))
    if made is None and amended:
        made = get_agreement_to_change(request.member, amended, on=request.today)
    if made is None:
        raise Http404
    return redirect("agreements:agreement", request.organization.slug, made.pk)


# --- what is asked ------------------------------------------------------------------------------------------------


def goes_on(request) -> bool:
    """Whether the step is left; its other buttons only draw it anew. Enter in a search searches."""
    do = request.POST.get("do", "next")
    return (do in LEAVES and not (do == "enter" and searched_in(request))) or do.startswith("go-")


def searched_in(request) -> str:
    """The picker whose search has words in it; empty without one."""
    return next((name.removesuffix("_q") for name, text in request.POST.items() if name.endswith("_q") and text), "")


def key_in(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def version_in(request) -> int:
    return id_in(request.POST.get("version", "")) or 0


def address_of(step: str) -> str:
    return f"agreements:draft_{step}"
