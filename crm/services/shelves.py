"""Settings that are rows: kinds, stages, brands and so on, kept by administrators for everybody.

A shelf says what is special about one sort of row; the verbs below are the same for all of them. Each holds the
organization's settings until it is done, so that no two people change them at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db import IntegrityError, models, transaction
from django.db.models import Max, Q
from django.utils.text import slugify
from django.utils.translation import gettext as _

from audit.services import record
from crm.refusals import Refused, StillInUse
from crm.services import rows
from tenants.models import Member, Organization
from tenants.scope import OwnedForeignKey, OwnedModel

COUNTED_UP_TO = 1000
FOREIGN_KEY_VIOLATION = "23503"


@dataclass(frozen=True)
class Use:
    """How many rows of a sort refer to a setting; counted up to a thousand."""

    what: type[models.Model]
    count: int

    def __str__(self):
        if self.count > COUNTED_UP_TO:
            return _("more than %(count)d %(what)s") % {"count": COUNTED_UP_TO, "what": self.plural}
        return f"{self.count} {self.what._meta.verbose_name if self.count == 1 else self.plural}"

    @property
    def plural(self):
        return self.what._meta.verbose_name_plural


# Layers above say here where they name a setting other than by a foreign key, such as in the conditions of a goal.
_askers: list[Callable[[OwnedModel], list[Use]]] = []


def ask_also(asker: Callable[[OwnedModel], list[Use]]) -> None:
    """Registers at start-up who else knows of uses."""
    _askers.append(asker)


class Shelf:
    """One sort of setting. A subclass names its model and says what must be true of its rows."""

    model: ClassVar[type[Any]]
    word: ClassVar[str]  # begins the actions on the record, as in brand.added
    parent: ClassVar[str] = ""  # the field that names the row to which these belong
    named_by: ClassVar[str] = "name"
    is_ordered: ClassVar[bool] = False  # people put the rows into an order of their own
    can_be_put_away: ClassVar[bool] = True

    def rows(self, parent: OwnedModel | None = None):
        """All rows, or those of one parent, in the order in which people read them."""
        found = self.model.objects.filter(**{self.parent: parent}) if parent else self.model.objects.all()
        order = ["-is_active"] if self.can_be_put_away else []
        return found.order_by(*order, "position" if self.is_ordered else self.named_by, "pk")

    def beside(self, row):
        """The rows in use among which a row stands, itself included."""
        return self.rows(getattr(row, self.parent) if self.parent else None).filter(**self.in_use)

    @property
    def in_use(self) -> dict:
        return {"is_active": True} if self.can_be_put_away else {}

    def complete(self, values: dict) -> dict:
        """A new row's values, with what nobody types."""
        return values

    def same(self, values: dict) -> Q:
        """Which row would be the same as one of these values."""
        belongs = {self.parent: values[self.parent]} if self.parent else {}
        return Q(**{f"{self.named_by}__iexact": values[self.named_by]}, **belongs)

    def taken(self) -> Refused:
        """What is said of a row that is there already."""
        return Refused(_("There is one of this name already."), self.named_by)

    def check(self, row, values: dict) -> None:
        """Raises Refused unless the row (None: a new one) may have these values."""

    def check_leaving(self, row) -> None:
        """Raises Refused where people could not do without the row."""

    def furnish(self, row) -> None:
        """What comes with a new row."""

    def uses(self, row) -> list[Use]:
        """Who refers to the row and would lose something without it."""
        return uses_of(row)

    def heirs(self, row):
        """The rows that may take over what refers to this one."""
        return self.model.objects.none()

    def refusal(self, error: IntegrityError) -> Exception:
        """The sentence for what the database refused; any other error stays what it is."""
        if "external_id_is_unique" in str(error):
            return Refused(_("Another one has this external id."), "external_id")
        if getattr(error.__cause__, "sqlstate", "") == FOREIGN_KEY_VIOLATION:
            return StillInUse(_("Somebody has begun to use it just now, so it stays."))
        return error


def hold_settings() -> None:
    """Until the transaction ends, nobody else changes settings of the open organization; facts go on."""
    Organization.objects.select_for_update(no_key=True).get()


def references_to(model: type[models.Model]) -> list[models.ForeignKey]:
    """The fields of other rows that name rows of this model, other than of rows that go with it."""
    relations = [field for field in model._meta.get_fields(include_hidden=True) if field.one_to_many]
    fields = [relation.remote_field for relation in relations]
    return [
        field
        for field in fields
        if isinstance(field, OwnedForeignKey) and field.remote_field.on_delete is not models.CASCADE
    ]


def uses_of(row) -> list[Use]:
    """Which rows refer to this one and would not let it go, and what other layers know."""
    keeping = [field for field in references_to(type(row)) if field.remote_field.on_delete is models.PROTECT]
    uses = [Use(field.model, rows_naming(field, row)[: COUNTED_UP_TO + 1].count()) for field in keeping]
    uses += [use for asker in _askers for use in asker(row)]
    return [use for use in uses if use.count]


