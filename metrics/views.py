"""The stream of news that keeps open pages live."""

from django.http import StreamingHttpResponse
from django.views.decorators.http import require_GET

from metrics import events

MOST_FIGURES = 1_000  # a page shows fewer; what lies beyond is not streamed


def asked_figures(request) -> set[int]:
    """The figures that the page shows, from `?figures=1,2,3`; anything that is not a number is passed over."""
    named = request.GET.get("figures", "").split(",")[:MOST_FIGURES]
    return {int(name) for name in named if name.isascii() and name.isdigit() and len(name) < 19}


@require_GET
def news(request, slug):
    """Server-sent events, one whenever a figure of the page has moved; the page then asks for the card anew."""
    response = StreamingHttpResponse(
        events.stream(request.organization.pk, asked_figures(request)), content_type="text/event-stream"
    )
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"
    return response
