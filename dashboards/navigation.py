"""The places of the shell, in the order in which people go to them."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from dashboards.settings import has_settings
from tenants.models import Role


@dataclass(frozen=True)
class Place:
    """One way into the product. `is_in_bar` puts it into the phone's bar, `is_main` in the middle of it. Only people of
    these `roles` see it."""

    view: str
    label: str
    icon: str
    is_in_bar: bool = False
    is_main: bool = False
    roles: tuple[str, ...] = tuple(Role.values)


PLACES = (
    Place("dashboards:home", _("Home"), "house", is_in_bar=True),
    Place("goals:index", _("Goals"), "target", is_in_bar=True),
    Place("crm:log", _("Log"), "circle-plus", is_in_bar=True, is_main=True),
    Place("crm:companies", _("Companies"), "building-2", is_in_bar=True),
    Place("crm:activities", _("Activities"), "footprints"),
    Place("crm:opportunities", _("Opportunities"), "handshake"),
    Place("crm:sales", _("Sales"), "receipt-text"),
    Place("crm:products", _("Products"), "package"),
    Place("people:members", _("Members"), "users", roles=(Role.ADMIN, Role.MANAGER)),
    Place("people:teams", _("Teams"), "network"),
    Place("dashboards:settings", _("Settings"), "settings"),
)


def navigation(request) -> dict:
    """For base.html: each place with its address in the open organization, and whether it is where the reader is."""
    if not hasattr(request, "member"):
        return {}
    slug = request.organization.slug
    home = reverse("dashboards:home", args=[slug])
    entries = []
    for place in PLACES:
        if request.member.role not in place.roles:
            continue
        if place.view == "dashboards:settings" and not has_settings(request.member.role):
            continue
        url = reverse(place.view, args=[slug])
        is_current = request.path == url if url == home else request.path.startswith(url)
        entries.append({"place": place, "url": url, "is_current": is_current})
    urls = {"settings_url": "dashboards:settings", "account_url": "people:account"}
    return {"navigation": entries, "home_url": home, **{name: reverse(v, args=[slug]) for name, v in urls.items()}}
