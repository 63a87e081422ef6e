"""`{% load lucide %}{% lucide "house" size=18 %}`: an icon is drawn once a process, and screen readers pass over it."""

from functools import lru_cache

from django import template
from lucide.templatetags import lucide as icons

register = template.Library()


@register.simple_tag
@lru_cache(maxsize=1024)
def lucide(name: str, *, size: int = 24, **attributes: object) -> str:
    return icons.lucide(name, size=size, **{"aria_hidden": "true", **attributes})
