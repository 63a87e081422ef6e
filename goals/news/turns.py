"""When a goal is news, given what its people were told last. Pure."""

from enum import Enum
from fractions import Fraction

from goals.rules import Pace, Progress

BEHIND_FROM = Fraction(2, 3)  # of the period gone; before that nobody is told to be behind


class Turn(Enum):
    """What has become of a goal since its people were told last."""

    REACHED = "reached"
    TAKEN_BACK = "not reached any more"
    BROKEN = "over its limit"
    KEPT = "within its limit again"
    BEHIND = "falling behind"


CROSSED = frozenset({Turn.REACHED, Turn.BROKEN})
BACK = frozenset({Turn.TAKEN_BACK, Turn.KEPT})


def is_crossed(progress: Progress) -> bool:
    """Whether the target is reached or, where lower is better, the limit broken."""
    return progress.has_target and progress.is_reached != progress.lower_is_better


def is_falling_behind(progress: Progress) -> bool:
    """Whether two thirds of a period that is not over are gone, and the figure is behind what is expected by now."""
    is_late = progress.on < progress.period.until and progress.share_gone >= BEHIND_FROM
    return is_late and not is_crossed(progress) and progress.pace is Pace.BEHIND


def turn_of(progress: Progress, *, is_told_reached: bool, is_told_behind: bool) -> Turn | None:
    """What is news after what was told last; None for nothing. Without a target nothing is."""
    if not progress.has_target:
        return None
    if is_crossed(progress) != is_told_reached:
        if is_told_reached:
            return Turn.KEPT if progress.lower_is_better else Turn.TAKEN_BACK
        return Turn.BROKEN if progress.lower_is_better else Turn.REACHED
    return Turn.BEHIND if is_falling_behind(progress) and not is_told_behind else None
