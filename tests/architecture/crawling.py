"""Asks every address of the product for what belongs to Northwind, as people who must never get it.

A probe is one request. Most are asked twice, once with an id of Northwind and once with an id that nobody has: both
answers must be the same, none may hold a word of Northwind, and Northwind's rows must stay as they are.
"""

import re
from copy import deepcopy
from dataclasses import dataclass, field, replace
from itertools import product
from unittest import mock

from django.db import models, transaction
from django.forms.models import ModelChoiceField
from django.http import FileResponse, HttpResponse
from django.test import Client
from django.test import client as test_client

from crm.models import ActivityKind
from tenants.models import Organization, User
from tests.architecture.addresses import (
    BULK,
    CONDITIONS,
    QUERY,
    RESET_LINK,
    TOGETHER,
    TYPED,
    WITH_CONDITIONS,
    Route,
    model_of,
)

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
ASKED = [*product(METHODS, [False]), ("GET", True), ("POST", True)]  # with and without htmx
FORM = "application/x-www-form-urlencoded"
OFFERS_A_FILE = "export=csv"  # stands in a page whose list can be had as a file
CANARY = "siskin"  # begins every word that Northwind has written
FIRST_ID = 900_000_000  # Northwind's rows are numbered from here, so that a number tells whose it is
ABSENT = 987_654_321  # nobody's
NORTHWIND_NUMBER = re.compile(r"(?<!\d)9000\d{5}(?!\d)")
ABSENT_WORD, NOWHERE, NOBODY = "nobodys-word", "nowhere", "nobody@nowhere.example"
# What differs between two answers by nature: tokens, form keys and what stands for a row as it was read.
TOKEN = re.compile(r"\b[A-Za-z0-9]{64}\b|\b[A-Za-z0-9]{32}\b")  # at random, so that any word may stand in it
CHANGING = re.compile(
    r"[A-Za-z0-9]{64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    r"|base64,[A-Za-z0-9+/=]+|<code class=\"secret\">\w+|\"challenge\": \"[\w-]+"  # secrets of second steps
    r"|\b(?:list-count|list-pages|late)-[0-9a-z]+"  # which address a late answer is for
)

# --- rows ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rows:
    """One row of every kind, by the name of its model: what a probe puts into addresses and forms."""

    slug: str
    ids: dict[str, int | str]

    def value(self, model) -> int | str:
        """What a path names the row by: its id, a kind's key."""
        name = model._meta.model_name
        return self.ids["activitykind key"] if name == "activitykind" else self.ids[name]


def absent(model) -> int | str:
    return ABSENT_WORD if model is ActivityKind else ABSENT


# --- asking -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Probe:
    """One request; `sent` are the words and numbers in it that an answer may repeat."""

    method: str
    path: str
    data: dict = field(default_factory=dict)
    htmx: bool = False
    sent: tuple[str, ...] = ()

    def __str__(self):
        return f"{self.method} {self.path} {self.data or ''}{' (htmx)' if self.htmx else ''}"


@dataclass(frozen=True)
class Finding:
    """An answer that should not have been given."""

    who: str
    probe: Probe
    what: str

    def __str__(self):
        return f"{self.who}: {self.probe}: {self.what}"


