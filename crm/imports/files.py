"""A CSV file as rows of cells. What makes the whole file unreadable is said in one sentence, before a row is kept."""

import codecs
import csv
import hashlib
import io
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from typing import BinaryIO

from django.utils.translation import gettext as _

SEPARATORS = ",;\t"
MOST_COLUMNS = 500
LONGEST_ROW = 200_000
BLOCK = 1 << 20
MARKS = {  # how a file may begin -> how its bytes then stand for letters; None: not read here
    codecs.BOM_UTF32_LE: None,
    codecs.BOM_UTF32_BE: None,
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
    codecs.BOM_UTF8: "utf-8-sig",
}

Row = tuple[int, list[str]]


class FileRefused(Exception):
    """The file as a whole cannot be loaded; its text is a sentence for the person who sent it."""

    def __init__(self, code: str, sentence: str):
        super().__init__(sentence)
        self.code = code


def encoding_of(file: BinaryIO, said: str) -> str:
    """What the mark at the file's beginning says, else what the sender has said."""
    file.seek(0)
    start = file.read(4)
    found = next((encoding for mark, encoding in MARKS.items() if start.startswith(mark)), said)
    if found is None:
        raise FileRefused("not_utf8", _("The file is UTF-32. Save it as UTF-8."))
    return found


def examine(file: BinaryIO, encoding: str) -> str:
    """The file's SHA-256. Raises FileRefused unless all of it is text in this encoding, without NUL."""
    digest, decoder, line = hashlib.sha256(), codecs.getincrementaldecoder(encoding)(), 1
    file.seek(0)
    is_last = False
    while not is_last:
        block = file.read(BLOCK)
        is_last = not block
        digest.update(block)
        try:
            text = decoder.decode(block, final=is_last)
        except UnicodeDecodeError as error:
            raise _not_text(encoding, line + error.object.count(b"\n", 0, error.start)) from error
        if len(block) == BLOCK and not ("\n" in text or "\r" in text):
            raise FileRefused("unreadable", _("Line %(line)d is too long.") % {"line": line})
        if (nul := text.find("\0")) >= 0:
            found = line + text.count("\n", 0, nul)
            raise FileRefused("has_nul", _("Line %(line)d holds a NUL character.") % {"line": found})
        line += text.count("\n")
    return digest.hexdigest()


def _not_text(encoding: str, line: int) -> FileRefused:
    if encoding.startswith("utf-8"):
        sentence = _("Line %(line)d is not UTF-8. Save the file as UTF-8, or say how it was saved.")
        return FileRefused("not_utf8", sentence % {"line": line})
    sentence = _("Line %(line)d cannot be read as %(encoding)s.")
    return FileRefused("wrong_encoding", sentence % {"line": line, "encoding": encoding.upper()})


def open_rows(file: BinaryIO, known: Iterable[str], encoding: str) -> tuple[list[str], Iterator[Row]]:
    """The header and the rows below it, numbered as a spreadsheet numbers them: the header is row 1.

    The separator (comma, semicolon or tab) is the one that makes the most of the header's names `known` columns.
    """
    headers, names = {}, set(known)
    for separator in SEPARATORS:
        try:
            headers[separator] = _header(file, separator, encoding)
        except FileRefused as refused:
            reason = refused
    if not headers:
        raise reason
    separator = max(headers, key=lambda one: (len(names.intersection(headers[one])), len(headers[one])))
    return headers[separator], _rows(file, separator, encoding)


def _header(file: BinaryIO, separator: str, encoding: str) -> list[str]:
    with closing(_records(file, separator, encoding)) as records:
        row = next(records, None)
    if row is None or not any(cell.strip() for cell in row):
        raise FileRefused("no_header", _("The file is empty: its first row must name the columns."))
    return [cell.strip().lower() for cell in row]


def _rows(file: BinaryIO, separator: str, encoding: str) -> Iterator[Row]:
    records = _records(file, separator, encoding)
    next(records)
    for number, cells in enumerate(records, 2):
        if sum(map(len, cells)) > LONGEST_ROW:
            raise FileRefused("too_long_row", _("Row %(row)d is too long.") % {"row": number})
        if any(cell.strip() for cell in cells):
            yield number, cells


def _records(file: BinaryIO, separator: str, encoding: str) -> Generator[list[str], None, None]:
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    reader = csv.reader(text, delimiter=separator, strict=True)
    try:
        yield from reader
    except csv.Error as error:
        problem = _("The file cannot be read at line %(line)d: quotation marks do not match, or a cell is too long.")
        raise FileRefused("unreadable", problem % {"line": reader.line_num}) from error
    finally:
        text.detach()


def check_header(header: list[str], known: list[str], required: list[str]) -> None:
    """Raises FileRefused with the first thing that is wrong with the names of the columns."""
    if len(header) > MOST_COLUMNS:
        raise FileRefused("too_many_columns", _("The file has %(count)d columns.") % {"count": len(header)})
    for place, name in enumerate(header, 1):
        if not name:
            raise FileRefused("unnamed_column", _("Column %(place)d has no name.") % {"place": place})
        if name not in known:
            sentence = _("There is no column “%(name)s” here. The columns are: %(known)s.")
            raise FileRefused("unknown_column", sentence % {"name": name[:60], "known": ", ".join(known)})
        if name in header[: place - 1]:
            raise FileRefused("repeated_column", _("The column “%(name)s” stands twice.") % {"name": name})
    if missing := [name for name in required if name not in header]:
        sentence = _("These columns are missing: %(names)s.")
        raise FileRefused("missing_column", sentence % {"names": ", ".join(missing)})
