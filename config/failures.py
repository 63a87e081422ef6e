"""What people read when a request could not be answered because of us."""

import logging
import sys

from django.http import HttpResponse, HttpResponseServerError
from django.template import loader
from django.views.defaults import server_error as broken

from config.logs import AWAY

AGAIN = 5  # seconds after which it is worth trying

log = logging.getLogger("django.request")


def server_error(request):
    """503 while the database restarts or does not keep up, 500 for a fault of ours; neither page asks the database."""
    if not isinstance(sys.exc_info()[1], AWAY):
        return page_of_a_fault(request)
    page = loader.get_template("503.html").render()
    return HttpResponse(page, status=503, headers={"Retry-After": str(AGAIN), "Cache-Control": "no-store"})


def page_of_a_fault(request):
    """The page that says so, or, where that cannot be drawn either, plain words; the log says why."""
    try:
        return broken(request)
    except Exception:
        log.exception("The page of a fault could not be drawn")
        return HttpResponseServerError("Something broke on our side.\n", content_type="text/plain")
