"""What people read when a request could not be answered because of us."""

import sys

from django.http import HttpResponse
from django.template import loader
from django.views.defaults import server_error as broken

from config.logs import AWAY

AGAIN = 5  # seconds after which it is worth trying


def server_error(request):
    """503 while the database restarts or does not keep up, 500 for a fault of ours; neither page asks the database."""
    if not isinstance(sys.exc_info()[1], AWAY):
        return broken(request)
    page = loader.get_template("503.html").render()
    return HttpResponse(page, status=503, headers={"Retry-After": str(AGAIN), "Cache-Control": "no-store"})
