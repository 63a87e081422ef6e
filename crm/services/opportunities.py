"""Opportunities: added, corrected, moved through their pipeline, won or lost."""

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from crm.models import Opportunity, Stage, StageChange
from crm.models.opportunities import StageKind
from crm.refusals import Refused
from crm.rules import closing_of
from crm.services import rows
from crm.services.money import check_rate
from tenants.models import Member


def check_days(*, created_on: date, closed_on: date | None, today: date) -> None:
    """Raises Refused unless the days are in order and none is still to come."""
    if created_on > today:
        raise Refused(_("This day is still to come."), "created_on")
    if closed_on and closed_on > today:
        raise Refused(_("This day is still to come."), "closed_on")
    if closed_on and closed_on < created_on:
        raise Refused(_("It cannot end before it was created."), "closed_on")


@transaction.atomic
def add_opportunity(
    *, actor: Member, owner: Member, stage: Stage, created_on: date, today: date, currency: str, key: str,
    probability_percent: Decimal | None = None, **details,
) -> Opportunity:  # fmt: skip
    """A new opportunity in this stage; without a probability of its own it has the stage's. In a won or lost stage it
    ended on the day it was created. `details` are name, company, amount, expected_on and custom."""
    check_days(created_on=created_on, closed_on=None, today=today)
    check_rate(organization=actor.organization, currency=currency, on=created_on)
    closing = closing_of(stage.kind, on=created_on)
    opportunity = Opportunity(
        owner=owner, stage=stage, pipeline_id=stage.pipeline_id, created_on=created_on, currency=currency,
        probability_percent=stage.probability_percent if probability_percent is None else probability_percent,
        won_on=closing.won_on, lost_on=closing.lost_on, **details,
    )  # fmt: skip
    return rows.add_once(opportunity, actor=actor, action="opportunity.added", key=key)


@transaction.atomic
def correct_opportunity(
    *, actor: Member, opportunity: Opportunity, seen: str, today: date, probability_percent: Decimal | None, **details
) -> Opportunity:
    """Corrects what is known of it; its stage changes by moving it."""
    current = rows.locked(opportunity, seen=seen)
    created_on = details["created_on"]
    check_days(created_on=created_on, closed_on=current.won_on or current.lost_on, today=today)
    check_rate(organization=actor.organization, currency=details["currency"], on=created_on)
    if probability_percent is None:
        probability_percent = current.stage.probability_percent
    values = {**details, "probability_percent": probability_percent}
    return rows.change(current, actor=actor, action="opportunity.corrected", values=values)


@transaction.atomic
def move_opportunity(*, actor: Member, opportunity: Opportunity, stage: Stage, on: date, today: date) -> Opportunity:
    """Moves it to a stage, whose probability it takes, and keeps that it did. A won or lost stage ends it on that day;
    an open one opens it again. Moving it to where it is changes nothing but, perhaps, the day on which it ended."""
    current = rows.locked(opportunity)
    if stage.pipeline_id != current.pipeline_id:
        raise Refused(_("This stage belongs to another pipeline."), "stage")
    if stage.kind == StageKind.OPEN and stage.pk == current.stage_id:
        return current
    if stage.kind != StageKind.OPEN:
        check_days(created_on=current.created_on, closed_on=on, today=today)
    if stage.kind == StageKind.WON:
        check_rate(organization=actor.organization, currency=current.currency, on=on)
    closing = closing_of(stage.kind, on=on)
    values = {
        "stage": stage, "probability_percent": stage.probability_percent,
        "won_on": closing.won_on, "lost_on": closing.lost_on,
    }  # fmt: skip
    if stage.pk != current.stage_id:
        StageChange.objects.create(
            opportunity=current, left_id=current.stage_id, entered=stage, moved_on=on, moved_by=actor
        )
    return rows.change(current, actor=actor, action="opportunity.moved", values=values)


@transaction.atomic
def change_opportunities(*, actor: Member, pks: list[int], today: date, values: dict) -> rows.Done:
    """Writes the same person, stage or expected day into several opportunities: those that the actor may change. A
    stage that one of them cannot enter leaves all of them as they are."""
    theirs = Opportunity.objects.changeable_by(actor, on=today).filter(pk__in=pks)
    stage = values.pop("stage", None)
    changed = 0
    for opportunity in theirs.select_for_update(of=("self",)).order_by("pk"):
        if stage:
            _move_one(actor=actor, opportunity=opportunity, stage=stage, today=today)
            opportunity.refresh_from_db()
        rows.change(opportunity, actor=actor, action="opportunity.corrected", values=values)
        changed += 1
    return rows.Done(changed, refused=len(pks) - changed)


def _move_one(*, actor: Member, opportunity: Opportunity, stage: Stage, today: date) -> None:
    """Moves one of several; the refusal says which."""
    if opportunity.stage_id == stage.pk:
        return
    try:
        move_opportunity(actor=actor, opportunity=opportunity, stage=stage, on=today, today=today)
    except Refused as refusal:
        raise Refused(f"{opportunity}: {refusal}") from refusal


def delete_opportunity(*, actor: Member, opportunity: Opportunity) -> None:
    sentence = _("Activities belong to this opportunity, so it cannot be deleted. Mark it as lost instead.")
    rows.remove(opportunity, actor=actor, action="opportunity.deleted", sentence_if_used=sentence)
