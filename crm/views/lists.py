"""How every list is answered: its page, its fragment for htmx, its export, what is done to several of its rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from zlib import crc32

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from crm.access import get_own_view
from crm.forms.lists import SavedViewForm
from crm.models import SavedView
from crm.refusals import Refused
from crm.services.rows import Done
from crm.services.views import delete_view, save_view, tidied
from lib.filters import ListFilter
from lib.htmx import wants_fragment
from lib.numbers import id_in
from lib.pages import is_soon_read
from lib.spreadsheets import MOST_ROWS, TYPES, download
from lib.tables import NOT_KEPT, Listing, Picture, Table, kept, listed, order_in, ordered

FRAGMENT = "components/list_result.html"
SUMS = "components/list_sums.html"
MOST_AT_ONCE = 5_000


@dataclass(frozen=True)
class Bulk:
    """What can be done to the chosen rows: a form (crm.forms.lists.BulkForm) and the address that it is posted to."""

    form: Form
    url: str
    submit: str
    most: int = MOST_AT_ONCE


@dataclass(frozen=True)
class Empty:
    """What a list says when it has no rows at all, and the one thing to do about it."""

    icon: str
    title: str
    text: str = ""
    url: str = ""
    label: str = ""


def next_thing(request, *ways: tuple[str, str, Sequence[str]]) -> tuple[str, str]:
    """What an empty list offers to do: address and label of the first way (view, label, roles) that the reader may
    take; nothing where there is none."""
    taken = ((view, label) for view, label, roles in ways if request.member.role in roles)
    view, label = next(taken, ("", ""))
    return (reverse(view, args=[request.organization.slug]) if view else "", label)


@dataclass(frozen=True)
class Link:
    """Another way to look at what is listed; its address takes the same filters."""

    url: str
    label: str
    icon: str


@dataclass(frozen=True)
class Tab:
    """A view that the reader keeps, with its address and the one that removes it."""

    name: str
    url: str
    drop_url: str
    is_current: bool


@dataclass(frozen=True)
class ListPage:
    """Everything that the components of a list need (templates/components/list*.html)."""

    listing: Listing
    filter: ListFilter
    path: str
    empty: Empty
    views: list[Tab]
    save_url: str
    slug: str
    member: object
    today: object
    bulk: Bulk | None = None
    links: Sequence[Link] = ()

    @property
    def noun(self) -> str:
        """How many rows there are; nothing while nobody has counted them."""
        return self.listing.table.noun(self.listing.count) if self.listing.sums else ""

    @property
    def picture(self) -> Picture | None:
        return self.listing.sums and self.listing.sums.picture

    @property
    def mark(self) -> str:
        """Stands for this very list in ids, so that sums that come late find no other list in its place."""
        return f"{crc32(self.listing.query_for_sums.encode()):08x}"

    @property
    def is_view(self) -> bool:
        """Whether this is the whole list or a view that is kept already."""
        return not self.listing.view_query or any(view.is_current for view in self.views)


def show_list(
    request,
    template: str,
    *,
    table: Table,
    filters: type[ListFilter],
    rows,
    empty: Empty,
    bulk=None,
    links=(),
    is_summed: bool | None = None,
    **context,
):
    """The list that the address asks for. `rows` are those that the reader may see.

    `?export=csv` and `?export=xlsx` on the same address answer with the filtered rows as a file. Very many rows are
    shown before they are counted and added up (`is_summed` decides otherwise): `?sums=1` waits for that, or brings it
    to the page that is shown.
    """
    narrowed = filters(request.GET, rows, request=request)
    if request.GET.get("export") in TYPES:
        return exported(request, table, narrowed)
    asks_for_sums = "sums" in request.GET
    if is_summed is None:
        is_summed = asks_for_sums or is_soon_read(narrowed.qs)
    currency = request.organization.currency
    listing = listed(table, narrowed.qs, request.GET, currency=currency, is_summed=is_summed)
    page = ListPage(
        listing=listing, filter=narrowed, path=request.path, empty=empty, bulk=bulk, links=links,
        views=tabs(request, table, listing.view_query),
        save_url=reverse("crm:save_view", args=[request.organization.slug]),
        slug=request.organization.slug, member=request.member, today=request.today,
    )  # fmt: skip
    is_fragment = wants_fragment(request)
    fragment = SUMS if asks_for_sums else FRAGMENT
    values = {**context, "list": page, "listing": listing, "is_fragment": is_fragment}
    response = render(request, fragment if is_fragment else template, values)
    patch_vary_headers(response, ["HX-Request"])
    return response


def tabs(request, table: Table, query: str) -> list[Tab]:
    slug, kept_views = request.organization.slug, SavedView.objects.filter(member=request.member, page=table.name)
    return [
        Tab(
            name=view.name,
            url=f"{request.path}?{view.query}",
            drop_url=reverse("crm:drop_view", args=[slug, view.pk]),
            is_current=view.query == query,
        )
        for view in kept_views
    ]


def exported(request, table: Table, narrowed: ListFilter):
    """The filtered rows as a file; or back to the list with a sentence where that cannot be."""
    count = narrowed.qs.order_by().count()
    if count > MOST_ROWS or narrowed.form.errors:
        messages.error(request, _why_not_exported(count, narrowed))
        return HttpResponseRedirect(f"{request.path}?{kept(request.GET, 'export', 'sums')}".rstrip("?&"))
    rows = ordered(table, narrowed.qs, order_in(table, request.GET))
    kind, currency = request.GET["export"], request.organization.currency
    return download(table, rows, kind=kind, currency=currency, on=request.today)


def _why_not_exported(count: int, narrowed: ListFilter) -> str:
    if narrowed.form.errors:
        return _("A filter says something that cannot be read, so nothing was exported.")
    return _("These are %(count)s rows; a file holds at most %(most)s. Narrow the list first.") % {
        "count": f"{count:,}", "most": f"{MOST_ROWS:,}",
    }  # fmt: skip


# --- several rows at once ----------------------------------------------------------------------------------------


def chosen(request, filters: type[ListFilter], rows):
    """The ids of the rows that were ticked; with `all`, of every row that the filters of the address match.

    Raises Refused when there are none, or too many to be changed in one go.
    """
    if request.POST.get("all"):
        found = filters(request.GET, rows, request=request).qs.order_by()
    else:
        ids = {id_in(text) for text in request.POST.getlist("rows")[: MOST_AT_ONCE + 1]} - {None}
        found = rows.filter(pk__in=ids)
    pks = list(found.order_by("pk").values_list("pk", flat=True)[: MOST_AT_ONCE + 1])
    if not pks:
        raise Refused(_("Choose at least one row first."))
    if len(pks) > MOST_AT_ONCE:
        raise Refused(_("At most %s rows can be changed at once. Narrow the list first.") % f"{MOST_AT_ONCE:,}")
    return pks


def change_chosen(request, *, page: str, filters: type[ListFilter], rows, form: Form, change: Callable[..., Done]):
    """Runs the service on the chosen rows and goes back to the list, which says what was done.

    `change` is called with the ids and the values of the form.
    """
    back = HttpResponseRedirect(address_of(request, page, kept(request.GET, *NOT_KEPT)))
    if not form.is_valid():
        said = [str(error) for errors in form.errors.values() for error in errors]
        messages.error(request, " ".join(dict.fromkeys(said)))
        return back
    try:
        done = change(chosen(request, filters, rows), form.values())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return back
    for level, sentence in _said_of(done):
        messages.add_message(request, level, sentence)
    return back


def _said_of(done: Done):
    if done.changed or not done.refused:
        yield messages.SUCCESS, ngettext("%d row is changed.", "%d rows are changed.", done.changed) % done.changed
    if done.refused:
        sentence = ngettext(
            "%d row stays as it was: it is not yours to change.",
            "%d rows stay as they were: they are not yours to change.",
            done.refused,
        )
        yield messages.WARNING, sentence % done.refused


# --- views that are kept -----------------------------------------------------------------------------------------


def address_of(request, page: str, query: str) -> str:
    """The address of a list by the name of its page; 404 where there is none of this name."""
    try:
        path = reverse(page, args=[request.organization.slug])
    except NoReverseMatch as error:
        raise Http404 from error
    return f"{path}?{query.rstrip('&')}".rstrip("?")


@require_POST
def keep_view(request, slug):
    form = SavedViewForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("A view needs a name of at most 60 characters."))
        return HttpResponseRedirect(address_of(request, request.POST.get("page", ""), ""))
    values = form.cleaned_data
    back = HttpResponseRedirect(address_of(request, values["page"], tidied(values["query"])))
    try:
        view = save_view(actor=request.member, **values)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The view “%s” is kept.") % view)
    return back


@require_POST
def drop_view(request, slug, pk):
    view = get_own_view(request.member, pk)
    delete_view(actor=request.member, view=view)
    messages.success(request, _("The view “%s” is removed.") % view)
    return HttpResponseRedirect(address_of(request, view.page, view.query))
