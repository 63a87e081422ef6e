"""Choosing among very many records: a search above what is chosen and what was found; lines to type texts in."""

import csv

from django import forms

QUOTE = '"'


class Pick:
    """What both kinds have: where to search, and the line to type a name in where there is no script."""

    def __init__(self, *, url: str = "", typed: str = "", **kwargs):
        super().__init__(**kwargs)
        self.url, self.written = url, typed

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        context["widget"] |= {
            "url": self.url,
            "typed_name": f"{name.removesuffix('value')}typed",
            "typed": self.written,
        }
        return context


class PickOne(Pick, forms.Select):
    """One record out of very many."""

    template_name = "metrics/widgets/pick_one.html"


class PickMany(Pick, forms.CheckboxSelectMultiple):
    """Several records out of very many."""

    template_name = "metrics/widgets/pick_many.html"


class Written(forms.TextInput):
    """A line to type in; several values stand in it with commas between them, in quotes where they have some. With
    `url`, the texts that are there already are offered as one types."""

    template_name = "metrics/widgets/written.html"

    def __init__(self, *, url: str = "", **kwargs):
        super().__init__(**kwargs)
        self.url = url

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        if self.url:
            context["widget"] |= {"url": self.url, "list_id": f"{context['widget']['attrs']['id']}_texts"}
        return context

    def format_value(self, value):
        if not isinstance(value, list):
            return super().format_value(value)
        return value[0] if len(value) == 1 else together(value)


def together(values: list[str]) -> str:
    return ", ".join(f'"{value.replace(QUOTE, QUOTE * 2)}"' if set(value) & {",", QUOTE} else value for value in values)


def apart(text: str) -> list[str]:
    """The values of a line in which commas stand between them."""
    line = " ".join(text.splitlines())
    return [value for part in next(csv.reader([line], skipinitialspace=True), []) if (value := part.strip())]
