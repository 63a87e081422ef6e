"""manage.py figures --organization SLUG [--keep] < questions.jsonl"""

import json
import sys

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from metrics import engine, figures, questions, verify
from metrics.models import Figure
from tenants.doors import organization_id_of
from tenants.scope import open_organization


class Command(BaseCommand):
    help = (
        "Reads figure definitions, one JSON object a line, and writes each with its exact value, recounted from the"
        " facts. With --keep they become live figures first, and what the engine keeps is written."
        " Exits with 1 if a line could not be answered. docs/data-formats.md has the form."
    )

    def add_arguments(self, parser):
        parser.add_argument("--organization", required=True, metavar="SLUG")
        parser.add_argument("--keep", action="store_true", help="make them live figures and write what is kept")

    def handle(self, organization, keep, **options):
        organization_id = organization_id_of(organization)
        if organization_id is None:
            raise CommandError(f"There is no organization “{organization}”.")
        answer = self.kept if keep else self.recounted
        values, problems = answer(organization_id, sys.stdin)
        for name, value in values.items():
            self.write(id=name, value=questions.exactly(value))
        for name, sentence in problems:
            self.write(id=name, error=sentence)
        if problems:
            raise SystemExit(1)

    def write(self, **answer) -> None:
        self.stdout.write(json.dumps(answer, ensure_ascii=False))

    def recounted(self, organization_id: int, lines):
        """Each by one plain query; nothing stays behind."""
        with open_organization(organization_id):
            asked, problems = questions.read(lines)
            defined = dict(zip(asked, figures.define_many(asked.values()), strict=True))
            values = {name: verify.recount(figure) for name, figure in defined.items()}
            transaction.set_rollback(True)
        return values, problems

    def kept(self, organization_id: int, lines):
        with open_organization(organization_id):
            asked, problems = questions.read(lines)
            defined = dict(zip(asked, figures.define_many(asked.values()), strict=True))
        engine.settle(organization_id)
        with open_organization(organization_id):
            kept = dict(Figure.objects.filter(pk__in=[f.pk for f in defined.values()]).values_list("pk", "value"))
        return {name: kept[figure.pk] for name, figure in defined.items()}, problems
