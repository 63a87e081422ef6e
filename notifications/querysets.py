"""Questions about mails and notices that read as phrases. What is due is asked by the database's clock."""

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from tenants.models import Member
from tenants.scope import OwnedQuerySet


class MailQuerySet(models.QuerySet):
    def whole(self):
        """With all that the message is made of."""
        return self

    def waiting(self):
        return self.filter(state="queued")

    def due(self):
        """Waiting, and its time has come."""
        return self.waiting().filter(next_at__lte=Now())

    def too_late(self):
        return self.filter(expires_at__lte=Now())

    def in_time(self):
        return self.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=Now()))

    def unwanted(self):
        return self.none()

    def wanted(self):
        return self

    def abandoned(self):
        """Being sent by somebody whose lease has run out."""
        return self.filter(state="sending", lease_until__lt=Now())

    def held_under(self, token):
        """The mail that is being sent under this lease, or whose sender was given up without anybody taking over."""
        return self.filter(lease_token=token, state__in=("sending", "unknown"))

    def in_order(self):
        return self.order_by("next_at", "pk")


class OutgoingMailQuerySet(OwnedQuerySet, MailQuerySet):
    def whole(self):
        return self.select_related("attachment")

    def unwanted(self):
        """For somebody who has left, or who does not want mails of this kind, or topic, any more."""
        return self.filter(self._does_not_want())

    def wanted(self):
        return self.exclude(self._does_not_want())

    def _does_not_want(self):
        from notifications.models import ByMail, Preference, Suppression

        refused = Preference.objects.filter(member=OuterRef("member"), kind=OuterRef("kind"), by_mail=ByMail.OFF)
        gone = Member.objects.filter(pk=OuterRef("member"), is_active=False)
        stopped = Suppression.objects.filter(topic=OuterRef("topic"), address=OuterRef("recipient"))
        return Exists(gone) | (Q(is_optional=True) & Exists(refused)) | (~Q(topic="") & Exists(stopped))


class NoticeQuerySet(OwnedQuerySet):
    def of(self, member):
        """What this member sees, the newest first."""
        return self.filter(member=member, is_shown=True).order_by("-at", "-pk")

    def unread(self):
        return self.filter(read_at__isnull=True)

    def untold(self):
        """To be told by the next daily summary."""
        return self.filter(awaits_summary=True).order_by("at", "pk")
