"""Lists: what a row says in columns, in which order, what the filtered rows sum up to, one page at a time.

A list is declared once as a `Table`; its page, its fragment and its export read the same columns. Whatever the address
says, some page is shown, and every link keeps the rest of the address, so that a view can be kept and sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from operator import attrgetter
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.core.paginator import Page, Paginator
from django.db.models import F, QuerySet
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lib.charts import Bars
from lib.dates import clock_label, day_label
from lib.money import format_money
from lib.numbers import format_quantity
from lib.pages import CountedPaginator, OpenPage, open_page

PER_PAGE = 50
NOT_KEPT = ("page", "sums")  # words of an address that say how it is looked at, not what is listed


class Kind(StrEnum):
    """What a value is, hence how it is written, aligned and exported."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    DAY = "day"


@dataclass(frozen=True)
class Column:
    """One thing that every row says.

    `key` names it in the address (?sort=key, ?sort=-key); `read` is an attribute path ("owner.name") or a function of
    the row; `sort` is the field or path to order by, empty where the list cannot be ordered by it. `template` draws the
    cell on the page (context: row, value, slug, today, member); without one the value is written by its kind.
    `currency` is the attribute of the row that names the currency of its money; empty: the organization's.
    A column that is only exported has `is_shown=False`; one that is only shown has `is_exported=False`. `is_title` is
    the one that heads the row on a phone; those that `gives_way` are not shown there. What `comes_late` is read with
    the sums of the list, and awaited until they are there.
    """

    key: str
    label: str
    read: str | Callable[[Any], Any] = ""
    kind: Kind = Kind.TEXT
    sort: str = ""
    template: str = ""
    currency: str = ""
    is_shown: bool = True
    is_exported: bool = True
    is_title: bool = False
    gives_way: bool = False
    comes_late: bool = False

    @property
    def is_figure(self) -> bool:
        return self.kind in (Kind.NUMBER, Kind.MONEY)

    def value(self, row) -> Any:
        """What the row says here; None where a part of the path is empty."""
        if callable(self.read):
            return self.read(row)
        try:
            return attrgetter(self.read or self.key)(row)
        except AttributeError:
            if "." in self.read:  # owner.name of a row without an owner
                return None
            raise

    def currency_of(self, row, default: str) -> str:
        return getattr(row, self.currency) if self.currency else default


def written(value, kind: Kind, currency: str = "") -> str:
    """A value as people read it; nothing for no value."""
    language = get_language() or "en"
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    if isinstance(value, datetime):
        at = localtime(value)
        return f"{day_label(at.date(), language)}, {clock_label(at, language)}"
    if isinstance(value, date):
        return day_label(value, language)
    if kind == Kind.MONEY:
        return format_money(value, currency, language)
    return format_quantity(value, locale=language) if kind == Kind.NUMBER else str(value)


@dataclass(frozen=True)
class Total:
    """What the filtered rows sum up to, computed by the database. `note` says what the number leaves out."""

    label: str
    value: Decimal | int | None
    kind: Kind = Kind.NUMBER
    currency: str = ""
    note: str = ""

    @property
    def text(self) -> str:
        return written(self.value, self.kind, self.currency) or "–"


@dataclass(frozen=True)
class Picture:
    """The filtered rows as bars, between totals and rows."""

    chart: Bars
    title: str
    label_head: str
    value_head: str


@dataclass(frozen=True)
class Sums:
    """What all filtered rows say together: how many they are, what they add up to, their picture."""

    count: int
    totals: Sequence[Total] = ()
    picture: Picture | None = None


def only_counted(rows: QuerySet, currency: str) -> Sums:
    return Sums(rows.count())


