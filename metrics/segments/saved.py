"""Conditions kept under a name: what fits where, and what a tree means in which some of them stand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.reporting import Difference, difference_of, pairs_in
from metrics.measures import STREAMS
from metrics.models import SavedSegment
from metrics.segments.checking import SegmentError, check, check_written, denied, joined
from metrics.segments.conditions import conditions, saved_in
from metrics.segments.wording import sentence

COMPANIES = "company"  # what conditions on the company alone are about; they fit facts of every kind
CATALOGUE_OF_COMPANIES = "company_created"  # the stream whose fields are those of the company and no others
ABOUT = {
    COMPANIES: gettext_lazy("companies"),
    "sale": gettext_lazy("sales"),
    "activity": gettext_lazy("activities"),
    "opportunity_created": gettext_lazy("opportunities"),
}


def stream_of(about: str) -> str:
    """The stream whose fields the conditions of a saved segment may ask."""
    return CATALOGUE_OF_COMPANIES if about == COMPANIES else about


def about_of(tree: dict, stream_key: str) -> str:
    """What the conditions of a checked tree are about: the company alone where they ask nothing else."""
    if all(condition["field"].partition(".")[0] == "company" for condition in conditions(tree)):
        return COMPANIES
    return next(about for about in ABOUT if are_alike(stream_of(about), stream_key))


def are_alike(one: str, other: str) -> bool:
    """Whether two streams have the same fields: those of opportunities created and won."""
    return STREAMS[one].model is STREAMS[other].model


def fits(about: str, stream_key: str) -> bool:
    """Whether a saved segment about this can narrow facts of the stream."""
    return about == COMPANIES or are_alike(about, stream_key)


def offered(stream_key: str) -> list[SavedSegment]:
    """Those that fit the stream and are not put away, by name."""
    return [row for row in SavedSegment.objects.filter(is_active=True) if fits(row.stream, stream_key)]


def read(tree: Any, stream_key: str) -> tuple[dict | None, dict | None]:
    """A tree as somebody put it together, in its canonical form, and what it means. Raises SegmentError: also where a
    saved segment names something that is gone by now."""
    rows = {row.pk: row for row in offered(stream_key)} if _names_any(tree) else {}
    return check_written(tree, stream_key, lambda pk: _usable(rows.get(pk) if type(pk) is int else None))


def expand(written: dict | None, stream_key: str) -> dict | None:
    """What a canonical tree means by the saved segments as they are now, those put away included.

    Raises SegmentError where one is not there or does not fit.
    """
    ids = set(saved_in(written))
    rows = SavedSegment.objects.filter(pk__in=ids) if ids else []
    trees = {row.pk: row.tree for row in rows if fits(row.stream, stream_key)}
    if ids - set(trees):
        raise SegmentError([((), _("A saved segment that stands here is not there any more."))])
    return _meant(written, trees) if written else None


def _meant(node: dict, trees: Mapping[int, dict]) -> dict:
    if "field" in node:
        return node
    if "saved" in node:
        return trees[node["saved"]]
    if "not" in node:
        return denied(_meant(node["not"], trees))
    ((group, members),) = node.items()
    return joined(group, [_meant(member, trees) for member in members])


def _names_any(tree: Any) -> bool:
    """Whether a saved segment stands in a tree that nobody has checked."""
    if isinstance(tree, list):
        return any(_names_any(member) for member in tree)
    return isinstance(tree, dict) and ("saved" in tree or any(_names_any(member) for member in tree.values()))


def _usable(row: SavedSegment | None) -> dict:
    """Its tree, checked again: what it names may be gone. Raises ValueError."""
    if row is None:
        raise ValueError(_("Choose one of the saved segments that fit here."))
    tree = check(row.tree, stream_of(row.stream))
    assert tree is not None  # nobody keeps no conditions
    return tree


def changes_in_words(row: SavedSegment) -> Callable[[dict], list[Difference]]:
    """What entries of the record say of a saved segment: its name, and its conditions as sentences."""
    stream_key = stream_of(row.stream)

    def in_words(changes: dict) -> list[Difference]:
        pairs = pairs_in(changes)
        said = [difference_of(row, name, pairs[name]) for name in ("name", "is_active") if name in pairs]
        if "tree" in pairs:
            before, after = (sentence(tree, stream_key) for tree in pairs["tree"])
            said.append(Difference(_("only where"), before, after))
        return said

    return in_words