class Crawler:
    """Asks as one person after the other and keeps what should not have been answered."""

    def __init__(self, *, own: Rows, foreign: Rows, routes: list[Route]):
        self.own, self.foreign, self.routes = own, foreign, routes
        self.count = 0
        self.refused = 0
        self.findings: list[Finding] = []

    def crawl(self, people: dict[str, User | None], insider: str) -> None:
        """`people` by name, None for nobody signed in; the `insider` has a seat in the organization of `own`."""
        for who, user in people.items():
            for route in self.routes:
                client = client_of(user)
                if not route.is_inside:
                    self.knock_outside(who, client, route, user)
                    continue
                self.knock_at_the_door(who, client, route)
                if who == insider:
                    self.knock_inside(who, client, route)

    def knock_outside(self, who: str, client: Client, route: Route, user: User | None) -> None:
        """Pages of nobody's organization, with an address of Northwind's people and one that nobody has."""
        path = route.path(**{name: RESET_LINK[name] for name in route.rows})
        for method in METHODS:
            if user is not None:
                client.force_login(user)  # a probe may have signed out
            pair = []
            for email in (self.foreign.ids["email"], NOBODY):
                typed = {"email": email, "login": email, "password": "x"} if method == "POST" else {}
                pair.append(Probe(method, path, typed, sent=(email,)))
            self.compare(who, client, *pair)

    def knock_at_the_door(self, who: str, client: Client, route: Route) -> None:
        """Northwind's own address with its own ids, beside an organization that does not exist."""
        rows = {name: self.foreign.value(self.model(route, name)) for name in route.rows}
        for method, htmx in ASKED:
            pair = [
                Probe(method, route.path(slug=slug, **rows), {}, htmx, (slug, *map(str, rows.values())))
                for slug in (self.foreign.slug, NOWHERE)
            ]
            self.compare(who, client, *pair)

    def knock_inside(self, who: str, client: Client, route: Route) -> None:
        self.put_into_path(who, client, route)
        self.put_into_query(who, client, route)
        self.put_into_form(who, client, route)
        self.put_into_bulk(who, client, route)

    def put_into_path(self, who: str, client: Client, route: Route) -> None:
        """Every mixture of own and foreign ids with at least one foreign."""
        for mixture in product((True, False), repeat=len(route.rows)):
            strangers = [name for name, is_strange in zip(route.rows, mixture, strict=True) if is_strange]
            if not strangers:
                continue
            paths = []
            for strange in (self.foreign.value, absent):
                whose = {name: strange if name in strangers else self.own.value for name in route.rows}
                values = {name: of(self.model(route, name)) for name, of in whose.items()}
                paths.append((self.path(route, **values), tuple(str(values[name]) for name in strangers)))
            for method, htmx in ASKED:
                self.compare(who, client, *(Probe(method, path, {}, htmx, sent) for path, sent in paths))

    def put_into_query(self, who: str, client: Client, route: Route) -> None:
        """Every word that some page understands: all at once where the path names a row, a few at a time elsewhere."""
        few = [tuple(QUERY)] if route.rows else TOGETHER
        for names, htmx in [*product(few, [False]), (tuple(QUERY), True)]:
            pair = []
            for ids in ({name: self.foreign.ids[model] for name, model in QUERY.items()}, dict.fromkeys(QUERY, ABSENT)):
                values = {name: ids[name] for name in names}
                pair.append(Probe("GET", self.own_path(route), values, htmx, tuple(map(str, values.values()))))
            shown = self.compare(who, client, *pair)
            if not htmx and any(OFFERS_A_FILE in said_in(answer) for answer in shown):
                exports = [replace(probe, data={**probe.data, "export": "csv"}) for probe in pair]
                self.compare(who, twin_of(client), *exports)

    def put_into_bulk(self, who: str, client: Client, route: Route) -> None:
        """Foreign rows among those to change, and foreign ids in what is typed for rows of one's own."""
        if route.name not in BULK:
            return
        model, typed, chosen = BULK[route.name]
        own = {"rows": [self.own.value(model)]}
        foreign = {"rows": model, **chosen}
        for name, named in foreign.items():
            pair = []
            for strange in (self.foreign.value, absent):
                sent = str(strange(named))
                both = {"rows": [*own["rows"], sent]} if name == "rows" else {**own, name: sent}
                pair.append(Probe("POST", self.own_path(route), {**typed, **both}, sent=(sent,)))
            self.compare(who, twin_of(client), *pair)
            self.compare(who, twin_of(client), *(replace(probe, data={**probe.data, "all": "1"}) for probe in pair))

    def put_into_form(self, who: str, client: Client, route: Route) -> None:
        """A form that would be saved, with each id that it takes replaced."""
        shown = client.get(self.own_path(route))
        form = shown.context and shown.context.get("form")
        if not form:
            return
        chosen = chosen_in(form)
        own = {name: self.own.ids[model._meta.model_name] for name, model in chosen.items()}
        typed = {**own, **written(form), **TYPED[route.name]}
        self.saves(client, route, typed)
        for name, model in chosen.items():
            self.post(who, client, route, typed, {name: model._meta.model_name})
        if route.name in WITH_CONDITIONS:
            for measure, fields in CONDITIONS.items():
                for name, model in fields.items():
                    values = {"measure": measure, "conditions": "1"}
                    condition = {"condition-0-field": name, "condition-0-comparator": "is"}
                    self.post(who, client, route, typed | values | condition, {"condition-0-value": model})

    def post(self, who: str, client: Client, route: Route, typed: dict, named: dict[str, str]) -> None:
        path = self.own_path(route)
        for htmx in (False, True):
            pair = []
            for strange in (lambda model: self.foreign.ids[model], lambda _model: ABSENT):
                ids = {name: strange(model) for name, model in named.items()}
                pair.append(Probe("POST", path, typed | ids, htmx, tuple(map(str, ids.values()))))
            answers = self.compare(who, client, *pair)
            if any(answer.status_code < 400 for answer in answers):
                self.report(who, pair[0], "the form was taken")

    def saves(self, client: Client, route: Route, typed: dict) -> None:
        """The form would be taken with ids of one's own; otherwise its refusals would prove nothing."""
        twin = twin_of(client, raise_request_exception=True)
        with transaction.atomic():
            answer = twin.post(self.own_path(route), typed)
            transaction.set_rollback(True)
        assert answer.status_code == 302, f"{route.name} does not take {typed}: {answer.context['form'].errors}"

    def own_path(self, route: Route) -> str:
        return self.path(route, **{name: self.own.value(self.model(route, name)) for name in route.rows})

    def path(self, route: Route, **values) -> str:
        return route.path(slug=self.own.slug, **values)

    def model(self, route: Route, argument: str):
        return model_of(route, argument) or Organization

    def compare(self, who: str, client: Client, foreign: Probe, nobodys: Probe) -> list[HttpResponse]:
        """Asks both. What is answered must be the same, up to what was asked."""
        answers = [self.ask(who, client, probe) for probe in (foreign, nobodys)]
        said = [
            (answer.status_code, neutral(answer, probe))
            for answer, probe in zip(answers, (foreign, nobodys), strict=True)
        ]
        if said[0] != said[1]:
            self.report(who, foreign, f"answered otherwise than for nobody's: {difference(*said)}")
        return answers

    def ask(self, who: str, client: Client, probe: Probe) -> HttpResponse:
        answer = answer_to(probe, client)
        self.count += 1
        self.refused += answer.status_code in (403, 404, 405, 422)
        if answer.status_code >= 500:
            self.report(who, probe, f"failed with {answer.status_code}")
        said = TOKEN.sub("~", without(probe.sent, whole(answer)))
        if CANARY in said.lower():
            at = said.lower().index(CANARY)
            self.report(who, probe, f"said: …{said[max(0, at - 60) : at + 60]}…")
        elif number := NORTHWIND_NUMBER.search(said):
            self.report(who, probe, f"said the number {number[0]}")
        return answer

    def report(self, who: str, probe: Probe, what: str) -> None:
        self.findings.append(Finding(who, probe, what))


