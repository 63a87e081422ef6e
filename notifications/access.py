"""The only way to a notice or a mail: a row that is not there, or not for this reader, is a 404."""

from django.shortcuts import get_object_or_404

from notifications.models import Notice, OutgoingMail
from tenants.models import Member


def notice_of(member: Member, pk: int) -> Notice:
    """One of the member's own notices."""
    return get_object_or_404(Notice.objects.of(member), pk=pk)


def mail(pk: int) -> OutgoingMail:
    """A mail of the organization; its views let administrators in only."""
    return get_object_or_404(OutgoingMail.objects.select_related("member", "attachment"), pk=pk)
