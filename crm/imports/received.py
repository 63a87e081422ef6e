"""A file's bytes in rows of the database: every worker reaches them, and what was received is not received again."""

import io

from crm.models import Import, ImportChunk

SIZE = 1 << 20  # bytes of every chunk but the last


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
        if file.read(SIZE) != bytes(chunk.content):
            raise FileDiffers


def opened(run: Import) -> io.BufferedReader:
    """The received bytes as a file to be read; the organization stays open meanwhile."""
    return io.BufferedReader(_Received(run), SIZE)


class _Received(io.RawIOBase):
    def __init__(self, run: Import):
        self.run, self.at = run, 0
        self.number, self.content = -1, b""

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
        number, start = divmod(self.at, SIZE)
        if number != self.number:
            found = self.run.chunks.filter(number=number).values_list("content", flat=True).first()
            self.number, self.content = number, bytes(found or b"")
        piece = self.content[start : start + len(buffer)]
        buffer[: len(piece)] = piece
        self.at += len(piece)
        return len(piece)
