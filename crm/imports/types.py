"""What a cell may hold. Each type is said in SQL, so that a file of millions of rows is read set by set.

`{v}` stands for the cell's text, trimmed and not empty. Numbers have a point and nothing else, days and times are ISO:
a value that could be read in two ways is refused, never guessed.
"""

from dataclasses import dataclass

from babel.numbers import list_currencies

DAYS = ("1900-01-01", "2200-12-31")
CONTROL = r"[\x01-\x1f\x7f]"
TEXT_CONTROL = r"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]"  # a note may hold tabs and line breaks
CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?)?"
INSTANT = rf"^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}[T ]{CLOCK}(Z|[+-][0-9]{{2}}:?[0-9]{{2}})?$"
OFFSET = r"(Z|[+-][0-9]{2}:?[0-9]{2})$"


@dataclass(frozen=True)
class Type:
    """`valid` says whether the text can be read, `value` reads it, `reason` is the code of what is wrong with it."""

    name: str
    valid: str
    value: str
    reason: str
    allowed: tuple[str, ...] = ()
    limits: tuple = ()

    def said_of(self, part: str, cell: str) -> str:
        return getattr(self, part).replace("{v}", cell)


def literal(text: str) -> str:
    """A text of ours or of the organization's as an SQL literal, in a statement that takes parameters."""
    return "'" + text.replace("'", "''").replace("%", "%%") + "'"


def text(longest: int, *, multiline: bool = False) -> Type:
    control = TEXT_CONTROL if multiline else CONTROL
    return Type(
        name=f"text, at most {longest}",
        valid=f"char_length({{v}}) <= {longest} AND {{v}} !~ {literal(control)}",
        value="{v}",
        reason=f"CASE WHEN char_length({{v}}) > {longest} THEN 'too_long' ELSE 'control_character' END",
        limits=(longest,),
    )


def decimal(digits: int = 14, places: int = 6, *, least: str = "", most: str = "", above: str = "") -> Type:
    """An exact number with at most `digits` before the point and `places` after it; zeros that say nothing aside."""
    exact = rf"{{v}} ~ '^[+-]?0*[0-9]{{1,{digits}}}([.][0-9]{{1,{places}}}0*)?$' AND char_length({{v}}) <= 60"
    written = r"{v} ~ '^[+-]?[0-9]+([.][0-9]+)?$' AND char_length({v}) <= 60"
    short = rf"{{v}} ~ '^[+-]?0*[0-9]{{1,{digits}}}([.]|$)'"
    fine = rf"{{v}} !~ '[.][0-9]{{{places}}}[0-9]*[1-9]'"
    bounds = [f"{{v}}::numeric {sign} {edge}" for sign, edge in ((">=", least), ("<=", most), (">", above)) if edge]
    bounded = f"CASE WHEN {exact} THEN {' AND '.join(bounds)} ELSE false END" if bounds else exact
    return Type(
        name="decimal",
        valid=bounded,
        value="{v}::numeric",
        reason=f"CASE WHEN NOT ({written}) THEN 'not_a_number' WHEN NOT ({short}) THEN 'too_many_digits'"
        f" WHEN NOT ({fine}) THEN 'too_many_decimals' ELSE 'out_of_range' END",
        limits=(digits, places, least or above, most),
    )


def whole(least: int, most: int) -> Type:
    """A whole number, both ends included."""
    written = r"{v} ~ '^[+-]?[0-9]{1,15}$'"
    return Type(
        name="whole number",
        valid=f"CASE WHEN {written} THEN {{v}}::bigint BETWEEN {least} AND {most} ELSE false END",
        value="{v}::bigint",
        reason=f"CASE WHEN {written} THEN 'out_of_range' ELSE 'not_whole' END",
        limits=(least, most),
    )


def choice(*allowed: str) -> Type:
    listed = ", ".join(literal(value) for value in allowed)
    return Type(
        name=" / ".join(allowed), valid=f"{{v}} IN ({listed})", value="{v}", reason="'not_allowed'", allowed=allowed
    )


def one_day(written: str) -> str:
    """Whether the text is an ISO day that the calendar has, from 1900 to 2200."""
    return (
        f"CASE WHEN {written} ~ '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}$' AND pg_input_is_valid({written}, 'date')"
        f" THEN {written}::date BETWEEN '{DAYS[0]}' AND '{DAYS[1]}' ELSE false END"
    )


DAY = Type(
    name="day",
    valid=one_day("{v}"),
    value="{v}::date",
    reason="CASE WHEN {v} ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' AND pg_input_is_valid({v}, 'date')"
    " THEN 'day_out_of_range' ELSE 'not_a_day' END",
)
# Without an offset it is the organization's local time; an hour that occurs twice is the second one.
TIME = Type(
    name="time",
    valid=f"CASE WHEN {{v}} ~ {literal(INSTANT)} AND pg_input_is_valid({{v}}, 'timestamptz')"
    f" THEN {one_day('left({v}, 10)')} ELSE false END",
    value=f"CASE WHEN {{v}} ~ {literal(OFFSET)} THEN {{v}}::timestamptz"
    " ELSE {v}::timestamp AT TIME ZONE %(zone)s END",
    reason=f"CASE WHEN {{v}} ~ {literal(INSTANT)} AND pg_input_is_valid({{v}}, 'timestamptz')"
    " THEN 'day_out_of_range' ELSE 'not_a_time' END",
)
YES_NO = Type(
    name="yes / no",
    valid="lower({v}) IN ('yes', 'no', 'true', 'false')",
    value="lower({v}) IN ('yes', 'true')",
    reason="'not_yes_no'",
)
CURRENCY = Type(
    name="currency",
    valid=f"{{v}} IN ({', '.join(literal(code) for code in sorted(list_currencies()))})",
    value="{v}",
    reason="'not_a_currency'",
)
EMAIL = Type(
    name="e-mail",
    valid=r"char_length({v}) <= 254 AND {v} ~ '^[A-Za-z0-9.!#$&''*+/=?^_`{|}~-]{1,64}"
    r"@[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)+$'"
    r" AND {v} !~ '(^\.|\.\.|\.@)'",
    value="lower({v})",
    reason="'not_an_email'",
)
KEY = Type(
    name="key",
    valid="char_length({v}) <= 40 AND {v} ~ '^[a-z0-9]+([-_][a-z0-9]+)*$'",
    value="{v}",
    reason="'not_a_key'",
)
# Words between semicolons, each once, in the order of the cell.
LIST = Type(
    name="list",
    valid=rf"{{v}} !~ {literal(CONTROL)} AND NOT EXISTS (SELECT 1 FROM string_to_table({{v}}, ';') word"
    " WHERE char_length(btrim(word)) > 60)",
    value="ARRAY(SELECT btrim(word) FROM string_to_table({v}, ';') WITH ORDINALITY AS part(word, place)"
    " WHERE btrim(word) <> '' GROUP BY btrim(word) ORDER BY min(place))::varchar[]",
    reason="'not_a_list'",
)
SHARES = Type(name="shares", valid="char_length({v}) <= 2000", value="{v}", reason="'not_shares'")
