"""What each kind of file and each of its columns means, in words; a test holds them to docs/data-formats.md."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Meaning:
    """A column: how it is written, what it says (may be empty), and a cell that is right."""

    type: str
    words: str
    example: str


@dataclass(frozen=True)
class Said:
    """A kind of file: its name, what its rows are, and its columns by name."""

    name: str
    words: str
    columns: dict[str, Meaning]


SAID = {
    "exchange_rates": Said(
        _("Exchange rates"),
        _(
            "What one unit of a foreign currency is worth in the organization's own, from a day on until the "
            "next rate. Facts are added up at the rate of their day, or at plan rates if the organization has "
            "chosen so."
        ),
        {
            "currency": Meaning(_("currency"), _("the foreign currency"), "GBP"),
            "from": Meaning(_("day"), _("the first day of the rate"), "2026-01-01"),
            "rate": Meaning(_("decimal"), _("above 0, at most 10 digits before and 10 after the point"), "1.1530"),
            "plan": Meaning(_("yes / no"), _("a plan rate; else a rate of the day"), "no"),
        },
    ),
    "custom_fields": Said(
        _("Fields of our own"),
        _(
            "Fields that the organization adds to its companies or opportunities; they are then columns "
            "custom.<key> of these kinds."
        ),
        {
            "record": Meaning(_("company / opportunity"), _("what the field belongs to"), "company"),
            "key": Meaning(_("key"), _("its name in files and segments"), "seats"),
            "label": Meaning(_("text, at most 80"), _("its name on pages"), "Seats"),
            "kind": Meaning(_("text / number / day / choice / yes_no"), _("what it holds; never changes"), "number"),
            "choices": Meaning(_("list"), _("what can be chosen, for a choice"), ""),
        },
    ),
    "members": Said(
        _("People"),
        _(
            "People of the organization. Who is new gets an account without a password and sets one by Forgot "
            "your password?; an account that is there is left alone. An active administrator must be left."
        ),
        {
            "email": Meaning(_("e-mail"), _("the address to sign in with"), "nancy@example.com"),
            "name": Meaning(_("text, at most 120"), "", "Nancy Davolio"),
            "role": Meaning(_("admin / manager / rep / viewer"), _("rep if empty"), "manager"),
            "external_id": Meaning(_("text, at most 100"), _("how files call the person; of one member only"), "E1"),
            "active": Meaning(_("yes / no"), _("yes if empty; inactive members keep their facts"), "yes"),
        },
    ),
    "teams": Said(
        _("Teams"),
        _("The tree of teams. Rows may stand in any order."),
        {
            "external_id": Meaning(_("text, at most 100"), "", "T1"),
            "name": Meaning(_("text, at most 120"), "", "North"),
            "parent": Meaning(_("team"), _("the team above, from this file or an earlier one"), ""),
            "manager": Meaning(_("member"), _("who manages the team and those below"), "E1"),
        },
    ),
    "team_memberships": Said(
        _("Who is in which team"),
        _("Who was in which team, and when. Facts count for a team while their person is in it."),
        {
            "team": Meaning(_("team"), "", "T1"),
            "member": Meaning(_("member"), "", "nancy@example.com"),
            "from": Meaning(_("day"), _("the first day"), "2026-01-01"),
            "until": Meaning(_("day"), _("the day after the last one; empty: still there"), "2027-01-01"),
        },
    ),
    "branches": Said(
        _("Branches"),
        _("Where things are sold."),
        {
            "external_id": Meaning(_("text, at most 100"), "", "LON"),
            "name": Meaning(_("text, at most 120"), "", "London"),
        },
    ),
    "products": Said(
        _("Products"),
        _("What is sold. A brand or a family that is not there yet is made; a name renames it."),
        {
            "external_id": Meaning(_("text, at most 100"), "", "P1"),
            "name": Meaning(_("text, at most 120"), "", "Chai"),
            "brand": Meaning(_("brand"), _("its external id"), "B1"),
            "brand_name": Meaning(
                _("text, at most 120"), _("the brand's name; its external id if new and empty"), "Exotic Liquids"
            ),
            "family": Meaning(_("family"), _("its external id"), "F1"),
            "family_name": Meaning(_("text, at most 120"), _("the family's name, as for brands"), "Beverages"),
            "unit": Meaning(_("text, at most 40"), _("what one of it is"), "10 boxes x 20 bags"),
            "active": Meaning(_("yes / no"), _("yes if empty"), "yes"),
        },
    ),
    "companies": Said(
        _("Companies"),
        _("Prospects and customers. A company is a fact, too: created on a day, for its owner."),
        {
            "external_id": Meaning(_("text, at most 100"), "", "ALFKI"),
            "name": Meaning(_("text, at most 200"), "", "Alfreds Futterkiste"),
            "country": Meaning(_("text, at most 80"), "", "Germany"),
            "region": Meaning(_("text, at most 80"), "", ""),
            "city": Meaning(_("text, at most 80"), "", "Berlin"),
            "postal_code": Meaning(_("text, at most 20"), "", "12209"),
            "street": Meaning(_("text, at most 200"), "", "Obere Str. 57"),
            "phone": Meaning(_("text, at most 40"), "", "030-0074321"),
            "industry": Meaning(_("text, at most 80"), "", "Retail"),
            "class": Meaning(_("text, at most 40"), "", "A"),
            "revenue": Meaning(_("decimal"), "", "1500000"),
            "employees": Meaning(_("whole number"), "", "25"),
            "tags": Meaning(_("list"), "", "organic; key account"),
            "latitude": Meaning(_("decimal"), _("degrees, with longitude or not at all"), "52.5200"),
            "longitude": Meaning(_("decimal"), _("degrees"), "13.4000"),
            "owner": Meaning(_("member"), _("who the company belongs to"), "E1"),
            "status": Meaning(_("prospect / customer / former"), _("prospect if empty"), "customer"),
            "created_on": Meaning(
                _("day"), _("if empty what it was, for a new company the day of the import"), "2026-01-05"
            ),
        },
    ),
    "contacts": Said(
        _("Contacts"),
        _("People at a company."),
        {
            "external_id": Meaning(_("text, at most 100"), "", "K1"),
            "company": Meaning(_("company"), "", "ALFKI"),
            "name": Meaning(_("text, at most 120"), "", "Maria Anders"),
            "title": Meaning(_("text, at most 120"), "", "Sales Representative"),
            "email": Meaning(_("e-mail"), "", "maria@example.com"),
            "phone": Meaning(_("text, at most 40"), "", "030-0074322"),
        },
    ),
    "stages": Said(
        _("Pipelines and stages"),
        _("Pipelines and their stages; a pipeline is made by its first stage."),
        {
            "pipeline": Meaning(_("text, at most 80"), _("its name"), "Sales"),
            "stage": Meaning(_("text, at most 80"), _("its name"), "Offer"),
            "position": Meaning(_("whole number"), _("its place in the row"), "1"),
            "kind": Meaning(_("open / won / lost"), _("open if empty"), "open"),
            "probability_percent": Meaning(_("decimal"), _("0 to 100, at most two decimals"), "60"),
        },
    ),
    "opportunities": Said(
        _("Opportunities"),
        _(
            "Sales that may come. Two facts: created on a day and, perhaps, won on a day. An opportunity in a "
            "won stage needs the day on which it was won, one in a lost stage the day on which it was lost; "
            "others have neither."
        ),
        {
            "external_id": Meaning(_("text, at most 100"), "", "O1"),
            "name": Meaning(_("text, at most 200"), "", "Spring range"),
            "company": Meaning(_("company"), "", "ALFKI"),
            "pipeline": Meaning(_("pipeline"), _("its name"), "Sales"),
            "stage": Meaning(_("stage"), _("its name in this pipeline"), "Offer"),
            "amount": Meaning(_("decimal"), _("in its own currency"), "12500.50"),
            "currency": Meaning(
                _("currency"), _("the organization's own if empty; a foreign one needs a rate on created_on"), "GBP"
            ),
            "probability_percent": Meaning(_("decimal"), _("0 to 100; the stage's if empty"), "75"),
            "created_on": Meaning(_("day"), "", "2026-11-02"),
            "expected_on": Meaning(_("day"), "", "2026-12-31"),
            "won_on": Meaning(_("day"), "", ""),
            "lost_on": Meaning(_("day"), "", ""),
            "person": Meaning(_("member"), _("whose it is"), "E1"),
            "shares": Meaning(_("shares"), _("who shares the credit; without, the person has the whole"), ""),
        },
    ),
    "activity_kinds": Said(
        _("Kinds of activities"),
        _(
            "The kinds of activities that the organization has. The measure visits counts the kind visit; "
            "check-ins are all kinds that need a position."
        ),
        {
            "key": Meaning(_("key"), "", "visit"),
            "name": Meaning(_("text, at most 80"), "", "Visit"),
            "needs_position": Meaning(_("yes / no"), _("no if empty"), "no"),
            "icon": Meaning(_("key"), _("its icon on pages; activity if empty"), "map-pin"),
            "position": Meaning(_("whole number"), _("its place in lists; 0 if empty"), "1"),
            "active": Meaning(_("yes / no"), _("yes if empty; others are no longer offered"), "yes"),
        },
    ),
    "outcomes": Said(
        _("Outcomes"),
        _("How activities of a kind can end."),
        {
            "kind": Meaning(_("activity kind"), _("its key"), "visit"),
            "key": Meaning(_("key"), "", "order"),
            "name": Meaning(_("text, at most 80"), "", "Order placed"),
        },
    ),
    "activities": Said(
        _("Activities"),
        _("What people did. The day is the local day of the time, in the organization's zone."),
        {
            "external_id": Meaning(_("text, at most 100"), "", "A1"),
            "kind": Meaning(_("activity kind"), _("its key"), "visit"),
            "outcome": Meaning(_("outcome"), _("its key, among those of the kind"), "order"),
            "at": Meaning(_("time"), "", "2026-11-20T09:30"),
            "person": Meaning(_("member"), _("who did it"), "E1"),
            "company": Meaning(_("company"), "", "ALFKI"),
            "contact": Meaning(_("contact"), "", "K1"),
            "opportunity": Meaning(_("opportunity"), "", "O1"),
            "latitude": Meaning(_("decimal"), _("degrees; needed by kinds that need a position"), "52.520008"),
            "longitude": Meaning(_("decimal"), _("degrees"), "13.404954"),
            "accuracy_m": Meaning(
                _("decimal"),
                _("of the position, in metres, one decimal; with latitude and longitude or not at all"),
                "12.5",
            ),
            "note": Meaning(_("text, at most 4000"), _("may have several lines"), "Asked for samples."),
        },
    ),
    "sale_lines": Said(
        _("Sale lines"),
        _(
            "Lines of invoices and credit notes, in their own currency. Returns are lines with negative "
            "amounts. Amounts are kept as they are written and never rounded. Margin is net - cost; a line "
            "without a cost has none."
        ),
        {
            "document": Meaning(_("text, at most 60"), _("the invoice or credit note"), "INV-1001"),
            "line": Meaning(_("whole number"), _("its line, from 1"), "1"),
            "day": Meaning(_("day"), _("the day that counts"), "2026-11-20"),
            "person": Meaning(_("member"), _("whose sale it is"), "E1"),
            "shares": Meaning(_("shares"), _("who shares the credit; without, the person has the whole"), ""),
            "company": Meaning(_("company"), "", "ALFKI"),
            "product": Meaning(_("product"), "", "P1"),
            "branch": Meaning(_("branch"), "", "LON"),
            "quantity": Meaning(_("decimal"), "", "12"),
            "gross": Meaning(_("decimal"), _("before discounts"), "216.00"),
            "net": Meaning(_("decimal"), _("after discounts"), "183.60"),
            "cost": Meaning(_("decimal"), "", "101.125"),
            "currency": Meaning(
                _("currency"), _("the organization's own if empty; a foreign one needs a rate on day"), "GBP"
            ),
        },
    ),
}
