"""A file that cannot be read as a whole is refused in a sentence, and nothing of it is kept."""

import pytest

from crm.imports.services import Order, import_rows
from crm.models import Branch, ImportChunk, ImportRow, ImportState
from tests.crm.loading import NOW, counts, load, problems

GOOD = "external_id,name\nPAR,Paris\n"
REFUSED = {
    "nothing": ("", "no_header", "empty"),
    "blank lines": ("\n\n", "no_header", "empty"),
    "a header in another language": ("nummer,name\n1,Paris\n", "unknown_column", "“nummer”"),
    "a column too few": ("name\nParis\n", "missing_column", "external_id"),
    "a column twice": ("external_id,name,name\nPAR,Paris,Paris\n", "repeated_column", "“name”"),
    "a column without a name": ("external_id,name,\nPAR,Paris,\n", "unnamed_column", "Column 3"),
    "pipes": ("external_id|name\nPAR|Paris\n", "unknown_column", "“external_id|name”"),
    "a quotation mark that does not end": ('external_id,name\nPAR,"Paris\nLON,London\n', "unreadable", "line 3"),
    "text after a quotation": ('external_id,name\nPAR,"Paris"x\n', "unreadable", "line 2"),
    "a giant cell": (f"external_id,name\nPAR,{'x' * 200_000}\n", "unreadable", "line 2"),
    "a giant line": (f"external_id,name\nPAR,{'x,' * 2_000_000}\n", "unreadable", "too long"),
    "a giant row": (f"external_id,name\nPAR,{','.join(['x' * 1000] * 300)}\n", "too_long_row", "Row 2"),
    "a thousand columns": (",".join(f"c{n}" for n in range(1000)), "too_many_columns", "1000"),
    "Latin 1": ("external_id,name\nPAR,Orléans\n".encode("latin-1"), "not_utf8", "Line 2"),
    "UTF-32": (GOOD.encode("utf-32"), "not_utf8", "UTF-32"),
    "UTF-16 without a mark": (GOOD.encode("utf-16-le"), "has_nul", "Line 1"),
    "half a character at the end": (GOOD.encode() + b"\xc3", "not_utf8", "Line 3"),
    "NUL": ("external_id,name\nPAR,Pa\0ris\n", "has_nul", "Line 2"),
    "a wrong byte after a million good ones": (
        b"external_id,name\n" + b"PAR,Paris\n" * 150_000 + b"LYO,\xff\n", "not_utf8", "Line 150002",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("content", "code", "said"), REFUSED.values(), ids=REFUSED.keys())
def test_an_unreadable_file_is_refused(northwind, content, code, said):
    run = load(northwind, "branches", content.encode() if isinstance(content, str) else content)
    assert (run.state, problems(run)) == (ImportState.FAILED, [(None, "", code)])
    assert said in run.problems.get().detail
    assert Branch.objects.count() == 1
    assert not ImportChunk.objects.exists()
    assert not ImportRow.objects.exists()


READ = {
    "as it is": GOOD,
    "a byte order mark": b"\xef\xbb\xbf" + GOOD.encode(),
    "semicolons": "external_id;name\nPAR;Paris\n",
    "tabs": "external_id\tname\nPAR\tParis\n",
    "UTF-16, as a spreadsheet saves Unicode text": GOOD.replace(",", "\t").encode("utf-16"),
    "another order": "name,external_id\nParis,PAR\n",
    "capitals and blanks in the header": " External_ID , Name\nPAR,Paris\n",
    "quotation marks": '"external_id","name"\n"PAR","Paris"\n',
    "carriage returns": "external_id,name\r\nPAR,Paris\r\n",
    "carriage returns alone": "external_id,name\rPAR,Paris\r",
    "no line break at the end": "external_id,name\nPAR,Paris",
    "blanks around": "external_id,name\n  PAR ,\tParis\u00a0\n",
    "empty rows": "external_id,name\n\n,\n PAR,Paris\n\n",
}


@pytest.mark.parametrize("content", READ.values(), ids=READ.keys())
def test_one_file_is_read_however_it_is_written(northwind, content):
    run = load(northwind, "branches", content.encode() if isinstance(content, str) else content)
    assert (run.state, counts(run)) == (ImportState.APPLIED, (1, 0, 0, 0))
    assert Branch.objects.get(external_id="PAR").name == "Paris"


def test_a_header_alone_changes_nothing(northwind):
    run = load(northwind, "branches", b"external_id,name\n")
    assert (run.state, counts(run)) == (ImportState.APPLIED, (0, 0, 0, 0))


def test_rows_are_numbered_as_a_spreadsheet_numbers_them(northwind):
    content = 'external_id,name\nPAR,Paris\n\n"LYO\nN",Lyon\nLIL,\nNAN\nTOU,Toulouse,x\n'
    assert problems(load(northwind, "branches", content.encode())) == [
        (4, "external_id", "control_character"),
        (5, "name", "required"),
        (6, "", "cell_count"),
        (7, "", "cell_count"),
    ]


def test_text_is_kept_as_it_is_whatever_it_looks_like(northwind):
    names = ['=1+1"', "O'Hara \\ {a,b}", "NULL", "%(name)s %", "🙂 Ünïcode", "007"]
    content = "external_id;name\n" + "".join(
        f'{n};"{name.replace(chr(34), chr(34) * 2)}"\n' for n, name in enumerate(names)
    )
    assert counts(load(northwind, "branches", content.encode())) == (6, 0, 0, 0)
    assert (
        list(Branch.objects.exclude(external_id="LON").order_by("external_id").values_list("name", flat=True)) == names
    )


def test_ids_are_compared_exactly_but_for_blanks_around(northwind):
    content = "external_id,name\n7,a\n007,b\nA,c\na,d\n"
    assert counts(load(northwind, "branches", content.encode())) == (4, 0, 0, 0)
    assert problems(load(northwind, "branches", b"external_id,name\n7,a\n 7 ,b\n")) == [(3, "", "duplicate")]


def test_the_same_content_has_the_same_digest(northwind):
    first, second = (load(northwind, "branches", GOOD.encode()) for _ in range(2))
    assert first.sha256 == second.sha256 != load(northwind, "branches", READ["tabs"].encode()).sha256


def test_rows_of_another_program_are_held_to_the_same_header(northwind):
    for header, code in ((["external_id"], "missing_column"), (["external_id", "name", "nmae"], "unknown_column")):
        run = import_rows(
            actor=northwind.nora,
            organization_id=northwind.organization.pk,
            header=header,
            rows=[["PAR"] * len(header)],
            order=Order("branches", NOW),
        )
        assert (run.state, problems(run)) == (ImportState.FAILED, [(None, "", code)])
