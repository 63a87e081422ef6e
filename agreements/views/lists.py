"""The list of agreements."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from agreements.access import AUTHORS, agreements_seen_by, changeable_by, drafts_of
from agreements.exact import with_reading
from agreements.filters import AgreementFilter
from agreements.tables import agreements_table
from agreements.words import STATUS_WORDS, Status
from crm.views.lists import Empty, next_thing, show_list

SHELVES = [("", gettext_lazy("All")), *((status.value, word) for status, word in STATUS_WORDS.items())]


@require_safe
def index(request, slug):
    """Every agreement the reader may see, as it stands today."""
    rows = with_reading(agreements_seen_by(request.member).select_related("responsible"))
    text = _("An agreement says which bonus customers earn, and from which sales on.")
    ways = [("agreements:new", _("Write an agreement"), AUTHORS)]
    empty = Empty("file-badge", _("No agreements here yet"), text, *next_thing(request, *ways))
    may_write = request.member.role in AUTHORS
    may_mail = changeable_by(request.member, on=request.today) if may_write else None
    return show_list(
        request, "agreements/index.html",
        table=agreements_table(request.organization.currency, request.today, may_mail=may_mail),
        filters=AgreementFilter, rows=rows, empty=empty,
        is_summed=True, shelf=shelf_of(request), shelves=SHELVES, may_write=may_write,
        drafts=drafts_of(request.member) if may_write else [],
    )  # fmt: skip


def shelf_of(request) -> str:
    return request.GET.get("status") if request.GET.get("status") in set(Status) else ""
