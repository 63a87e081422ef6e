"""What of the customers' sales an agreement counts: brands, families and branches that it takes or leaves out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

SUBJECTS = ("brand", "family", "branch")


class WrongOptions(ValueError):
    """Options that contradict each other; the text is a sentence, `subject` says whether brand, family or branch."""

    def __init__(self, sentence: str, subject: str):
        super().__init__(sentence)
        self.subject = subject


@dataclass(frozen=True)
class Choice:
    """Ids that are the only ones counted (none: all are), and ids that are not counted."""

    only: tuple[int, ...] = ()
    without: tuple[int, ...] = ()


@dataclass(frozen=True)
class Options:
    """The choices by subject. An id that is both taken and left out raises WrongOptions."""

    choices: Mapping[str, Choice] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for subject, choice in self.choices.items():
            if set(choice.only) & set(choice.without):
                raise WrongOptions(_("Nothing can be both included and excluded."), subject)

    @classmethod
    def read(cls, kept: Mapping | None) -> Options:
        """What is kept as JSON."""
        kept = kept or {}
        return cls({subject: _choice(kept[subject]) for subject in SUBJECTS if subject in kept})

    def as_json(self) -> dict:
        return {
            subject: {"only": sorted(choice.only), "without": sorted(choice.without)}
            for subject, choice in self.choices.items()
            if choice.only or choice.without
        }

    def tree(self) -> dict | None:
        """The same as conditions on a sale line (docs/segments.md); None where everything counts."""
        parts = [part for subject in SUBJECTS for part in self._conditions(subject)]
        return {"all": parts} if len(parts) > 1 else next(iter(parts), None)

    def _conditions(self, subject: str) -> Iterable[dict]:
        choice = self.choices.get(subject, Choice())
        if choice.only:
            yield {"field": subject, "any_of": sorted(choice.only)}
        if choice.without:
            yield {"field": subject, "none_of": sorted(choice.without)}


def _choice(kept: Mapping) -> Choice:
    return Choice(tuple(map(int, kept.get("only", ()))), tuple(map(int, kept.get("without", ()))))
