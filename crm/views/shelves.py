"""The pages of every sort of setting: its rows, a new one, one with its history, and what can be done to it.

A `Page` describes a sort: its shelf, its form and its words. Whoever has such rows (crm, people, metrics) declares
pages and gives them addresses with `paths_of`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.paginator import Page as PageOfRows
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.access import get_setting
from crm.refusals import Refused
from crm.services import shelves
from crm.services.rows import fingerprint
from crm.services.shelves import Shelf
from crm.views.answers import saved, sent, show_form, typed
from lib.htmx import render_page, wants_fragment
from lib.numbers import id_in
from tenants.access import requires_role
from tenants.models import Role

ROWS_A_PAGE = 50


@dataclass(eq=False)
class Page:
    """One sort of setting as administrators see it.

    `at` is its part of the address, `name` and `noun` make the names of its views (brands, new_brand, edit_brand,
    keep_brand). `named` is the column that names a row in an address. `note` says in a line what matters of a row,
    `counting` adds what it counts to the rows; `detail` stands on the row's own page. `new_form` makes the form of a
    new row (request, page, parent) where `form` alone would not do. Rows that belong to a row of another page stand on
    that row's page. `is_long` lists are searched and turned over; `more` are further ways in: (view, label, icon).
    """

    shelf: Shelf
    form: type[Form]
    at: str
    name: str
    noun: str
    title: str
    add_label: str
    lead: str = ""
    icon: str = "settings"
    app: str = "crm"
    named: str = "pk"
    note: Callable[[Any], str] = lambda row: ""
    counting: Callable[[Any], Any] = lambda rows: rows
    template: str = "crm/shelf.html"
    row_template: str = "crm/shelf_row.html"
    detail: Callable[[Any], str] = lambda row: ""
    new_form: Callable[..., Form] | None = None
    new_template: str = "crm/shelf_row.html"
    parent: Page | None = None
    is_long: bool = False
    remove_text: str = ""
    more: tuple = ()
    holds: Page | None = field(default=None, init=False)

    def __post_init__(self):
        if self.parent:
            self.parent.holds = self

    def url(self, slug: str, view: str = "", row=None) -> str:
        """The address of the list, or of a view of one row (new, edit, keep)."""
        name = f"{view}_{self.noun}" if view else self.name
        return reverse(f"{self.app}:{name}", args=[slug, *([getattr(row, self.named)] if row else [])])

    def new_url(self, slug: str, parent=None) -> str:
        owner = [getattr(parent, self.parent.named)] if self.parent else []
        return reverse(f"{self.app}:new_{self.noun}", args=[slug, *owner])

    def home_of(self, slug: str, row) -> str:
        """Where one is back at when a row is done with: the list, or the page of the row it belongs to."""
        if self.parent:
            return self.parent.url(slug, "edit", getattr(row, self.shelf.parent))
        return self.url(slug)

    def home_label(self, row) -> str:
        return str(getattr(row, self.shelf.parent)) if self.parent else str(self.title)


@dataclass(frozen=True)
class Line:
    """A row of a list; `place` counts from 0 among those in use."""

    row: Any
    url: str
    keep_url: str
    note: str
    place: int = 0
    is_last: bool = False


@dataclass(frozen=True)
class Rows:
    """The rows of a page, those in use and those put away."""

    page: Page
    new_url: str
    lines: list[Line]
    away: list[Line]
    turned: PageOfRows | None = None
    query: str = ""
    text: str = ""


def rows_of(request, page: Page, parent=None) -> Rows:
    """What a list shows; a long one is narrowed by ?q= and turned over by ?page=."""
    found, text, turned = page.counting(page.shelf.rows(parent)), typed(request, "q").strip(), None
    if page.is_long:
        if text:
            found = found.filter(**{f"{page.shelf.named_by}__istartswith": text})
        turned = Paginator(found, ROWS_A_PAGE).get_page(request.GET.get("page"))
        found = turned.object_list
    rows = list(found)
    used = [row for row in rows if getattr(row, "is_active", True)]
    away = [row for row in rows if not getattr(row, "is_active", True)]
    slug = request.organization.slug
    return Rows(
        page=page,
        new_url=page.new_url(slug, parent),
        lines=[line_of(page, slug, row, place, len(used)) for place, row in enumerate(used)],
        away=[line_of(page, slug, row) for row in away],
        turned=turned,
        query=f"q={text}&" if text else "",
        text=text,
    )


def line_of(page: Page, slug: str, row, place: int = 0, count: int = 0) -> Line:
    urls = page.url(slug, "edit", row), page.url(slug, "keep", row)
    return Line(row, *urls, note=page.note(row), place=place, is_last=place == count - 1)


# --- views --------------------------------------------------------------------------------------------------------


@require_safe
@requires_role(Role.ADMIN)
def index(request, slug, page: Page):
    more = [(reverse(view, args=[slug]), label, icon) for view, label, icon in page.more]
    return render_page(request, page.template, {"rows": rows_of(request, page), "more": more}, fragment="rows")


@require_http_methods(["GET", "HEAD", "POST"])
@requires_role(Role.ADMIN)
def new(request, slug, page: Page, **named):
    parent = get_setting(page.parent.shelf, **named) if page.parent else None
    form = (page.new_form or plain_form)(request, page, parent)
    made = saved(form, partial(shelves.add, actor=request.member, shelf=page.shelf, parent=parent))
    if made:
        messages.success(request, _("%s is added.") % made)
        return redirect(page.url(slug, "edit", made) if page.holds else page.home_of(slug, made))
    back = (page.parent.url(slug, "edit", parent), parent) if parent else (page.url(slug), page.title)
    return show_form(request, page.new_template, form, page=page, back_url=back[0], back_label=back[1])


def plain_form(request, page: Page, parent) -> Form:
    return page.form(sent(request), organization=request.organization, today=request.today, parent=parent)


@require_http_methods(["GET", "HEAD", "POST"])
@requires_role(Role.ADMIN)
def edit(request, slug, page: Page, **named):
    row = get_setting(page.shelf, **named)
    form = page.form(
        sent(request), instance=row, initial={"seen": fingerprint(row)},
        organization=request.organization, today=request.today,
    )  # fmt: skip
    if saved(form, partial(shelves.correct, actor=request.member, shelf=page.shelf, row=row)):
        messages.success(request, _("%s is saved.") % row_now(page, row))
        return redirect(page.home_of(slug, row))
    return show_form(request, page.row_template, form, **about(request, page, row))


def row_now(page: Page, row):
    """The row as it has been saved: the form leaves the one that was read as it was."""
    return page.shelf.model.objects.get(pk=row.pk)


def about(request, page: Page, row) -> dict:
    """What stands around the form of a row."""
    slug = request.organization.slug
    return {
        "page": page, "row": row, "detail": page.detail(row), "keep_url": page.url(slug, "keep", row),
        "back_url": page.home_of(slug, row), "back_label": page.home_label(row), "heirs": page.shelf.heirs(row),
        "rows": rows_of(request, page.holds, row) if page.holds else None,
    }  # fmt: skip


@require_POST
@requires_role(Role.ADMIN)
def keep(request, slug, page: Page, **named):
    """Does to a row what the pressed button says; htmx gets the list as it is now."""
    row = get_setting(page.shelf, **named)
    verb, sentence = verb_of(request, page.shelf, row)
    home = page.home_of(slug, row)
    parent = getattr(row, page.shelf.parent) if page.parent else None
    try:
        verb(actor=request.member, shelf=page.shelf, row=row)
    except Refused as refusal:
        messages.error(request, str(refusal))
        home = page.url(slug, "edit", row)
    else:
        messages.success(request, sentence % {"name": row})
    if wants_fragment(request):
        context = {"rows": rows_of(request, page, parent), "is_news": True}
        return render_page(request, "crm/shelf.html", context, fragment="rows")
    return redirect(home)


def verb_of(request, shelf: Shelf, row) -> tuple[Callable, str]:
    """The service that the button asks for, and what to say when it is done. Raises Http404 for no such button."""
    asked = request.POST.get("do", "")
    if asked in ("up", "down", "move") and shelf.is_ordered and getattr(row, "is_active", True):
        return partial(shelves.move, to=place_asked(request, shelf, row)), _("%(name)s is moved.")
    if asked == "away" and shelf.can_be_put_away:
        return shelves.put_away, _("%(name)s is put away. What refers to it stays as it is.")
    if asked == "back" and shelf.can_be_put_away:
        return shelves.bring_back, _("%(name)s is in use again.")
    if asked == "remove":
        heir = shelf.heirs(row).filter(pk=id_in(request.POST.get("heir", ""))).first()
        return partial(shelves.remove, heir=heir), _("%(name)s is deleted.")
    raise Http404


def place_asked(request, shelf: Shelf, row) -> int:
    step = {"up": -1, "down": 1}.get(request.POST["do"])
    if step is None:
        return min(id_in(request.POST.get("to", "")) or 0, 1000)
    return max(shelves.place_of(shelf, row) + step, 0)


def paths_of(page: Page) -> list:
    """The addresses of a page; rows that belong to another row are listed there and added from there."""
    kind = "slug" if page.named == "key" else "int"
    extra, at = {"page": page}, page.at
    paths = [
        path(f"{at}<{kind}:{page.named}>/", edit, extra, name=f"edit_{page.noun}"),
        path(f"{at}<{kind}:{page.named}>/keep/", keep, extra, name=f"keep_{page.noun}"),
    ]
    if page.parent:
        owner = page.parent
        owner_kind = "slug" if owner.named == "key" else "int"
        route = f"{owner.at}<{owner_kind}:{owner.named}>/{page.name}/new/"
        return [path(route, new, extra, name=f"new_{page.noun}"), *paths]
    return [path(at, index, extra, name=page.name), path(f"{at}new/", new, extra, name=f"new_{page.noun}"), *paths]
