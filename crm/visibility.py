"""Which companies a member sees: all of the organization's, unless a layer above narrows it (territories will)."""

from collections.abc import Callable

from crm.models import Company

# (member, companies) -> the companies that the member may see among them
Rule = Callable
_rules: list[Rule] = []


def narrow_by(rule: Rule) -> None:
    """Registers a rule at start-up. Rules are applied one after the other."""
    _rules.append(rule)


def is_narrowed() -> bool:
    """Whether anybody may see fewer companies than all."""
    return bool(_rules)


def companies_seen_by(member):
    companies = Company.objects.all()
    for rule in _rules:
        companies = rule(member, companies)
    return companies
