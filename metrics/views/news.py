"""The stream of news that keeps open pages live."""

from django.views.decorators.http import require_GET

from lib import live
from metrics import events

MOST_FIGURES = 1_000  # a page shows fewer; what lies beyond is not streamed


def asked_figures(request) -> set[int]:
    """The figures that the page shows, from `?figures=1,2,3`; anything that is not a number is passed over."""
    named = request.GET.get("figures", "").split(",")[:MOST_FIGURES]
    return {int(name) for name in named if name.isascii() and name.isdigit() and len(name) < 19}


@require_GET
def news(request, slug):
    """Server-sent events, one whenever a figure of the page has moved; the page then asks for the card anew."""
    return live.answer(events.stream(request.organization.pk, asked_figures(request)))
