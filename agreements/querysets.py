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


class SettlementQuerySet(OwnedQuerySet):
    def standing(self):
        """Not reversed."""
        return self.exclude(pk__in=self.model.objects.filter(decisions__kind="reversed").order_by().values("pk"))

    def with_names(self):
        """Who made them and what became of them."""
        return self.select_related("agreement", "made_by").prefetch_related("decisions__by")
