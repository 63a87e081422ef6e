"""The kinds of notices there are. Apps name theirs at start-up; people choose how they are told of each."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from notifications.models import ByMail

DAILY_SUMMARY = "daily_summary"


@dataclass(frozen=True)
class Kind:
    """One kind of notice. `label` names it in the preferences, `reason` ends the mail: "You get this because ...".

    `is_shown` and `by_mail` say how people are told who have not chosen. Of a kind that is `daily_at_most` nobody gets
    more than one mail a day.
    """

    key: str
    label: str
    reason: str
    by_mail: str = ByMail.AT_ONCE
    is_shown: bool = True
    daily_at_most: bool = False

    @property
    def mails(self) -> list[tuple[str, str]]:
        """The ways by mail that people choose from."""
        return [choice for choice in ByMail.choices if choice[0] != ByMail.AT_ONCE or not self.daily_at_most]


_kinds: dict[str, Kind] = {}
_mails: dict[str, str] = {}

SUMMARY = Kind(
    DAILY_SUMMARY,
    label=_("Daily summary"),
    reason=_("You get this because you asked for notices in a daily summary."),
)


def register(kind: Kind) -> None:
    """Called by an app when it is ready; a second registration of the same kind replaces the first."""
    _kinds[kind.key] = kind


def name_mails(key: str, label: str) -> None:
    """Names a kind of mail that is no notice, for the page on which its reader stops it."""
    _mails[key] = label


def kinds() -> list[Kind]:
    """Every kind of notice, by name."""
    return sorted(_kinds.values(), key=lambda kind: str(kind.label))


def label(key: str) -> str:
    """What a kind is called; the key itself where no app names it any more."""
    if key == DAILY_SUMMARY:
        return SUMMARY.label
    return _kinds[key].label if key in _kinds else _mails.get(key, key)


def kind(key: str) -> Kind:
    """Raises KeyError where no app has named the kind."""
    return SUMMARY if key == DAILY_SUMMARY else _kinds[key]
