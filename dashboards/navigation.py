"""The places of the shell, in the order in which people go to them."""

from dataclasses import dataclass
from operator import itemgetter

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from dashboards.settings import has_settings
from tenants.models import Role


@dataclass(frozen=True)
class Place:
    """One way into the product. `is_in_bar` puts it into the phone's bar, `is_main` in the middle of it. Only people of
    these `roles` see it. Pages `beside` it, whose addresses begin like this, have no way in of their own."""

    view: str
    label: str
    icon: str
    is_in_bar: bool = False
    is_main: bool = False
    roles: tuple[str, ...] = tuple(Role.values)
    beside: tuple[str, ...] = ()


PLACES = (
    Place("dashboards:home", _("Home"), "house", is_in_bar=True, beside=("people/", "start/")),
    Place("goals:index", _("Goals"), "target", is_in_bar=True),
    Place("agreements:index", _("Agreements"), "file-badge"),
    Place("crm:log", _("Log"), "circle-plus", is_in_bar=True, is_main=True),
    Place("crm:companies", _("Companies"), "building-2", is_in_bar=True, beside=("contacts/",)),
    Place("crm:activities", _("Activities"), "footprints"),
    Place("crm:opportunities", _("Opportunities"), "handshake"),
    Place("crm:sales", _("Sales"), "receipt-text"),
    Place("crm:products", _("Products"), "package"),
    Place("goals:statistics", _("Statistics"), "chart-column"),
    Place("people:members", _("Members"), "users", roles=(Role.ADMIN, Role.MANAGER)),
    Place("people:teams", _("Teams"), "network"),
    Place("dashboards:settings", _("Settings"), "settings", beside=("imports/", "mail/")),
)


def navigation(request) -> dict:
    """For base.html: each place with its address in the open organization, and whether it is where the reader is."""
    if not hasattr(request, "member"):
        return {}
    slug = request.organization.slug
    home = reverse("dashboards:home", args=[slug])
    places = [(place, reverse(place.view, args=[slug])) for place in PLACES if is_shown(place, request.member.role)]
    here = current(request.path, places, home)
    entries = [{"place": place, "url": url, "is_current": place == here} for place, url in places]
    urls = {"settings_url": "dashboards:settings", "account_url": "people:account"}
    return {"navigation": entries, "home_url": home, **{name: reverse(v, args=[slug]) for name, v in urls.items()}}


def is_shown(place: Place, role: str) -> bool:
    return role in place.roles and (place.view != "dashboards:settings" or has_settings(role))


def current(path: str, places: list[tuple[Place, str]], home: str) -> Place | None:
    """The place that the path lies in or beside: the innermost, home only by itself."""
    inside = [(len(url), place) for place, url in places if (path == url if url == home else path.startswith(url))]
    inside += [(len(home + at), place) for place, _url in places for at in place.beside if path.startswith(home + at)]
    return max(inside, key=itemgetter(0), default=(0, None))[1]
