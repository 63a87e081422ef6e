"""`{% history_panel row today %}`: who changed a row, when and how."""

from django import template

from audit.reporting import history_of

register = template.Library()


@register.inclusion_tag("audit/history.html")
def history_panel(row, today) -> dict:
    """The page has checked that the row may be seen; its history may be seen with it."""
    return {"changes": history_of(row), "today": today}
