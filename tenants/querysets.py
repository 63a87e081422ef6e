"""Questions about people that read as phrases."""

from django.db.models import Q

from tenants.scope import OwnedQuerySet


class MemberQuerySet(OwnedQuerySet):
    def active(self):
        return self.filter(is_active=True)

    def in_teams(self, team_ids, *, on):
        """Members of any of these teams on that day."""
        return self.filter(
            Q(memberships__until__isnull=True) | Q(memberships__until__gt=on),
            memberships__team__in=team_ids,
            memberships__first_on__lte=on,
        ).distinct()


class InvitationQuerySet(OwnedQuerySet):
    def waiting(self):
        """Neither accepted nor withdrawn; some may have expired."""
        return self.filter(accepted_at=None, withdrawn_at=None)


class MembershipQuerySet(OwnedQuerySet):
    def on(self, day):
        """Those that hold on this day."""
        return self.filter(Q(until__isnull=True) | Q(until__gt=day), first_on__lte=day)

    def overlapping(self, first_on, until):
        """Those that share a day with the days from `first_on` until the day before `until` (for ever without one)."""
        rows = self.filter(Q(until__isnull=True) | Q(until__gt=first_on))
        return rows.filter(first_on__lt=until) if until else rows
