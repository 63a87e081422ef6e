"""What must be true of each sort of setting; crm.services.shelves has the verbs."""

from __future__ import annotations

from django.db import IntegrityError
from django.db.models import Q
from django.utils.translation import gettext as _

from crm.models import (
    ActivityKind,
    Branch,
    Brand,
    Company,
    CustomField,
    ExchangeRate,
    Family,
    Opportunity,
    Outcome,
    Pipeline,
    Stage,
)
from crm.models.opportunities import StageKind
from crm.refusals import Refused, StillInUse
from crm.services.shelves import COUNTED_UP_TO, Shelf, Use, free_key
from lib.money import minor_units
from tenants.models import Organization


class ActivityKinds(Shelf):
    model, word, is_ordered = ActivityKind, "activity_kind", True

    def complete(self, values):
        return values | {"key": free_key(values["name"], ActivityKind.objects.all(), otherwise="kind")}


class Interchangeable(Shelf):
    """Rows of which any other beside it can take over what refers to one."""

    def heirs(self, row):
        return self.beside(row).exclude(pk=row.pk)


class Outcomes(Interchangeable):
    """How activities of a kind can end; another outcome of the kind can take over."""

    model, word, parent, is_ordered = Outcome, "outcome", "kind", True

    def complete(self, values):
        taken = Outcome.objects.filter(kind=values["kind"])
        return values | {"key": free_key(values["name"], taken, otherwise="outcome")}


class Pipelines(Shelf):
    """A new pipeline comes with an open, a won and a lost stage: every pipeline can be worked through to its end."""

    model, word, is_ordered = Pipeline, "pipeline", True

    def furnish(self, row):
        stages = [(_("New"), StageKind.OPEN, 10), (_("Won"), StageKind.WON, 100), (_("Lost"), StageKind.LOST, 0)]
        Stage.objects.bulk_create(
            Stage(pipeline=row, name=name, kind=kind, probability_percent=percent, position=position)
            for position, (name, kind, percent) in enumerate(stages, 1)
        )

    def check_leaving(self, row):
        if not self.beside(row).exclude(pk=row.pk).exists():
            raise Refused(_("One pipeline must stay in use: without it nothing can be sold."))


class Stages(Shelf):
    """Opportunities in a stage that is removed go to another one of the same kind, so that none is won by it."""

    model, word, parent, is_ordered, can_be_put_away = Stage, "stage", "pipeline", True, False

    def others_of_kind(self, row):
        return Stage.objects.filter(pipeline=row.pipeline_id, kind=row.kind).exclude(pk=row.pk)

    def check(self, row, values):
        if row is None or values["kind"] == row.kind:
            return
        if Opportunity.objects.filter(stage=row).exists():
            sentence = _("Opportunities stand in this stage, and a change of its kind would win, lose or reopen them.")
            raise Refused(sentence, "kind")
        self.check_leaving(row)

    def check_leaving(self, row):
        if not self.others_of_kind(row).exists():
            kind = row.get_kind_display()
            raise Refused(_("This is the pipeline's only stage of its kind (%(kind)s), so it stays.") % {"kind": kind})

    def heirs(self, row):
        return self.others_of_kind(row)


class OwnFields(Shelf):
    """Record and kind stay as they were made, because values are kept by them."""

    model, word, named_by, is_ordered = CustomField, "own_field", "label", True

    def rows(self, parent=None):
        return super().rows(parent).order_by("-is_active", "record", "position", "label", "pk")

    def beside(self, row):
        return super().beside(row).filter(record=row.record)

    def complete(self, values):
        taken = CustomField.objects.filter(record=values["record"])
        return values | {"key": free_key(values["label"], taken, otherwise="field")}

    def same(self, values):
        return Q(label__iexact=values["label"], record=values["record"])

    def check(self, row, values):
        if row is None:
            return
        for choice in set(row.choices) - set(values["choices"]):
            holding = records_of(row).filter(**{f"custom__{row.key}": choice})
            if use := counted(holding):
                words = {"choice": choice, "use": use}
                sentence = _("“%(choice)s” stays a choice, because it is said of %(use)s.") % words
                raise StillInUse(sentence, "choices")

    def uses(self, row):
        kept = counted(records_of(row).filter(custom__has_key=row.key))
        return [*([kept] if kept else []), *super().uses(row)]


def records_of(field: CustomField):
    """The companies or opportunities that can have a value of the field."""
    return (Company if field.record == CustomField.Record.COMPANY else Opportunity).objects.order_by()


def counted(found) -> Use | None:
    count = found[: COUNTED_UP_TO + 1].count()
    return Use(found.model, count) if count else None


class Brands(Interchangeable):
    model, word = Brand, "brand"


class Families(Interchangeable):
    model, word = Family, "family"


class Branches(Interchangeable):
    model, word = Branch, "branch"


class Rates(Shelf):
    """Rates of the day. A rate that facts are converted at can be corrected, but not taken away."""

    model, word, named_by, can_be_put_away, is_plan = ExchangeRate, "exchange_rate", "currency", False, False

    def rows(self, parent=None):
        return ExchangeRate.objects.filter(is_plan=self.is_plan).order_by("-day", "currency", "pk")

    def complete(self, values):
        return values | {"is_plan": self.is_plan}

    def same(self, values):
        return Q(currency=values["currency"], day=values["day"], is_plan=self.is_plan)

    def taken(self):
        return Refused(_("This currency has a rate of that day already: correct that one."), "day")

    def check(self, row, values):
        if values["currency"] == Organization.objects.get().currency:
            raise Refused(_("This is the organization's own currency: it is worth 1 of itself."), "currency")
        try:
            minor_units(values["currency"])
        except ValueError as error:
            raise Refused(str(error), "currency") from error

    def refusal(self, error: IntegrityError):
        if "no exchange rate" in str(error):
            return StillInUse(_("Sales or opportunities are converted at this rate and would have none without it."))
        return super().refusal(error)


class PlanRates(Rates):
    """One rate for a fiscal year, from its first day on."""

    word, is_plan = "plan_rate", True

    def taken(self):
        return Refused(_("This currency has a rate of that year already: correct that one."), "day")
