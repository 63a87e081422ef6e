"""Views of lists that people keep for themselves."""

from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from audit.services import record
from crm.models import SavedView
from crm.refusals import Refused
from tenants.models import Member

LEFT_OUT = ("page", "export")
MOST_VIEWS = 30  # of one person on one list


@transaction.atomic
def save_view(*, actor: Member, page: str, name: str, query: str) -> SavedView:
    """Keeps the query of an address under a name; a name that is in use means the new query from now on."""
    Member.objects.select_for_update().get(pk=actor.pk)
    mine = SavedView.objects.filter(member=actor, page=page)
    view = mine.filter(name=name).first()
    if view is None and mine.count() >= MOST_VIEWS:
        raise Refused(_("You keep %d views of this list already. Remove one first.") % MOST_VIEWS)
    view = view or SavedView(member=actor, page=page, name=name)
    view.query = tidied(query)
    view.save()
    record(actor=actor, action="view.saved", target=view, changes={"query": view.query})
    return view


def tidied(query: str) -> str:
    """The words of a query that say what is shown, and not which page of it."""
    words = QueryDict(query.lstrip("?"), mutable=True)
    for name in [*LEFT_OUT, *(name for name in words if not any(words.getlist(name)))]:
        words.pop(name, None)
    return words.urlencode()


@transaction.atomic
def delete_view(*, actor: Member, view: SavedView) -> None:
    record(actor=actor, action="view.deleted", target=view, changes={"name": [view.name, None]})
    view.delete()
