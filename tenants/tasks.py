"""The base of every task that serves one organization."""

from functools import wraps

from celery import shared_task

from tenants.scope import open_organization


def organization_task(**options):
    """A Celery task whose first argument is an organization's id; it runs with both walls open for that one.

    A task that opens its transactions itself (because it needs several) is a plain `shared_task`.
    """

    def decorate(function):
        @shared_task(**options, name=f"{function.__module__}.{function.__name__}")
        @wraps(function)
        def run(organization_id, *args, **kwargs):
            with open_organization(organization_id):
                return function(organization_id, *args, **kwargs)

        return run

    return decorate
