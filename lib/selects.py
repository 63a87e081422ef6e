"""`{% load selects %}{{ widget|options }}`: the options of a select, drawn at once. Django's own template draws each by
two templates, which takes a page with a thousand people longer than all the rest of it."""

from django import template
from django.forms.utils import flatatt
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.filter
def options(widget: dict) -> SafeString:
    """The groups and options of a select's context, as they stand in HTML."""
    return mark_safe("".join(group(name, choices) for name, choices, _index in widget["optgroups"]))


def group(name: str | None, choices: list[dict]) -> str:
    drawn = "".join(map(option, choices))
    return f'<optgroup label="{escape(name)}">{drawn}</optgroup>' if name else drawn


def option(choice: dict) -> str:
    attributes = flatatt(choice["attrs"]) if choice["attrs"] else ""
    return f'<option value="{escape(choice["value"])}"{attributes}>{conditional_escape(choice["label"])}</option>'
