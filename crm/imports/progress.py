"""How far an import has come, for whoever watches. Told through Redis, which may forget it: nothing depends on it."""

from dataclasses import dataclass

from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from crm.models import Import

SECONDS = 3600

# Step -> (where it begins and ends on a scale of 100, its name); weighed as a large file of sale lines takes its time.
STEPS = {
    "reading": (0, 20, _("Reading the rows")),
    "checking": (20, 55, _("Checking every cell and reference")),
    "writing": (55, 99, _("Writing the rows")),
}


@dataclass(frozen=True)
class Progress:
    percent: int
    step: str


def tell(run: Import, step: str, share: float = 0.0) -> None:
    """`share` is the part of the step that is done, 0 to 1."""
    first, last, _name = STEPS[step]
    cache.set(_key(run), (step, round(first + (last - first) * share)), SECONDS)


def of(run: Import) -> Progress:
    """What was told last; for an import that waits for a worker, or when Redis has forgotten it, 0."""
    step, percent = cache.get(_key(run)) or ("", 0)
    return Progress(percent, str(STEPS[step][2]) if step else str(_("Waiting for a worker")))


def forget(run: Import) -> None:
    cache.delete(_key(run))


def _key(run: Import) -> str:
    return f"import:{run.organization_id}:{run.pk}"
