"""The form of conditions: rows and groups as they are typed, added and removed, and what they say."""

from datetime import date

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm import visibility
from crm.models import Brand
from metrics import segments
from metrics.conditions import Conditions, typed_of
from metrics.conditions.choices import MOST_LISTED
from metrics.conditions.layout import DEEPEST, MOST_CONDITIONS
from metrics.models import SavedSegment
from tests import world

GERMANY = {"field": "company.country", "is": "Germany"}
SPAIN = {"field": "company.country", "is": "Spain"}
LARGE = {"field": "net", "at_least": "100"}


def form(lines: list[dict], *, way: str = "all", do: str = "save", member=None, **values) -> Conditions:
    """A form in which these lines were typed: parts of condition-0, condition-1 and so on."""
    data = QueryDict(mutable=True)
    data.update({"conditions": str(len(lines)), "conditions-group": way, "do": do, **values})
    for number, line in enumerate(lines):
        for part, value in line.items():
            data.setlist(f"condition-{number}-{part}", value if isinstance(value, list) else [value])
    return Conditions(data, "sale", is_sent=do == "save", member=member)


def row(field: str, comparator: str, value, within: str = "", **more) -> dict:
    return {"field": field, "comparator": comparator, "value": value, "in": within, **more}


def group(way: str, within: str = "") -> dict:
    return {"group": way, "in": within}


COUNTRY, NET = row("company.country", "is", "Germany"), row("net", "at_least", "100")


# --- what is said -------------------------------------------------------------------------------------------------


def test_groups_nest_and_deny(northwind):
    lines = [
        NET, group("any"), row("company.country", "is", "Germany", "1"), group("none", "1"),
        row("company.city", "is", "Berlin", "3"), row("company.city", "is", "Bonn", "3"),
    ]  # fmt: skip
    conditions = form(lines)
    assert conditions.is_valid()
    cities = [{"field": "company.city", "is": city} for city in ("Berlin", "Bonn")]
    assert conditions.tree == {"all": [LARGE, {"any": [GERMANY, {"not": {"any": cities}}]}]}
    assert conditions.written == conditions.tree


@pytest.mark.parametrize(
    ("way", "tree"),
    [
        ("all", {"all": [GERMANY, LARGE]}),
        ("any", {"any": [GERMANY, LARGE]}),
        ("none", {"not": {"any": [GERMANY, LARGE]}}),
    ],
)
def test_the_outermost_group_goes_together_as_chosen(northwind, way, tree):
    conditions = form([COUNTRY, NET], way=way)
    assert conditions.is_valid() and conditions.tree == tree


def test_rows_that_nobody_filled_in_say_nothing(northwind):
    conditions = form([row("", "", ""), COUNTRY, row("", "", "")])
    assert conditions.is_valid() and conditions.tree == GERMANY
    blank = form([row("", "", "")])
    assert blank.is_valid() and (blank.tree, blank.written) == (None, None)


WRONG = {
    "an empty group": ([COUNTRY, group("any")], 1, "This group is empty"),
    "a group of blank rows": ([group("any"), row("", "", "", "0")], 0, "This group is empty"),
    "no such field": ([group("any"), row("luck", "is", "1", "0")], 1, "There is no field"),
    "a wrong type": ([group("all"), row("net", "at_least", "a lot", "0")], 1, "is not a number"),
    "no such comparator": ([row("net", "contains", "5")], 0, "cannot be asked"),
    "a group that is not there": ([row("net", "is", "5", "7")], 0, "in a group that is not there"),
    "a group that is a row": ([COUNTRY, row("net", "is", "5", "0")], 1, "in a group that is not there"),
    "itself": ([group("any", "0"), row("net", "is", "5", "0")], 0, "in a group that is not there"),
    "no number of a group": ([row("net", "is", "5", "x" * 5000)], 0, "in a group that is not there"),
    "a way that is none": ([group("perhaps"), row("net", "is", "5", "0")], 0, "go together"),
    "too deep": (
        [group("any", str(n - 1) if n else "") for n in range(DEEPEST)] + [row("net", "is", "5", str(DEEPEST - 1))],
        DEEPEST - 1, "nested 4 deep",
    ),
    "too many": ([COUNTRY] * (MOST_CONDITIONS + 1), MOST_CONDITIONS, "room for 30 conditions"),
    "no such saved segment": ([row("saved", "is", "987654321")], 0, "one of the saved segments"),
    "no saved segment": ([row("saved", "is", "")], 0, "Choose one of the saved segments"),
    "not in no saved segment": ([group("all"), row("saved", "is_not", "x", "0")], 1, "one of the saved segments"),
}  # fmt: skip


