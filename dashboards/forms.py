"""What people send from their dashboards."""

from django import forms


class OrderForm(forms.Form):
    """One of the reader's own goals is moved: `seen` are all of them in the order that they looked at, `move` names one
    and says whether it goes up, down, or to which place (from 0)."""

    seen = forms.RegexField(r"^\d{1,18}(,\d{1,18}){0,999}$")
    move = forms.RegexField(r"^\d{1,18} (up|down|\d{1,3})$")

    def clean(self):
        """With `seen` and `order` as lists of ids."""
        if self.errors:
            return self.cleaned_data
        seen = [int(number) for number in self.cleaned_data["seen"].split(",")]
        goal, to = self.cleaned_data["move"].split(" ")
        if int(goal) not in seen:
            raise forms.ValidationError("not one of those that were shown")
        return {"seen": seen, "order": moved(seen, int(goal), to)}


def moved(seen: list[int], goal: int, to: str) -> list[int]:
    """The order after the move; at an end nothing goes farther."""
    place = seen.index(goal) + {"up": -1, "down": 1}[to] if to in ("up", "down") else int(to)
    others = [number for number in seen if number != goal]
    place = max(place, 0)
    return [*others[:place], goal, *others[place:]]
