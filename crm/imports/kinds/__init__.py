"""Every kind of file that can be loaded. docs/data-formats.md is the contract; a test holds the two together."""

from crm.imports.declare import Kind
from crm.imports.kinds.catalogue import (
    ACTIVITY_KINDS,
    BRANCHES,
    CUSTOM_FIELDS,
    EXCHANGE_RATES,
    OUTCOMES,
    PRODUCTS,
    STAGES,
)
from crm.imports.kinds.companies import COMPANIES, CONTACTS
from crm.imports.kinds.facts import ACTIVITIES, OPPORTUNITIES, SALE_LINES
from crm.imports.kinds.people import MEMBERS, TEAM_MEMBERSHIPS, TEAMS

# In an order in which everything that a file refers to has been loaded before it.
KINDS: dict[str, Kind] = {
    kind.key: kind
    for kind in (
        EXCHANGE_RATES,
        CUSTOM_FIELDS,
        MEMBERS,
        TEAMS,
        TEAM_MEMBERSHIPS,
        BRANCHES,
        PRODUCTS,
        COMPANIES,
        CONTACTS,
        STAGES,
        OPPORTUNITIES,
        ACTIVITY_KINDS,
        OUTCOMES,
        ACTIVITIES,
        SALE_LINES,
    )
}
