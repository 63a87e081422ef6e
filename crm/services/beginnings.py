"""What a new organization begins with, so that its people can log and sell on the first day."""

from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import record
from crm.models import ActivityKind, Outcome, Pipeline, Stage
from crm.models.opportunities import StageKind
from tenants.models import Member


@transaction.atomic
def furnish_organization(*, actor: Member | None) -> Pipeline:
    """Kinds of activities with their outcomes, and one pipeline, for the open organization, in the active language."""
    kinds = [
        ("visit", _("Visit"), "map-pin", [("order", _("Order placed")), ("no-interest", _("No interest"))]),
        ("check-in", _("Check-in"), "locate", []),
        ("call", _("Call"), "phone", [("reached", _("Reached")), ("not-reached", _("Not reached"))]),
        ("e-mail", _("E-mail"), "mail", []),
        ("meeting", _("Meeting"), "users", [("agreed", _("Agreed")), ("to-follow-up", _("To follow up"))]),
    ]
    for position, (key, name, icon, outcomes) in enumerate(kinds):
        kind = ActivityKind.objects.create(
            key=key, name=name, icon=icon, position=position, needs_position=key == "check-in"
        )
        Outcome.objects.bulk_create([Outcome(kind=kind, key=key, name=name) for key, name in outcomes])
    pipeline = Pipeline.objects.create(name=_("Sales"))
    stages = [
        (_("Lead"), StageKind.OPEN, 10),
        (_("Qualified"), StageKind.OPEN, 30),
        (_("Offer"), StageKind.OPEN, 60),
        (_("Won"), StageKind.WON, 100),
        (_("Lost"), StageKind.LOST, 0),
    ]
    Stage.objects.bulk_create(
        [
            Stage(pipeline=pipeline, name=name, kind=kind, probability_percent=percent, position=position)
            for position, (name, kind, percent) in enumerate(stages)
        ]
    )
    record(actor=actor, action="furnished", target=pipeline)
    return pipeline
