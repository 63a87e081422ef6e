"""Somebody of the cast at the product's pages, without a browser."""

from django.test import Client

from tenants.scope import bind
from tests.world import Cast


class Visit:
    """Asks for pages of the cast's organization as one of its people; paths are those behind the slug."""

    def __init__(self, cast: Cast, first_name: str, *, htmx: bool = False):
        self.cast, self.member = cast, cast.people[first_name]
        self.client = Client(headers={"HX-Request": "true"} if htmx else None)
        self.client.force_login(self.member.user)

    def get(self, path: str, **parameters):
        return self.ask(self.client.get, path, parameters)

    def post(self, path: str, **values):
        return self.ask(self.client.post, path, values)

    def ask(self, method, path: str, data: dict):
        response = method(f"/{self.cast.slug}/{path}", data)
        bind(self.cast.organization.pk)  # the request has closed the organization that the test has open
        return response
