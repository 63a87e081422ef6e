"""Figures asked for from outside, in JSON: what an administrator reconciles an ERP with (docs/data-formats.md)."""

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from crm.models import Company
from lib.periods import Period
from metrics import figures, own_measures
from metrics.figures import Definition
from metrics.measures import UnknownMeasure
from metrics.populations import Population
from metrics.segments import SegmentError, check
from tenants.models import Member, Team

Name = str | int  # a question's own id: it comes back as it was written
KEYS = {"id", "measure", "segment", "population", "first_day", "last_day"}


class Unclear(ValueError):
    """A question that cannot be answered; the text is a sentence for who asked."""


class Reader:
    """Reads questions of one organization; people, teams and companies are looked up once, not once a question."""

    def __init__(self):
        self.known: dict[str, dict[str, list[int]]] = {}

    def definition(self, text: str) -> tuple[Name, Definition]:
        """The question's id and the figure it asks for; raises Unclear with the id as far as it was read."""
        try:
            asked = json.loads(text, parse_float=Decimal)
        except ValueError as error:
            raise Unclear(_("This line is not JSON: %s.") % error) from error
        if not isinstance(asked, dict) or type(asked.get("id")) not in (str, int):
            raise Unclear(_("A question is an object with an id."))
        if unknown := sorted(set(asked) - KEYS):
            said = {"names": ", ".join(unknown), "keys": ", ".join(sorted(KEYS))}
            raise Unclear(_("Unknown: %(names)s. A question has %(keys)s.") % said)
        try:
            chosen = own_measures.find(str(asked.get("measure")))
            tree = chosen.tree(check(asked.get("segment"), chosen.measure.stream.key))
        except (UnknownMeasure, SegmentError) as error:
            raise Unclear(str(error)) from error
        period = Period.from_to(self.day(asked, "first_day"), self.day(asked, "last_day"))
        return asked["id"], Definition(chosen.measure.key, tree, self.population(asked.get("population")), period)

    def day(self, asked: dict, key: str) -> date:
        try:
            return date.fromisoformat(asked[key])
        except (KeyError, TypeError, ValueError) as error:
            raise Unclear(_("“%s” must be a day such as 2026-01-31.") % key) from error

    def population(self, asked) -> Population:
        """{"member": id}, {"team": id}, {"companies": [ids]} or {"organization": true}, by external ids."""
        if not isinstance(asked, dict) or len(asked) != 1:
            raise Unclear(_("“population” names one of member, team, companies, organization."))
        ((kind, named),) = asked.items()
        if kind == "organization" and named is True:
            return Population("organization")
        if kind == "member":
            return Population("member", self.key(Member, named))
        if kind == "team":
            return Population("team", self.key(Team, named))
        if kind == "companies" and isinstance(named, list) and named:
            return figures.company_set([self.key(Company, one) for one in named])
        raise Unclear(_("“population” names one of member, team, companies, organization."))

    def key(self, model, external_id) -> int:
        """The row with this external id."""
        rows = self.known.get(model.__name__)
        if rows is None:
            rows = self.known[model.__name__] = defaultdict(list)
            for pk, name in model.objects.exclude(external_id=None).values_list("pk", "external_id"):
                rows[name].append(pk)
        found = rows.get(str(external_id), [])
        if len(found) != 1:
            sentence = _("Several %(what)s are called “%(id)s”.") if found else _("There is no %(what)s “%(id)s”.")
            raise Unclear(sentence % {"what": model._meta.verbose_name, "id": external_id})
        return found[0]


def read(lines: Iterable[str]) -> tuple[dict[Name, Definition], list[tuple[Name | None, str]]]:
    """The questions that can be answered by their id, and for the others (id or None, sentence)."""
    reader, questions, problems = Reader(), {}, []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            name, definition = reader.definition(line)
            if name in questions:
                raise Unclear(_("Two questions have the id “%s”.") % name)
            questions[name] = definition
        except ValueError as error:
            problems.append((id_of(line), _("Line %(number)s: %(sentence)s") % {"number": number, "sentence": error}))
    return questions, problems


def id_of(line: str) -> Name | None:
    """The id of a question that could not be read whole."""
    try:
        name = json.loads(line)["id"]
    except (ValueError, TypeError, KeyError):
        return None
    return name if type(name) in (str, int) else None


def exactly(value: Decimal) -> str:
    """All digits of a value and no others: never an exponent, no zeros that say nothing."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
