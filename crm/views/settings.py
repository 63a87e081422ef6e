"""The settings of companies, products and facts, in the words of their pages."""

from functools import partial

from django.db.models import Count
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from crm.forms import settings as forms
from crm.models.opportunities import StageKind
from crm.services import settings as kept
from crm.services.rates import take_rates
from crm.views.answers import done, saved, sent, show_form
from crm.views.shelves import Page
from lib.numbers import format_quantity
from tenants.access import requires_role
from tenants.models import Role


def note_of_kind(kind) -> str:
    outcomes = ngettext("%d outcome", "%d outcomes", kind.outcome_count) % kind.outcome_count
    return f"{_('Needs a position')} · {outcomes}" if kind.needs_position else outcomes


def note_of_pipeline(pipeline) -> str:
    return ngettext("%d stage", "%d stages", pipeline.stage_count) % pipeline.stage_count


def note_of_stage(stage) -> str:
    percent = format_quantity(stage.probability_percent, locale=get_language() or "en")
    return f"{percent}%" if stage.kind == StageKind.OPEN else f"{percent}% · {stage.get_kind_display()}"


def note_of_field(own) -> str:
    parts = [own.get_record_display(), own.get_kind_display(), own.key]
    return " · ".join([*parts, _("must be filled in")] if own.is_required else parts)


def note_of_products(row) -> str:
    count = ngettext("%d product", "%d products", row.product_count) % row.product_count
    return f"{row.external_id} · {count}" if row.external_id else count


def note_of_branch(branch) -> str:
    return branch.external_id or ""


def note_of_rate(rate) -> str:
    return format_quantity(rate.rate, locale=get_language() or "en", places=10)


def with_products(rows):
    return rows.annotate(product_count=Count("products"))


KINDS = Page(
    shelf=kept.ActivityKinds(), form=forms.KindForm, at="settings/activities/", name="activity_kinds",
    noun="activity_kind", named="key", icon="activity", note=note_of_kind,
    counting=lambda rows: rows.annotate(outcome_count=Count("outcomes")),
    title=gettext_lazy("Activities"), add_label=gettext_lazy("Add a kind"),
    lead=gettext_lazy("What people can log, in the order in which they find it, and how it can end."),
)  # fmt: skip
OUTCOMES = Page(
    shelf=kept.Outcomes(), form=forms.OutcomeForm, at="settings/outcomes/", name="outcomes", noun="outcome",
    parent=KINDS, icon="flag", title=gettext_lazy("Outcomes"), add_label=gettext_lazy("Add an outcome"),
    lead=gettext_lazy("How an activity of this kind can end."),
)  # fmt: skip
PIPELINES = Page(
    shelf=kept.Pipelines(), form=forms.PipelineForm, at="settings/pipelines/", name="pipelines", noun="pipeline",
    icon="kanban", note=note_of_pipeline, counting=lambda rows: rows.annotate(stage_count=Count("stages")),
    title=gettext_lazy("Pipelines"), add_label=gettext_lazy("Add a pipeline"),
    lead=gettext_lazy("The ways an opportunity can go, each with its stages."),
)  # fmt: skip
STAGES = Page(
    shelf=kept.Stages(), form=forms.StageForm, at="settings/stages/", name="stages", noun="stage", parent=PIPELINES,
    icon="milestone", note=note_of_stage, title=gettext_lazy("Stages"), add_label=gettext_lazy("Add a stage"),
    lead=gettext_lazy("From first to last; at least one is won, one lost and one open."),
)  # fmt: skip
FIELDS = Page(
    shelf=kept.OwnFields(), form=forms.OwnFieldForm, at="settings/fields/", name="own_fields", noun="own_field",
    icon="text-cursor-input", note=note_of_field, title=gettext_lazy("Own fields"),
    add_label=gettext_lazy("Add a field"),
    lead=gettext_lazy("Fields of your own for companies and opportunities, beside the usual ones."),
)  # fmt: skip
BRANDS = Page(
    shelf=kept.Brands(), form=forms.BrandForm, at="settings/brands/", name="brand_settings", noun="brand", icon="badge",
    note=note_of_products, counting=with_products, is_long=True, title=gettext_lazy("Brands"),
    add_label=gettext_lazy("Add a brand"), lead=gettext_lazy("Makers and labels of what is sold."),
)  # fmt: skip
FAMILIES = Page(
    shelf=kept.Families(), form=forms.FamilyForm, at="settings/families/", name="family_settings", noun="family",
    icon="boxes", note=note_of_products, counting=with_products, is_long=True, title=gettext_lazy("Families"),
    add_label=gettext_lazy("Add a family"), lead=gettext_lazy("Groups of products."),
)  # fmt: skip
BRANCHES = Page(
    shelf=kept.Branches(), form=forms.BranchForm, at="settings/branches/", name="branch_settings", noun="branch",
    icon="store", note=note_of_branch, is_long=True, title=gettext_lazy("Branches"),
    add_label=gettext_lazy("Add a branch"), lead=gettext_lazy("The places and units that sell."),
)  # fmt: skip
RATES = Page(
    shelf=kept.Rates(), form=forms.RateForm, at="settings/rates/", name="rates", noun="rate", icon="coins",
    note=note_of_rate, template="crm/rates.html", is_long=True, title=gettext_lazy("Exchange rates"),
    add_label=gettext_lazy("Add a rate"),
    lead=gettext_lazy("What other currencies are worth, from a day on until the next rate. Figures follow them."),
    more=(
        ("crm:paste_rates", gettext_lazy("Paste a list"), "clipboard-paste"),
        ("crm:plan_rates", gettext_lazy("Plan rates"), "calendar-range"),
    ),
)  # fmt: skip
PLAN_RATES = Page(
    shelf=kept.PlanRates(), form=forms.PlanRateForm, at="settings/plan-rates/", name="plan_rates", noun="plan_rate",
    icon="calendar-range", note=note_of_rate, template="crm/rates.html", is_long=True, title=gettext_lazy("Plan rates"),
    add_label=gettext_lazy("Add a plan rate"),
    lead=gettext_lazy("One rate for a whole fiscal year. They count only if the organization converts at plan rates."),
    more=(("crm:rates", gettext_lazy("Rates of the day"), "coins"),),
)  # fmt: skip

PAGES = (KINDS, OUTCOMES, PIPELINES, STAGES, FIELDS, BRANDS, FAMILIES, BRANCHES, RATES, PLAN_RATES)


@require_http_methods(["GET", "HEAD", "POST"])
@requires_role(Role.ADMIN)
def paste_rates(request, slug):
    """Many rates at once, as a spreadsheet or a bank has them."""
    form = forms.PastedRatesForm(sent(request))
    taken = saved(form, partial(take_rates, actor=request.member))
    if taken is not None:
        sentence = _("%(new)d rates added, %(corrected)d corrected.") % taken
        return done(request, sentence, "crm:rates")
    return show_form(request, "crm/paste_rates.html", form)
