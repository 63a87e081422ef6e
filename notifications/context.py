"""The bell of the shell."""

from django.db import connection
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from notifications.reporting import MOST_COUNTED, unread_count


def bell(request) -> dict:
    """For base.html: where the notices are and how many are unread; asked only where the shell is drawn."""
    if not hasattr(request, "member"):
        return {}
    return {"bell": SimpleLazyObject(lambda: bell_of(request))}


def bell_of(request) -> dict:
    slug = request.organization.slug
    # the pages of refusals are drawn in a thread of their own, where no organization is open to be asked
    count = unread_count(request.member) if connection.in_atomic_block else 0
    return {
        "count": count,
        "shown": f"{MOST_COUNTED}+" if count > MOST_COUNTED else str(count),
        "url": reverse("notifications:notices", args=[slug]),
        "fragment_url": reverse("notifications:bell", args=[slug]),
        "stream_url": reverse("notifications:events", args=[slug]),
        "preferences_url": reverse("notifications:preferences", args=[slug]),
    }
