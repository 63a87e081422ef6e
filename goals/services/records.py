"""What the record says of goals."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from goals.models import Goal
from goals.splitting import Parts
from tenants.models import Member

KEPT = (
    "kind", "measure", "name", "description", "lower_is_better", "every", "starts_on", "ends_on", "is_assigned",
    "basis", "follows_sum",
)  # fmt: skip


def facts_of(goal: Goal, targets: Mapping[date, Decimal], parts: Parts | None = None) -> dict:
    """What the record says of a new goal, or of one that goes."""
    facts = {
        **{name: getattr(goal, name) for name in KEPT},
        "own_measure": goal.own_measure,
        "segment": goal.segment.tree if goal.segment else None,
        "amount": goal.amount and plain(goal.amount),
        "season": goal.season and [plain(weight) for weight in goal.season],
        "targets": {day.isoformat(): plain(target) for day, target in targets.items()},
    }
    return facts | ({"parts": named(parts)} if parts else {})


def named(parts: Parts) -> dict[str, Decimal]:
    """Everybody's part by name."""
    names = dict(Member.objects.filter(pk__in=parts).values_list("pk", "name"))
    return {names[key]: plain(part.value) for key, part in parts.items()}


def plain(target: Decimal) -> Decimal:
    """Without the zeros that say nothing, for the record."""
    return target.quantize(Decimal(1)) if target == target.to_integral_value() else target.normalize()
