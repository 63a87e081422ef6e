"""Measures of the organization's own, of which crm.services.shelves has the verbs; conditions kept under a name."""

from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import record
from crm.refusals import Refused
from crm.services import rows
from crm.services.shelves import Shelf, hold_settings
from metrics.figures import keep_segment
from metrics.models import OwnMeasure, SavedSegment
from metrics.segments import users
from metrics.segments.saved import ABOUT, about_of
from tenants.models import Member

FARTHEST_CHANGE = timedelta(days=366)


class OwnMeasures(Shelf):
    """Made of a measure of the catalogue (`base`) and a checked tree (`segment`); later only name and unit change."""

    model, word = OwnMeasure, "own_measure"

    def complete(self, values):
        return {**values, "segment": keep_segment(values["segment"])}


# --- saved segments -----------------------------------------------------------------------------------------------


@transaction.atomic
def keep_conditions(*, actor: Member, name: str, tree: dict | None, stream_key: str) -> SavedSegment:
    """Keeps a canonical tree, in which no saved segment stands, under a name. Raises Refused."""
    if tree is None:
        raise Refused(_("Add a condition first: there is nothing to keep yet."), "conditions")
    return made(actor=actor, name=name, tree=tree, about=about_of(tree, stream_key))


@transaction.atomic
def add_saved_segment(*, actor: Member, name: str, tree: dict, about: str) -> SavedSegment:
    """A saved segment about companies, sales and so on (a key of metrics.segments.saved.ABOUT). Raises Refused."""
    if about not in ABOUT:
        raise Refused(_("Choose what it is about."), "about")
    return made(actor=actor, name=name, tree=tree, about=about)


@transaction.atomic
def change_saved_segment(
    *, actor: Member, saved: SavedSegment, seen: str, name: str, tree: dict, from_on: date | None, on: date
) -> SavedSegment:
    """Gives it another name, other conditions or both. Whoever uses it counts the new conditions in periods that begin
    on or after `from_on`; earlier periods keep what they counted. Raises Refused."""
    hold_settings()
    current = rows.locked(saved, seen=seen)
    name = named(name, besides=current)
    is_other = current.tree != tree
    if is_other and from_on is None and users.uses_of(current, actor, on=on):
        raise Refused(_("Say from which day the new conditions count."), "from_on")
    if is_other and from_on and abs(from_on - on) > FARTHEST_CHANGE:
        raise Refused(_("New conditions count from a day within a year of today."), "from_on")
    version = current.version + is_other
    values = {"name": name, "tree": tree, "version": version}
    changed = rows.change(current, actor=actor, action="saved_segment.corrected", values=values)
    if is_other:
        users.follow(changed, actor=actor, from_on=from_on or on, on=on)
    return changed


@transaction.atomic
def put_away_saved_segment(*, actor: Member, saved: SavedSegment) -> SavedSegment:
    """Nobody is offered it any more; whatever uses it goes on."""
    current = rows.locked(saved)
    return rows.change(current, actor=actor, action="saved_segment.archived", values={"is_active": False})


@transaction.atomic
def bring_back_saved_segment(*, actor: Member, saved: SavedSegment) -> SavedSegment:
    current = rows.locked(saved)
    return rows.change(current, actor=actor, action="saved_segment.restored", values={"is_active": True})


def made(*, actor: Member, name: str, tree: dict, about: str) -> SavedSegment:
    hold_settings()
    saved = SavedSegment.objects.create(name=named(name), stream=about, tree=tree)
    record(actor=actor, action="saved_segment.added", target=saved, changes=rows.facts_of(saved))
    return saved


def named(name: str, *, besides: SavedSegment | None = None) -> str:
    """A name that nothing else has."""
    said = name.strip()
    if not said:
        raise Refused(_("Give the conditions a name."), "name")
    if len(said) > SavedSegment.LONGEST_NAME:
        raise Refused(_("A name has at most %d characters.") % SavedSegment.LONGEST_NAME, "name")
    others = SavedSegment.objects.filter(name__iexact=said)
    if besides is not None:
        others = others.exclude(pk=besides.pk)
    if others.exists():
        raise Refused(_("There is one of this name already."), "name")
    return said
