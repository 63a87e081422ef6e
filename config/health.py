"""What watches an installation from outside asks here: does the process live, can it serve, what has it measured."""

import secrets
from collections.abc import Callable
from functools import lru_cache

from django.conf import settings
from django.core.cache import caches
from django.db import DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse, HttpResponseNotFound, JsonResponse
from django.views.decorators.http import require_safe
from redis import RedisError

from config import measured
from tenants.roles import TooPowerful


def probes(get_response):
    """Middleware that answers probes before anything asks for sessions, people or the database on their behalf."""
    pages = {"/healthz": healthz, "/readyz": readyz, "/metrics": metrics}

    def answer(request):
        is_probe = request.path_info in pages and request.method in ("GET", "HEAD")
        return (pages[request.path_info] if is_probe else get_response)(request)

    return answer


@require_safe
def healthz(request):
    """The process lives. Nothing else is asked: a database that is away is no reason to start this process anew."""
    return HttpResponse("lives\n", content_type="text/plain")


@require_safe
def readyz(request):
    """Whether people can be served, in words; 503 where they cannot.

    Redis is told of and asked for nothing: without it pages are whole, only figures and news come later.
    """
    said = {"database": words(ask_database), "migrations": words(ask_migrations), "redis": words(ask_redis)}
    is_ready = said["database"] == said["migrations"] == "ok"
    return JsonResponse(said, status=200 if is_ready else 503)


@require_safe
def metrics(request):
    """Prometheus' page, for who knows METRICS_TOKEN; without one there is no such page."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not settings.METRICS_TOKEN or not secrets.compare_digest(given.encode(), settings.METRICS_TOKEN.encode()):
        return HttpResponseNotFound("There is nothing here.\n", content_type="text/plain")
    return HttpResponse(measured.exposition(), content_type="text/plain; version=0.0.4; charset=utf-8")


class NotReady(Exception):
    """Why people cannot be served, in a sentence."""


def words(ask: Callable[[], None]) -> str:
    """ "ok", or what is wrong; details that only an administrator may read stand in the log."""
    try:
        ask()
    except NotReady as reason:
        return str(reason)
    except TooPowerful as error:
        return str(error)
    except DatabaseError:
        return "does not answer"
    except RedisError:
        return "does not answer; figures and news come later"
    return "ok"


def ask_database() -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT 1")


def ask_migrations() -> None:
    """Migrations that were there stay there: they are read until they are complete, and then never again."""
    if not migrations_are_complete.cache_info().currsize and not migrations_are_complete():
        migrations_are_complete.cache_clear()
        raise NotReady("some are not applied yet: run manage.py migrate")


@lru_cache(maxsize=1)
def migrations_are_complete() -> bool:
    executor = MigrationExecutor(connections["default"])
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def ask_redis() -> None:
    """Asked past our cache, which would hide that Redis is away."""
    caches["default"]._cache.get_client().ping()