@dataclass(frozen=True)
class Table:
    """A list as declared: `name` is the name of its address ("crm:companies"), `order` the column to begin with.

    `sums` answers for the filtered rows, in no order, in the organization's currency; it reads them once. `noun` writes
    how many there are ("3 companies").
    """

    name: str
    columns: tuple[Column, ...]
    order: str
    noun: Callable[[int], str]
    sums: Callable[[QuerySet, str], Sums] = only_counted
    per_page: int = PER_PAGE

    def with_columns(self, *more: Column) -> Table:
        """The same list with further columns: the organization's own fields."""
        return replace(self, columns=(*self.columns, *more))

    @property
    def shown(self) -> list[Column]:
        return [column for column in self.columns if column.is_shown]

    @property
    def sortable(self) -> list[Column]:
        return [column for column in self.columns if column.sort]

    @property
    def file_name(self) -> str:
        app, _colon, route = self.name.rpartition(":")
        return (app if route == "index" else route).replace("_", "-")


@dataclass(frozen=True)
class Header:
    """The head of a column; `url` orders by it, or turns the order round."""

    column: Column
    url: str = ""
    aria_sort: str = ""

    @property
    def icon(self) -> str:
        return {"ascending": "arrow-up", "descending": "arrow-down"}.get(self.aria_sort, "chevrons-up-down")


@dataclass(frozen=True)
class Place:
    """A column as it is drawn on this page: what its cells share is said once; `label` and `css` are a cell's."""

    column: Column
    currency: str
    is_awaited: bool

    @cached_property
    def label(self) -> str:
        return "" if self.column.is_title else str(self.column.label)

    @cached_property
    def css(self) -> str:
        column = self.column
        said = {
            "is-title": column.is_title, "number": column.is_figure, "is-day": column.kind == Kind.DAY,
            "gives-way": column.gives_way,
        }  # fmt: skip
        return " ".join(name for name, is_so in said.items() if is_so)


@dataclass(frozen=True)
class Cell:
    """What one row says in one column."""

    place: Place
    row: Any

    @property
    def column(self) -> Column:
        return self.place.column

    @property
    def is_awaited(self) -> bool:
        return self.place.is_awaited

    @cached_property
    def value(self) -> Any:
        return None if self.is_awaited else self.column.value(self.row)

    @property
    def text(self) -> str:
        return written(self.value, self.column.kind, self.column.currency_of(self.row, self.place.currency))

    @property
    def css(self) -> str:
        if self.value is None or self.value == "":
            return self.place.css if self.is_awaited else f"{self.place.css} is-blank"
        return f"{self.place.css} negative" if self.column.is_figure and self.value < 0 else self.place.css


@dataclass(frozen=True)
class Line:
    """A row with its cells."""

    row: Any
    cells: list[Cell]

    @property
    def late_cells(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.column.comes_late]


@dataclass(frozen=True)
class Listing:
    """A page of a list as the address asks for it. `sums` are None while nobody has counted the rows.

    `query...` are query strings, empty or ending with "&".
    """

    page: Page | OpenPage
    order: str
    parameters: Any
    table: Table | None = None
    currency: str = ""
    sums: Sums | None = None

    @property
    def count(self) -> int | None:
        return self.sums.count if self.sums else None

    @property
    def totals(self) -> Sequence[Total]:
        return self.sums.totals if self.sums else ()

    @property
    def query(self) -> str:
        return kept(self.parameters, *NOT_KEPT)

    @property
    def query_without_order(self) -> str:
        return kept(self.parameters, *NOT_KEPT, "sort")

    @property
    def query_for_sums(self) -> str:
        return f"{kept(self.parameters, 'sums')}sums=1"

    @property
    def view_query(self) -> str:
        """What a saved view keeps of the address."""
        return self.query.rstrip("&")

    @property
    def headers(self) -> list[Header]:
        assert self.table is not None
        return [self._header(column) for column in self.table.shown]

    @property
    def orders(self) -> list[tuple[str, str, bool]]:
        """For a select: what to write into the address, what it is called, whether it is the present order."""
        assert self.table is not None
        choices = []
        for column in self.table.sortable:
            up, down = _directions(column)
            choices += [(column.key, f"{column.label}, {up}"), (f"-{column.key}", f"{column.label}, {down}")]
        return [(key, label, key == self.order) for key, label in choices]

    @property
    def lines(self) -> Iterator[Line]:
        assert self.table is not None
        awaited = self.sums is None
        places = [Place(column, self.currency, awaited and column.comes_late) for column in self.table.shown]
        for row in self.page.object_list:
            yield Line(row, [Cell(place, row) for place in places])

    @property
    def late_cells(self) -> list[Cell]:
        """What the rows of the page say that comes with the sums."""
        assert self.table is not None
        if not any(column.comes_late for column in self.table.shown):
            return []
        return [cell for line in self.lines for cell in line.late_cells]

    def _header(self, column: Column) -> Header:
        if not column.sort:
            return Header(column)
        is_here = self.order.lstrip("-") == column.key
        is_down = self.order.startswith("-")
        turned = column.key if not is_here or is_down else f"-{column.key}"
        direction = ("descending" if is_down else "ascending") if is_here else "none"
        return Header(column, f"?{self.query_without_order}sort={turned}", direction)


