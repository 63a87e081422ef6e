"""Companies and the people there."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import record
from crm.access import companies_to_change
from crm.models import Company, Contact
from crm.refusals import Refused
from crm.reporting.duplicates import alike
from crm.services import rows
from crm.visibility import companies_seen_by
from tenants.models import Member


def check_namesakes(*, name: str, city: str, besides: int | None = None) -> None:
    """Raises Refused when the city has a company of this name."""
    if Company.objects.filter(name_key=name.lower(), city__iexact=city).exclude(pk=besides or 0).exists():
        raise Refused(_("There is a company of this name in this city already."), "name")


def check_company_day(created_on: date, *, today: date) -> None:
    if created_on > today:
        raise Refused(_("This day is still to come."), "created_on")


class LikeOthers(Refused):
    """Companies of a like name are there already; the person may say that this is another one all the same."""

    def __init__(self):
        super().__init__(_("Is it one of these? Otherwise add it all the same."), "name")


@transaction.atomic
def add_company(*, actor: Member, today: date, is_another: bool = False, **details) -> Company:
    """Raises LikeOthers, unless `is_another`, where the actor sees companies that have all words of the name."""
    check_namesakes(name=details["name"], city=details["city"])
    if not is_another and alike(companies_seen_by(actor), details["name"]):
        raise LikeOthers
    check_company_day(details["created_on"], today=today)
    company = Company.objects.create(**details)
    record(actor=actor, action="company.added", target=company, changes=rows.facts_of(company))
    return company


@transaction.atomic
def correct_company(*, actor: Member, company: Company, seen: str, today: date, **details) -> Company:
    current = rows.locked(company, seen=seen)
    if (details["name"], details["city"]) != (current.name, current.city):
        check_namesakes(name=details["name"], city=details["city"], besides=current.pk)
    check_company_day(details["created_on"], today=today)
    return rows.change(current, actor=actor, action="company.corrected", values=details)


@transaction.atomic
def change_companies(*, actor: Member, pks: list[int], today: date, values: dict) -> rows.Done:
    """Writes the same values into several companies: those that the actor may change, the others stay as they are."""
    theirs = companies_to_change(actor, on=today).filter(pk__in=pks).select_for_update(of=("self",)).order_by("pk")
    changed = 0
    for company in theirs:
        rows.change(company, actor=actor, action="company.corrected", values=values)
        changed += 1
    return rows.Done(changed, refused=len(pks) - changed)


@transaction.atomic
def add_contact(*, actor: Member, company: Company, **details) -> Contact:
    contact = Contact.objects.create(company=company, **details)
    record(actor=actor, action="contact.added", target=contact, changes=rows.facts_of(contact))
    return contact


@transaction.atomic
def correct_contact(*, actor: Member, contact: Contact, seen: str, **details) -> Contact:
    current = rows.locked(contact, seen=seen)
    return rows.change(current, actor=actor, action="contact.corrected", values=details)


def remove_contact(*, actor: Member, contact: Contact) -> None:
    sentence = _("Activities name this person, who therefore stays.")
    rows.remove(contact, actor=actor, action="contact.removed", sentence_if_used=sentence)
