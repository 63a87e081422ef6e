"""Every request has an id, and says when it is answered how it ended."""

import logging
import re
import time
import uuid

from django.conf import settings

from config import measured
from lib import trace

GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")

log = logging.getLogger("attain.request")


class RequestLog:
    """Gives every request an id, tells it to the browser, and says and counts how the request ended.

    Of the address only the pattern is told: ids, words that were searched for and tokens stay out of the log.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        started = time.perf_counter()
        facts = trace.begin(request_id=request_id(request))
        response = self.get_response(request)
        seconds = time.perf_counter() - started
        match = request.resolver_match
        measured.answered(match.view_name if match else "none", request.method, response.status_code, seconds)
        told = {"route": match.route if match else "", "duration_ms": round(seconds * 1000, 1)}
        told |= {"method": request.method, "status": response.status_code}
        log.info("%s %s", request.method, response.status_code, extra=told)
        response.headers["X-Request-ID"] = str(facts["request_id"])
        return response


def request_id(request) -> str:
    """The proxy's id where one stands in front and gave a sensible one, else a new one."""
    given = request.headers.get("X-Request-ID", "")
    return given if settings.BEHIND_PROXY and GIVEN_ID.fullmatch(given) else uuid.uuid4().hex
