"""The pages of the organization's own measures."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.services.shelves import uses_of
from crm.views.answers import is_to_be_saved
from crm.views.shelves import Page
from metrics.forms import NewOwnMeasureForm, OwnMeasureForm
from metrics.models import OwnMeasure
from metrics.segments import sentence
from metrics.services import OwnMeasures
from metrics.views.builder import furnish


def new_measure_form(request, page, parent) -> NewOwnMeasureForm:
    """The form as it was sent; its other buttons only draw it anew."""
    data = request.POST if request.method == "POST" else request.GET
    form = NewOwnMeasureForm(
        data,
        is_sent=is_to_be_saved(request),
        member=request.member,
        organization=request.organization,
        today=request.today,
    )
    furnish(request, form.conditions)
    return form


def what_counts(own: OwnMeasure) -> str:
    """The definition in words, and who uses it."""
    words = {"measure": own.counts_of.label, "conditions": sentence(own.segment.tree, own.counts_of.stream.key)}
    said = _("%(measure)s, only where %(conditions)s.") % words
    uses = ", ".join(map(str, uses_of(own)))
    return " ".join([said, _("Used by %s.") % uses if uses else _("Nobody uses it yet.")])


OWN_MEASURES = Page(
    shelf=OwnMeasures(), form=OwnMeasureForm, at="settings/measures/", name="own_measures", noun="own_measure",
    app="metrics", icon="ruler", note=lambda own: str(own.counts_of.label), detail=what_counts,
    new_form=new_measure_form, new_template="metrics/new_measure.html", title=gettext_lazy("Own measures"),
    add_label=gettext_lazy("Add a measure"),
    lead=gettext_lazy("The usual measures narrowed down, such as net sales of one brand, to set goals for."),
)  # fmt: skip
