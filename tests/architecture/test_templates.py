"""What holds for every template: links point downward, nothing runs inline, a component says what it is for."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
COMPONENTS = sorted((ROOT / "templates/components").glob("*.html"))
HEIGHT = {
    "tenants": 0,
    "audit": 1,
    "notifications": 2,
    "crm": 3,
    "metrics": 4,
    "goals": 5,
    "agreements": 5,
    "people": 5,
    "dashboards": 6,
}
# Mail programs keep no style sheet: mails, which are no pages, are styled inline.
PAGES = [template for template in TEMPLATES if ROOT / "templates/mail" not in template.parents]
LINK = re.compile(r"""{%\s*url\s+["'](?P<app>\w+):""")
INLINE = re.compile(r"""<style|<script(?![^>]*\bsrc=)|\s(style|hx-on[\w:-]*|on[a-z]+)\s*=|javascript:""", re.IGNORECASE)


def name(template: Path) -> str:
    return str(template.relative_to(ROOT))


def height_of(template: Path) -> int:
    """Templates outside the apps' folders (the shell, components) stand with the lowest app."""
    return HEIGHT.get(template.relative_to(ROOT / "templates").parts[0], 0)


@pytest.mark.parametrize("template", TEMPLATES, ids=name)
def test_links_point_to_the_same_app_or_a_lower_one(template):
    upward = [app for app in LINK.findall(template.read_text("utf-8")) if HEIGHT[app] > height_of(template)]
    assert upward == []


@pytest.mark.parametrize("template", PAGES, ids=name)
def test_nothing_runs_or_is_styled_inline(template):
    text = re.sub(r"{%\s*comment.*?endcomment\s*%}", "", template.read_text("utf-8"), flags=re.DOTALL)
    assert [found[0] for found in INLINE.finditer(text)] == []


@pytest.mark.parametrize("component", COMPONENTS, ids=name)
def test_a_component_opens_with_what_it_is_for_and_an_example(component):
    opening = re.match(
        r"(?:{%\s*load [^%]*%}\s*)?{%\s*comment\s*%}(?P<words>.*?){%\s*endcomment\s*%}",
        component.read_text("utf-8"),
        re.DOTALL,
    )
    assert opening, "begin with a comment: purpose, context, example"
    assert f'{{% include "components/{component.name}"' in opening["words"] or "{{ form" in opening["words"]


def test_the_rules_of_this_page_find_what_they_forbid():
    assert INLINE.search('<p style="color: red">')
    assert INLINE.search('<button onclick="x()">')
    assert INLINE.search("<script>alert(1)</script>")
    assert not INLINE.search('<script src="/static/js/app.js"></script>')
    assert LINK.findall('{% url "goals:index" slug %}') == ["goals"]
