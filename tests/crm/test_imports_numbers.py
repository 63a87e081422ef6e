"""Numbers and days as they are written: exact, or refused."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.models import SaleLine
from lib.numbers import parse_decimal
from tests.crm.loading import load, problems

HEAD = "document,line,day,company,quantity,gross,net\n"
NUMBERS = {
    "0": "0", "-0": "0", "+5": "5", "00012.50": "12.5", "99999999999999.999999": "99999999999999.999999",
    "-99999999999999": "-99999999999999", "1.10000000": "1.1", "0.000001": "0.000001",
}  # fmt: skip
REFUSED = {
    "100000000000000": "too_many_digits", "0.0000001": "too_many_decimals", "1,5": "not_a_number",
    "1.234,56": "not_a_number", "1 000": "not_a_number", "1e3": "not_a_number", "1E309": "not_a_number",
    "NaN": "not_a_number", "Infinity": "not_a_number", "-": "not_a_number", ".5": "not_a_number", "5.": "not_a_number",
    "(5)": "not_a_number", "5-": "not_a_number", "12 %": "not_a_number", "1_000": "not_a_number",
    "0x1F": "not_a_number",
    "١٢": "not_a_number", "１": "not_a_number", "−5": "not_a_number",
    "1" * 61: "not_a_number",
}  # fmt: skip
DAYS = {
    "2026-02-29": "not_a_day", "1900-02-29": "not_a_day", "2026-13-01": "not_a_day", "31.12.2026": "not_a_day",
    "12/31/2026": "not_a_day", "20261231": "not_a_day", "2026-1-1": "not_a_day", "today": "not_a_day",
    "infinity": "not_a_day", "0000-01-01": "not_a_day", "1899-12-31": "day_out_of_range",
    "2201-01-01": "day_out_of_range", "2026-11-20T00:00": "not_a_day", "46000": "not_a_day",
}  # fmt: skip


def line(number: str, day: str = "2026-11-20") -> bytes:
    return f'{HEAD}D,1,{day},ALFKI,1,1,"{number}"\n'.encode()


@pytest.mark.parametrize(("written", "meant"), NUMBERS.items())
def test_a_number_is_kept_exactly(northwind, written, meant):
    load(northwind, "sale_lines", line(written))
    assert SaleLine.objects.get().net == Decimal(meant) == parse_decimal(written)


@pytest.mark.parametrize(("written", "code"), REFUSED.items())
def test_a_number_that_could_be_another_is_refused(northwind, written, code):
    assert problems(load(northwind, "sale_lines", line(written))) == [(2, "net", code)]
    with pytest.raises(ValueError, match=r"\w"):
        parse_decimal(written)


@pytest.mark.parametrize(("written", "code"), DAYS.items())
def test_a_day_is_one_of_the_calendar(northwind, written, code):
    assert problems(load(northwind, "sale_lines", line("1", written))) == [(2, "day", code)]


def test_the_last_day_of_february_is_there_in_a_leap_year(northwind):
    load(northwind, "sale_lines", line("1", "2024-02-29"))
    assert str(SaleLine.objects.get().day) == "2024-02-29"


def test_files_and_forms_read_the_same_numbers(northwind):
    """What lib.numbers reads for people, SQL reads for files, whatever is written."""
    written: list[str] = []

    @given(st.text(alphabet="019.,-+e ", min_size=1, max_size=20).filter(lambda text: text.strip()))
    def collect(text):
        written.append(text)

    collect()
    rows = "".join(f'D,{number},2026-11-20,ALFKI,1,1,"{text}"\n' for number, text in enumerate(written, 1))
    run = load(northwind, "sale_lines", (HEAD + rows).encode(), valid_rows=True)
    read = dict(SaleLine.objects.values_list("line_number", "net"))
    assert len(read) + run.wrong_count == len(written) > 50
    for number, text in enumerate(written, 1):
        try:
            assert read.get(number) == parse_decimal(text), text
        except ValueError:
            assert number not in read, text
