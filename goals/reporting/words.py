"""A goal in words."""

from goals.models import Goal
from metrics.segments import sentence


def what_counts(goal: Goal) -> str:
    """The goal's segment in words; empty where every fact counts."""
    return sentence(goal.segment.tree if goal.segment else None, goal.counts.stream.key)
