"""What the contract of imports (pyproject.toml) cannot see: references between rows."""

from django.apps import apps

LOWEST_FIRST = ["tenants", "audit", "notifications", "crm", "metrics", "goals", "dashboards"]
SIBLINGS = {
    "people": "goals",
    "agreements": "goals",
    "scorecards": "goals",
    "territories": "goals",
    "api": "dashboards",
}


def height_of(app: str) -> int:
    return LOWEST_FIRST.index(SIBLINGS.get(app, app))


def test_no_row_points_to_a_row_of_a_higher_layer():
    ours = [model for model in apps.get_models() if model._meta.app_label in {*LOWEST_FIRST, *SIBLINGS}]
    references = {
        (model._meta.app_label, field.related_model._meta.app_label): f"{model.__name__}.{field.name}"
        for model in ours
        for field in model._meta.get_fields()
        if field.is_relation and field.concrete and field.related_model in ours
    }
    assert ("goals", "metrics") in references
    assert {pair: name for pair, name in references.items() if height_of(pair[0]) < height_of(pair[1])} == {}
