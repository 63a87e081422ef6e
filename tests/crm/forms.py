"""What a browser would send for each form, whole and right; tests change one value at a time."""

import uuid


def activity(cast, **changes) -> dict:
    return {
        "key": str(uuid.uuid4()),
        "company": cast.alfreds.pk,
        "day": "2026-01-10",
        "note": "",
        **changes,
    }


def opportunity(cast, **changes) -> dict:
    values = {
        "key": str(uuid.uuid4()), "name": "Chai for all branches", "company": cast.alfreds.pk, "amount": "1500.50",
        "currency": "EUR", "stage": cast.stage_lead.pk, "created_on": "2026-01-08", "owner": cast.rita.pk,
    }  # fmt: skip
    return {**values, **changes}


def sale(cast, **changes) -> dict:
    values = {
        "company": cast.alfreds.pk, "product": cast.chai.pk, "quantity": "3", "net": "12.345678", "currency": "EUR",
        "day": "2026-01-10", "document": "INV-900", "line_number": "1", "owner": cast.rita.pk,
    }  # fmt: skip
    return {**values, **changes}


def company(cast, **changes) -> dict:
    values = {"name": "Wolski Zajazd", "status": "prospect", "city": "Warszawa", "created_on": "2026-01-12"}
    return {**values, "owner": cast.rita.pk, **changes}
