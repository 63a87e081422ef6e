"""Counts every figure of an installation anew: as `verify_figures` does, and once more in plain Python.

Run as a program in the installation's environment; says on its last line what differs.
"""

import json

import django

django.setup()

from metrics import verify  # noqa: E402
from metrics.models import Difference, Figure  # noqa: E402
from tenants.doors import all_organization_ids  # noqa: E402
from tenants.scope import open_organization  # noqa: E402
from tests.metrics.recounting import Recount  # noqa: E402


def main() -> None:
    count, wrong = 0, []
    for organization_id in all_organization_ids():
        report = verify.compare(organization_id)
        wrong += [f"{found.figure.pk}: {found.kept} / {found.recounted}" for found in report.wrong]
        with open_organization(organization_id):
            naive = Recount()
            for figure in Figure.objects.filter(is_live=True).select_related("segment"):
                count += 1
                if figure.value != (counted := naive.of(figure)):
                    wrong.append(f"{figure.pk} in Python: {figure.value} / {counted}")
            wrong += [f"difference {found.pk}" for found in Difference.objects.all()]
    print(json.dumps({"figures": count, "wrong": wrong}))


if __name__ == "__main__":
    main()
