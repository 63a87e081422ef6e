"""Choosing among very many records: a search above what is chosen and what was found."""

from django import forms


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