def _directions(column: Column) -> tuple[str, str]:
    if column.kind == Kind.DAY:
        return _("oldest first"), _("newest first")
    return (_("least first"), _("most first")) if column.is_figure else (_("A to Z"), _("Z to A"))


def listed(table: Table, rows: QuerySet, parameters, *, currency: str, is_summed: bool = True) -> Listing:
    """The page of the table that the address asks for. `rows` are filtered; `currency` is the organization's. Very many
    rows are not counted and added up with their page (`is_summed`)."""
    order = order_in(table, parameters)
    shown, number = ordered(table, rows, order), parameters.get("page")
    if not is_summed:
        return Listing(open_page(shown, table.per_page, number), order, parameters, table, currency)
    sums = table.sums(rows.order_by(), currency)
    page = CountedPaginator(shown, table.per_page, sums.count).get_page(number)
    return Listing(page, order, parameters, table, currency, sums)


def order_in(table: Table, parameters) -> str:
    """The order that the address names, or the one to begin with."""
    asked = parameters.get("sort", "")
    return asked if asked.removeprefix("-") in {column.key for column in table.sortable} else table.order


def ordered(table: Table, rows: QuerySet, order: str) -> QuerySet:
    """Empty values come last either way, and the primary key settles what the order leaves open, so that no row is on
    two pages."""
    is_down = order.startswith("-")
    path = next(column.sort for column in table.sortable if column.key == order.removeprefix("-"))
    if _is_never_empty(rows.model, path):  # then the order is that of an index
        return rows.order_by(f"-{path}" if is_down else path, "-pk" if is_down else "pk")
    return rows.order_by(F(path).desc(nulls_last=True) if is_down else F(path).asc(nulls_last=True), "pk")


def _is_never_empty(model, path: str) -> bool:
    try:
        return not model._meta.get_field(path).null
    except FieldDoesNotExist:
        return False


def listing(rows, parameters, *, orders: list[str], per_page: int = PER_PAGE) -> Listing:
    """A page of rows without declared columns, in one of the `orders` (the first where the address names none)."""
    order = parameters.get("sort") if parameters.get("sort") in orders else orders[0]
    paginator = Paginator(rows.order_by(order, "-pk" if order.startswith("-") else "pk"), per_page)
    page = paginator.get_page(parameters.get("page"))
    return Listing(page, order, parameters, sums=Sums(paginator.count))


def kept(parameters, *left_out: str) -> str:
    """The query string without these words and without empty ones: empty, or ending with "&"."""
    remaining = parameters.copy()
    for name in [*left_out, *(name for name in parameters if not any(parameters.getlist(name)))]:
        remaining.pop(name, None)
    return remaining.urlencode() + "&" if remaining else ""