def rows_naming(field: models.ForeignKey, row):
    model: Any = field.model
    return model.objects.order_by().filter(**{field.name: row})


def free_key(name: str, taken, *, otherwise: str) -> str:
    """A key made of the name, of small letters, digits and hyphens, that none of the rows has."""
    begin = slugify(name)[:36].strip("-_") or otherwise
    keys = set(taken.values_list("key", flat=True))
    candidates = [begin, *(f"{begin}-{number}" for number in range(2, len(keys) + 3))]
    return next(key for key in candidates if key not in keys)


# --- the verbs ----------------------------------------------------------------------------------------------------


@transaction.atomic
def add(*, actor: Member, shelf: Shelf, parent: OwnedModel | None = None, **values) -> Any:
    """A new row, the last in order. Raises Refused."""
    hold_settings()
    values = shelf.complete(values | ({shelf.parent: parent} if shelf.parent else {}))
    check_values(shelf, None, values)
    row = shelf.model(**values)
    if shelf.is_ordered:
        row.position = (shelf.rows(parent).aggregate(last=Max("position"))["last"] or 0) + 1
    write(shelf, row.save)
    shelf.furnish(row)
    record(actor=actor, action=f"{shelf.word}.added", target=row, changes=rows.facts_of(row))
    return row


@transaction.atomic
def correct(*, actor: Member, shelf: Shelf, row, seen: str, **values) -> Any:
    """Gives the row other values. Raises Refused."""
    hold_settings()
    current = rows.locked(row, seen=seen)
    kept = {field.name: getattr(current, field.name) for field in current._meta.concrete_fields}
    check_values(shelf, current, kept | values)
    action = f"{shelf.word}.corrected"
    return write(shelf, lambda: rows.change(current, actor=actor, action=action, values=values))


@transaction.atomic
def put_away(*, actor: Member, shelf: Shelf, row) -> Any:
    """Nobody is offered the row any more; whatever refers to it stays as it is."""
    hold_settings()
    current = rows.locked(row)
    if current.is_active:
        shelf.check_leaving(current)
    return rows.change(current, actor=actor, action=f"{shelf.word}.archived", values={"is_active": False})


@transaction.atomic
def bring_back(*, actor: Member, shelf: Shelf, row) -> Any:
    hold_settings()
    current = rows.locked(row)
    return rows.change(current, actor=actor, action=f"{shelf.word}.restored", values={"is_active": True})


@transaction.atomic
def move(*, actor: Member, shelf: Shelf, row, to: int) -> Any:
    """Puts the row at this place (0 is the first) among those in use; a place beyond the last is the last."""
    hold_settings()
    current = rows.locked(row)
    order = [other for other in shelf.beside(current) if other.pk != current.pk]
    before = current.position
    order.insert(max(to, 0), current)
    for position, other in enumerate(order, 1):
        if other.position != position:
            other.position = position
            other.save(update_fields=["position"])
    if current.position != before:
        changes = {"position": [before, current.position]}
        record(actor=actor, action=f"{shelf.word}.moved", target=current, changes=changes)
    return current


def place_of(shelf: Shelf, row) -> int:
    """Where the row stands among those in use, counted from 0."""
    return [other.pk for other in shelf.beside(row)].index(row.pk)


@transaction.atomic
def remove(*, actor: Member, shelf: Shelf, row, heir=None) -> None:
    """Deletes the row. What refers to it goes to the heir; without one the row must not be used. Raises Refused."""
    hold_settings()
    current = rows.locked(row)
    shelf.check_leaving(current)
    if heir is not None:
        hand_over(shelf, current, heir)
    if uses := shelf.uses(current):
        raise StillInUse(used_by(shelf, uses))
    changes = rows.facts_of(current) | ({"taken over by": heir} if heir else {})
    record(actor=actor, action=f"{shelf.word}.deleted", target=current, changes=changes)
    write(shelf, current.delete)


def hand_over(shelf: Shelf, row, heir) -> None:
    if not shelf.heirs(row).filter(pk=heir.pk).exists():
        raise Refused(_("This one cannot take it over."), "heir")
    for field in references_to(type(row)):
        rows_naming(field, row).update(**{field.name: heir})


def used_by(shelf: Shelf, uses: list[Use]) -> str:
    words = ", ".join(map(str, uses))
    if shelf.can_be_put_away:
        return _("It is used by %(uses)s, so it cannot be deleted. Put it away instead.") % {"uses": words}
    return _("It is used by %(uses)s, so it cannot be deleted without another that takes over.") % {"uses": words}


def check_values(shelf: Shelf, row, values: dict) -> None:
    others = shelf.model.objects.filter(shelf.same(values))
    if row is not None:
        others = others.exclude(pk=row.pk)
    if others.exists():
        raise shelf.taken()
    shelf.check(row, values)


def write(shelf: Shelf, save: Callable) -> Any:
    try:
        with transaction.atomic():
            return save()
    except IntegrityError as error:
        raise shelf.refusal(error) from error
