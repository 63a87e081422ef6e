"""The options of a select, drawn at once."""

from django import forms

from lib.selects import options


def test_options_say_what_django_would_say():
    choices = [("", "Any"), ("<1>", "A & B"), ("Group & Co", [(2, "Two"), (3, "Three")])]
    widget = forms.Select(choices=choices).get_context("x", "<1>", {})["widget"]
    assert options(widget) == (
        '<option value="">Any</option><option value="&lt;1&gt;" selected>A &amp; B</option>'
        '<optgroup label="Group &amp; Co"><option value="2">Two</option><option value="3">Three</option></optgroup>'
    )


def test_every_select_of_a_form_is_drawn_so():
    class Drawn(forms.Form):
        choice = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], widget=forms.Select(attrs={"data-x": "1"}))

    drawn = str(Drawn({"choice": "b"})["choice"])
    assert drawn.startswith('<select name="choice" data-x="1"')
    assert '<option value="a">A</option><option value="b" selected>B</option>' in drawn
