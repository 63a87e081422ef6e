"""What narrows the list of mails; it stands in the address."""

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from notifications.models import MailState, OutgoingMail


class MailFilter(filters.FilterSet):
    state = filters.ChoiceFilter(label=_("State"), choices=MailState.choices, empty_label=_("Any"))
    to = filters.CharFilter(label=_("To"), field_name="recipient", lookup_expr="startswith")

    class Meta:
        model = OutgoingMail
        fields = ("state", "to")