def client_of(user: User | None) -> Client:
    client = Client(raise_request_exception=False)
    if user is not None:
        client.force_login(user)
    return client


def nothing(*_given, **_named) -> None:
    pass


def answer_to(probe: Probe, client: Client) -> HttpResponse:
    """What the client is answered. It keeps no copies of what templates were given, a seventh of the whole time."""
    headers = {"HX-Request": "true"} if probe.htmx else {}
    with mock.patch.object(test_client, "store_rendered_templates", nothing):
        if probe.method in ("GET", "HEAD"):
            return getattr(client, probe.method.lower())(probe.path, probe.data, headers=headers)
        if probe.method == "POST":
            return client.post(probe.path, probe.data, headers=headers)
        return client.generic(probe.method, probe.path, "name=x", FORM, headers=headers)


def said_in(answer: HttpResponse) -> str:
    """The body; a file is read to its end, a stream of news is listened to elsewhere."""
    if isinstance(answer, FileResponse) and not hasattr(answer, "file_said"):
        answer.file_said = b"".join(answer.streaming_content)
    body = getattr(answer, "file_said", b"") if answer.streaming else answer.content
    return body.decode(errors="replace")


def twin_of(client: Client, *, raise_request_exception: bool = False) -> Client:
    """The same person at another window: what is said to it is not said to the client on its next page."""
    twin = Client(raise_request_exception=raise_request_exception)
    twin.cookies = deepcopy(client.cookies)
    return twin


def whole(answer: HttpResponse) -> str:
    """Everything that was answered: headers, cookies and body; a stream of news is listened to elsewhere."""
    body = said_in(answer)
    return "\n".join([*map(str, answer.headers.items()), answer.cookies.output(), body])


def neutral(answer: HttpResponse, probe: Probe) -> str:
    """The answer without what was asked and without what changes by itself."""
    body = said_in(answer)
    said = CHANGING.sub("~", "\n".join([answer.headers.get("Location", ""), body]))
    return without(probe.sent, said)


def without(words: tuple[str, ...], said: str) -> str:
    for word in sorted(words, key=len, reverse=True):
        said = said.replace(word, "#")
    return said


def difference(one: tuple[int, str], other: tuple[int, str]) -> str:
    if one[0] != other[0]:
        return f"{one[0]}, not {other[0]}"
    lines = [pair for pair in zip(one[1].splitlines(), other[1].splitlines(), strict=False) if pair[0] != pair[1]]
    return f"{lines[0][0].strip()!r}, not {lines[0][1].strip()!r}" if lines else "one is longer"


def written(form) -> dict:
    """What a browser sends if nobody types anything."""
    values = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in values.items() if value not in (None, "", False)}


def chosen_in(form) -> dict[str, type[models.Model]]:
    """The fields of a form that take the id of a row."""
    return {name: f.queryset.model for name, f in form.fields.items() if isinstance(f, ModelChoiceField)}
