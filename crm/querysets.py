"""Questions about companies and facts that read as phrases."""

from functools import reduce
from operator import or_

from django.apps import apps
from django.contrib.postgres.aggregates import BoolOr
from django.db.models import F, Q, Window
from django.db.models.functions import RowNumber

from lib.words import LAST_CHARACTER, words_in
from tenants.access import people_of
from tenants.models import Role
from tenants.scope import OwnedQuerySet


def companies_matching(text: str):
    """The ids of the companies that have, for each word of the text, a word that begins with it (name, city or
    external id): a range of the index for each. They are counted together in one pass rather than joined, since the
    planner cannot know how many companies share a word."""
    kept, words = apps.get_model("crm", "CompanyWord").objects, words_in(text)
    if not words:
        return kept.none().values("company")
    words = [word for word in words if len(word) > 1] or words  # a letter beside words would read half the index
    ranges = [Q(word__gte=word, word__lt=word + LAST_CHARACTER) for word in words]
    found = kept.filter(reduce(or_, ranges)).order_by().values("company")
    if len(ranges) == 1:
        return found
    said = {f"has_{number}": BoolOr(one) for number, one in enumerate(ranges)}
    return found.annotate(**said).filter(**dict.fromkeys(said, True)).values("company")


class CompanyQuerySet(OwnedQuerySet):
    def matching(self, text: str):
        """Companies that have every word of the text, however far it is typed; all of them for no word."""
        return self.filter(pk__in=companies_matching(text)) if text.strip() else self

    def starting_with(self, text: str):
        """Companies whose name begins with these letters, small or capital: a range, which the index serves."""
        key = text.strip().lower()
        return self.filter(name_key__gte=key, name_key__lt=key + "\U0010ffff") if key else self

    def owned_by(self, member):
        return self.filter(owner=member)


class ContactQuerySet(OwnedQuerySet):
    def matching(self, text: str):
        """Contacts whose own name or e-mail address has these letters, or whose company matches."""
        said = text.strip()
        if not said:
            return self
        return self.filter(Q(name__icontains=said) | Q(email__icontains=said) | Q(company__in=companies_matching(said)))


class NamedQuerySet(OwnedQuerySet):
    def matching(self, text: str):
        """Rows that have these letters in their name, or this external id."""
        said = text.strip()
        return self.filter(Q(name__icontains=said) | Q(external_id=said)) if said else self

    def starting_with(self, text: str):
        """Rows whose name begins with these letters, small or capital."""
        return self.filter(name__istartswith=text.strip())


class CreditedQuerySet(OwnedQuerySet):
    def changeable_by(self, member, *, on):
        """The facts that the member may change (crm.access.may_change), as one question."""
        if member.role == Role.VIEWER:
            return self.none()
        if member.role == Role.ADMIN:
            return self
        return self.filter(owner__in=people_of(member, on=on).values("pk"))

    def seen_by(self, member, *, on):
        """Facts of the people whose facts this member may see, alone or shared; nobody's facts are the
        administrators' and the viewers'."""
        if member.role in (Role.ADMIN, Role.VIEWER):
            return self
        people = list(people_of(member, on=on).values_list("pk", flat=True))
        return self.filter(Q(owner__in=people) | Q(credit_members__overlap=people))

    def matching(self, text: str):
        """Facts whose company matches, or that are called so themselves (`called`)."""
        said = text.strip()
        return self.filter(Q(company__in=companies_matching(said)) | self.called(said)) if said else self

    def called(self, text: str) -> Q:
        """What a kind of fact is searched by, besides its company."""
        return Q(pk=None)

    def first_of_each(self, field: str, count: int, *order):
        """The first rows, in this order, of each value of a field, in one query."""
        place = Window(RowNumber(), partition_by=F(field), order_by=list(order))
        return self.annotate(place=place).filter(place__lte=count).order_by(field, "place")


class OpportunityQuerySet(CreditedQuerySet):
    def called(self, text: str) -> Q:
        return Q(name__icontains=text) | Q(external_id=text)


class ActivityQuerySet(CreditedQuerySet):
    def called(self, text: str) -> Q:
        return Q(note__icontains=text) | Q(contact__name__icontains=text)


class SaleQuerySet(CreditedQuerySet):
    def called(self, text: str) -> Q:
        """By the beginning of the document's number, as it is written."""
        return Q(document__gte=text, document__lt=text + LAST_CHARACTER)
