"""One address, two renderings: the whole page, or the part of it that htmx asked for."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers


def wants_fragment(request) -> bool:
    """True when htmx swaps a part of the page; going back in history asks for the whole."""
    return bool(request.htmx) and not request.htmx.boosted and not request.htmx.history_restore_request


def render_page(request, template: str, context: dict, *, fragment: str, status: int = 200) -> HttpResponse:
    """The page, or for htmx its named partial (`{% partialdef fragment %}`). An invalid form is a 422."""
    is_fragment = wants_fragment(request)
    name = f"{template}#{fragment}" if is_fragment else template
    response = render(request, name, {**context, "is_fragment": is_fragment}, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response
