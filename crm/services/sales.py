"""Sale lines typed in by hand."""

from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from audit.services import record
from crm.models import SaleLine
from crm.refusals import Refused
from crm.services import rows
from crm.services.money import check_rate
from tenants.models import Member


def check_sale(*, actor: Member, day: date, currency: str, today: date) -> None:
    """Raises Refused for a day to come, or one on which the currency has no rate."""
    if day > today:
        raise Refused(_("This day is still to come."), "day")
    check_rate(organization=actor.organization, currency=currency, on=day)


def number_is_taken(line: SaleLine, error: IntegrityError) -> Exception:
    """Why the line cannot carry its number, with the next that is free; any other error stays what it is."""
    if "sale_line_number_is_unique" not in str(error):
        return error
    lines = SaleLine.objects.filter(source=line.source, document=line.document)
    following = lines.aggregate(last=Max("line_number"))["last"] + 1
    sentence = _("Line %(number)d of %(document)s is there already. The next free line is %(following)d.")
    values = {"number": line.line_number, "document": line.document, "following": following}
    return Refused(sentence % values, "line_number")


@transaction.atomic
def add_sale_line(*, actor: Member, owner: Member, today: date, **details) -> SaleLine:
    """A line with its document, line_number, day, company, product, branch, quantity, gross, net, cost and currency. A
    return has a negative quantity and negative amounts."""
    check_sale(actor=actor, day=details["day"], currency=details["currency"], today=today)
    line = SaleLine(owner=owner, **details)
    try:
        with transaction.atomic():
            line.save()
    except IntegrityError as error:
        raise number_is_taken(line, error) from error
    record(actor=actor, action="sale_line.added", target=line, changes=rows.facts_of(line))
    return line


@transaction.atomic
def correct_sale_line(*, actor: Member, line: SaleLine, seen: str, today: date, **details) -> SaleLine:
    current = rows.locked(line, seen=seen)
    check_sale(actor=actor, day=details["day"], currency=details["currency"], today=today)
    try:
        with transaction.atomic():
            return rows.change(current, actor=actor, action="sale_line.corrected", values=details)
    except IntegrityError as error:
        raise number_is_taken(current, error) from error


@transaction.atomic
def change_sale_lines(*, actor: Member, pks: list[int], today: date, values: dict) -> rows.Done:
    """Writes the same person or branch into several lines: those that the actor may change."""
    theirs = SaleLine.objects.changeable_by(actor, on=today).filter(pk__in=pks)
    return rows.change_several(theirs, chosen=len(pks), actor=actor, action="sale_line.corrected", values=values)


def delete_sale_line(*, actor: Member, line: SaleLine) -> None:
    sentence = _("Something else refers to this line, so it cannot be deleted.")
    rows.remove(line, actor=actor, action="sale_line.deleted", sentence_if_used=sentence)
