"""A file's bytes in rows of the database: every worker reaches them, and what was received is not received again."""

import io
from bisect import bisect_right
from itertools import accumulate

from django.db.models import F, Func, IntegerField

from crm.models import Import, ImportChunk

SIZE = 1 << 20  # bytes of a chunk; those that are there may have another size


class FileDiffers(Exception):
    """The file that is read on is not the one whose beginning was received."""


def next_number(run: Import) -> int:
    """The checkpoint: the first chunk that has not been received."""
    return run.chunks.count()


def keep(run: Import, number: int, content: bytes) -> None:
    ImportChunk.objects.create(run=run, number=number, content=content)
    run.byte_count += len(content)


def check_beginning(run: Import, file: io.BufferedIOBase) -> None:
    """Raises FileDiffers unless the file begins with what was received; leaves it standing behind that."""
    for chunk in run.chunks.order_by("number").iterator():
        content = bytes(chunk.content)
        if file.read(len(content)) != content:
            raise FileDiffers


def opened(run: Import) -> io.BufferedReader:
    """The received bytes as a file to be read; the organization stays open meanwhile."""
    return io.BufferedReader(_Received(run), SIZE)


class _Received(io.RawIOBase):
    def __init__(self, run: Import):
        self.run, self.at = run, 0
        self.number, self.content = -1, b""
        size = Func(F("content"), function="octet_length", output_field=IntegerField())
        sizes = run.chunks.order_by("number").values_list(size, flat=True)
        self.starts = list(accumulate(sizes, initial=0))  # of each chunk, and the end of the last
        if self.starts[-1] != run.byte_count:
            raise RuntimeError(f"{self.starts[-1]} of {run.byte_count} received bytes are there")

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self.at = {io.SEEK_SET: 0, io.SEEK_CUR: self.at, io.SEEK_END: self.run.byte_count}[whence] + offset
        return self.at

    def readinto(self, buffer) -> int:
        if self.at >= self.run.byte_count:
            return 0
        number = bisect_right(self.starts, self.at) - 1
        if number != self.number:
            self.number, self.content = number, bytes(self.run.chunks.get(number=number).content)
        start = self.at - self.starts[number]
        piece = self.content[start : start + len(buffer)]
        buffer[: len(piece)] = piece
        self.at += len(piece)
        return len(piece)
