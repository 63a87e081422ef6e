"""Questions about agreements that read as phrases."""

from django.db.models import Count

from tenants.scope import OwnedQuerySet


class AgreementQuerySet(OwnedQuerySet):
    def held(self):
        """Not archived."""
        return self.filter(is_archived=False)

    def active(self, *, on):
        return self.held().filter(first_on__lte=on, until__gt=on)

    def upcoming(self, *, on):
        return self.held().filter(first_on__gt=on)

    def expired(self, *, on):
        return self.held().filter(until__lte=on)

    def with_company(self, company):
        return self.filter(parties__company=company)

    def with_names(self):
        return self.select_related("responsible", "segment", "created_by").annotate(
            customer_count=Count("parties", distinct=True)
        )
