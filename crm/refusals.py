"""Why a change of a company or a fact is not made. Each is a sentence for the person who asked for it."""

from django.utils.translation import gettext as _

from tenants.refusals import Refused

__all__ = ["ChangedMeanwhile", "GoneMeanwhile", "Refused", "StillInUse"]


class ChangedMeanwhile(Refused):
    """Somebody else has changed the row since the form was opened."""

    def __init__(self):
        super().__init__(_("Somebody has changed this since you opened it. Look at it again, then make your change."))


class GoneMeanwhile(Refused):
    """Somebody else has deleted the row since the form was opened."""

    def __init__(self):
        super().__init__(_("Somebody has deleted this since you opened it."))


class StillInUse(Refused):
    """Other rows refer to this one."""