@pytest.mark.parametrize(("lines", "place", "sentence"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_said_at_its_row_or_group(northwind, lines, place, sentence):
    conditions = form(lines)
    assert not conditions.is_valid()
    wrong = [line for line in conditions.all_lines() if sentence in " ".join(line.non_field_errors())]
    assert [typed_in(line) for line in wrong] == [lines[place].get("field", "a group")]
    assert form([COUNTRY]).is_valid()


def typed_in(line) -> str:
    return "a group" if line.is_group else line.typed("field")


def test_more_rows_than_any_form_has_are_refused(northwind):
    conditions = form([COUNTRY], conditions="999")
    assert not conditions.is_valid()
    assert "room for 30 conditions" in conditions.outermost.non_field_errors()[0]


@pytest.mark.parametrize("said", ["0", "", "-1", "x", "9999"])
def test_conditions_that_got_lost_are_missed(northwind, said):
    conditions = form([COUNTRY], conditions=said)
    assert not conditions.is_valid()
    assert "Some conditions got lost" in conditions.outermost.non_field_errors()[0]
    assert form([COUNTRY], conditions="1").is_valid()


# --- round trip ---------------------------------------------------------------------------------------------------

leaves = st.sampled_from([
    GERMANY, LARGE, {"field": "company.country", "any_of": ["France", "It, aly", 'S "p" ain']},
    {"field": "net", "between": ["-1.5", "9"]}, {"field": "company.tags", "has_any": ["a", "b"]},
    {"field": "company.created_on", "on_or_after": "2026-01-01"}, {"field": "product", "is_empty": False},
    {"field": "company.status", "none_of": ["former", "prospect"]}, {"field": "brand", "is": "S1"},
    {"saved": 0}, {"not": {"saved": 0}},
])  # fmt: skip


def groups(members):
    lists = st.lists(members, min_size=1, max_size=3)
    return st.one_of(
        lists.map(lambda some: {"all": some}),
        lists.map(lambda some: {"any": some}),
        lists.map(lambda some: {"not": {"any": some}}),
    )


trees = groups(leaves | groups(leaves | groups(leaves)))


def with_saved(node, pk):
    """The tree with a saved segment that is there."""
    if "saved" in node:
        return {"saved": pk}
    if "not" in node:
        return {"not": with_saved(node["not"], pk)}
    members = {way: [with_saved(member, pk) for member in node[way]] for way in ("all", "any") if way in node}
    return members or node


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tree=trees)
def test_a_tree_becomes_a_form_that_says_the_tree(northwind, tree):
    kept, _is_new = SavedSegment.objects.get_or_create(name="Kept", stream="company", tree=GERMANY)
    written, meant = segments.saved.read(with_saved(tree, kept.pk), "sale")
    drawn = Conditions(typed_of(written), "sale", is_sent=True)
    assert drawn.is_valid(), [line.errors for line in drawn.all_lines()]
    assert (drawn.written, drawn.tree) == (written, meant)
    again = Conditions(typed_of(drawn.written), "sale", is_sent=False)
    assert not again.problems() and again.tree == meant


def test_several_texts_stand_in_one_line(northwind):
    some = {"field": "company.country", "any_of": ["France", "It, aly", 'S "p" ain']}
    shown = Conditions(typed_of(some), "sale", is_sent=False).rows[0]["value"]
    line = shown.field.widget.format_value(shown.value())
    assert line == 'France, "It, aly", "S ""p"" ain"'
    conditions = form([row("company.country", "any_of", line)])
    assert conditions.is_valid() and conditions.tree == some


def test_no_tree_is_an_empty_form(northwind):
    conditions = Conditions(typed_of(None), "sale", is_sent=True)
    assert conditions.is_valid() and conditions.tree is None and conditions.rows == []


# --- buttons ------------------------------------------------------------------------------------------------------


def shape(group) -> list:
    """The members of a group: fields of rows, lists for groups."""
    return [shape(member) if member.is_group else member.typed("field") for member in group.members]


@pytest.mark.parametrize(
    ("do", "left"),
    [
        ("add_condition", ["company.country", ["net", "net"], "net", ""]),
        ("add_condition-1", ["company.country", ["net", "net", ""], "net"]),
        ("add_group", ["company.country", ["net", "net"], "net", [""]]),
        ("add_group-1", ["company.country", ["net", "net", [""]], "net"]),
        ("remove-0", [["net", "net"], "net"]),
        ("remove-1", ["company.country", "net"]),
        ("remove-3", ["company.country", ["net"], "net"]),
        ("refresh", ["company.country", ["net", "net"], "net"]),
        ("add_condition-0", ["company.country", ["net", "net"], "net"]),
        ("remove-99", ["company.country", ["net", "net"], "net"]),
        ("remove-" + "9" * 5000, ["company.country", ["net", "net"], "net"]),
        ("dance", ["company.country", ["net", "net"], "net"]),
    ],
)
def test_buttons_add_and_remove_where_they_stand(northwind, do, left):
    lines = [COUNTRY, group("any"), {**NET, "in": "1"}, {**NET, "in": "1"}, NET]
    assert shape(form(lines, do=do).outermost) == left


def test_a_group_that_is_added_goes_together_otherwise_than_the_one_around_it(northwind):
    assert form([COUNTRY], do="add_group").outermost.members[1].place.way == "any"
    assert form([COUNTRY], way="any", do="add_group").outermost.members[1].place.way == "all"


def test_nothing_is_added_beyond_what_fits(northwind):
    full = form([COUNTRY] * MOST_CONDITIONS, do="add_condition")
    assert len(full.rows) == MOST_CONDITIONS and not full.may_grow
    deep = [group("any", str(n - 1) if n else "") for n in range(DEEPEST - 1)]
    innermost = f"add_group-{DEEPEST - 2}"
    assert len(form(deep, do=innermost).lines.groups) == DEEPEST - 1
    assert len(form(deep[:-1], do=f"add_group-{DEEPEST - 3}").lines.groups) == DEEPEST - 1


# --- records ------------------------------------------------------------------------------------------------------


def test_one_of_very_many_records_is_named_or_chosen(northwind):
    Brand.objects.bulk_create(Brand(name=f"Brand {n:03}", external_id=f"B{n}") for n in range(MOST_LISTED))
    other = Brand.objects.get(external_id="B7")
    for chosen, typed in ((str(other.pk), ""), ("", "B7"), ("", "brand 007")):
        conditions = form([row("brand", "is", chosen, typed=typed)])
        assert conditions.is_valid() and conditions.tree == {"field": "brand", "is": other.pk}
    both = form([row("brand", "any_of", [str(other.pk)], typed="S1, Brand 003")])
    assert both.is_valid()
    expected = {other.pk, northwind.brand.pk, Brand.objects.get(external_id="B3").pk}
    assert set(both.tree["any_of"]) == expected
    unknown = form([row("brand", "is", "", typed="nothing like it")])
    assert not unknown.is_valid() and "There is no brand" in str(unknown.rows[0].errors)


def test_what_the_reader_may_not_see_is_not_there(northwind, monkeypatch):
    own = world.opportunity(northwind, owner=northwind.rita, name="Own")
    foreign = world.opportunity(northwind, owner=northwind.ravi, name="Foreign")

    def asked(pk):
        data = QueryDict(mutable=True)
        line = row("opportunity", "is", str(pk))
        data.update({"conditions": "1"} | {f"condition-0-{part}": value for part, value in line.items()})
        return Conditions(data, "activity", is_sent=True, member=northwind.rita, on=date(2026, 1, 1))

    assert asked(own.pk).is_valid()
    hidden, absent = asked(foreign.pk), asked(987654321)
    assert not hidden.is_valid() and not absent.is_valid()
    said = str(hidden.rows[0].errors).replace(str(foreign.pk), "987654321")
    assert said == str(absent.rows[0].errors)
    type(foreign).objects.filter(pk=foreign.pk).update(external_id="F-1")
    hidden, absent = asked("F-1"), asked("F-2")  # a record is called as it was typed, not by an id of ours
    assert str(hidden.rows[0].errors).replace("F-1", "F-2") == str(absent.rows[0].errors)
    monkeypatch.setattr(visibility, "_rules", [lambda member, rows: rows.filter(owner=member)])
    assert form([row("company", "is", str(northwind.alfreds.pk))], member=northwind.rita).is_valid()
    assert not form([row("company", "is", str(northwind.bolido.pk))], member=northwind.rita).is_valid()


# --- saved segments in rows ---------------------------------------------------------------------------------------


@pytest.fixture
def key_accounts(northwind):
    return SavedSegment.objects.create(name="Key accounts", stream="company", tree={"any": [GERMANY, SPAIN]})


def test_a_saved_segment_is_written_by_name_and_means_its_conditions(northwind, key_accounts):
    conditions = form([NET, row("saved", "is_not", str(key_accounts.pk))])
    assert conditions.is_valid()
    assert conditions.written == {"all": [LARGE, {"not": {"saved": key_accounts.pk}}]}
    assert conditions.tree == {"all": [LARGE, {"not": {"any": [GERMANY, SPAIN]}}]}
    said = segments.sentence(conditions.written, "sale")
    assert said == "net is at least 100 and not (it is in “Key accounts”)"
    assert segments.expand(conditions.written, "sale") == conditions.tree


@pytest.mark.parametrize("changes", [{"is_active": False}, {"stream": "activity"}])
def test_only_saved_segments_that_fit_are_offered(northwind, key_accounts, changes):
    asked = [row("saved", "is", str(key_accounts.pk))]
    assert form(asked).is_valid()
    SavedSegment.objects.update(**changes)
    assert not form(asked).is_valid()


def test_a_saved_segment_that_names_what_is_gone_is_refused_at_its_row(northwind, key_accounts):
    brand = Brand.objects.create(name="Short-lived")
    SavedSegment.objects.update(stream="sale", tree={"field": "brand", "is": brand.pk})
    asked = [NET, row("saved", "is", str(key_accounts.pk))]
    assert form(asked).is_valid()
    brand.delete()
    conditions = form(asked)
    assert not conditions.is_valid() and "There is no brand" in str(conditions.rows[1].errors)
