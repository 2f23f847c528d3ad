"""A ZIP looked at before anything is made of it: whole, not a bomb, and nothing hidden around or in it.

Everything is unpacked once, piece by piece and thrown away, since sizes can be declared wrongly.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from marketplace.files.kinds import Limits
from marketplace.files.signatures import PDF, ZIP, ends_as_zip, is_archive, is_program
from marketplace.files.verdicts import Reason, Refused

_CHUNK = 1 << 18
_PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_XML = (".xml", ".rels", ".hpf", ".opf", ".vml", ".rdf")
_HEAD = 4096


class Budget:
    """What may still be unpacked, over a file and all the files inside it."""

    def __init__(self, limits: Limits) -> None:
        self.limits, self.unpacked = limits, 0

    def spend(self, size: int) -> None:
        """Count unpacked bytes. Raises Refused when they are too many."""
        self.unpacked += size
        if self.unpacked > self.limits.unpacked:
            raise Refused(Reason.BOMB)


class Archive:
    """A ZIP that was weighed: ``names`` of its members, ``heads`` with the first bytes of each.

    Raises Refused when it must not be opened.
    """

    def __init__(self, stream: BinaryIO, budget: Budget) -> None:
        self._stream, self._budget = stream, budget
        size = stream.seek(0, io.SEEK_END)
        stream.seek(0)
        if PDF in stream.read(1024):
            raise Refused(Reason.POLYGLOT)
        stream.seek(max(0, size - 22 - 65_535))
        if not ends_as_zip(stream.read()):
            raise Refused(Reason.POLYGLOT if self._has_an_end(size) else Reason.DAMAGED)
        try:
            self._zip = zipfile.ZipFile(stream)
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, struct.error) as fault:
            raise Refused(Reason.DAMAGED) from fault
        self._members = {info.filename: info for info in self._zip.infolist()}
        self.names = frozenset(self._members)
        self._weigh_declared(size)
        self.heads = {info.filename: self._weigh(info) for info in self._zip.infolist()}

    def _has_an_end(self, size: int) -> bool:
        self._stream.seek(max(0, size - 22 - 65_535))
        return b"PK\x05\x06" in self._stream.read()

    def read(self, name: str) -> bytes:
        """The whole content of a member. Raises Refused when it is missing."""
        info = self._members.get(name)
        if info is None:
            raise Refused(Reason.DAMAGED)
        return b"".join(self._unpacked(info))

    def _weigh_declared(self, size: int) -> None:
        infos = self._zip.infolist()
        limits = self._budget.limits
        if any(info.flag_bits & 0x1 for info in infos):
            raise Refused(Reason.ENCRYPTED)
        if len(self._members) != len(infos) or any(_is_odd(info) for info in infos):
            raise Refused(Reason.DAMAGED)
        declared = sum(info.file_size for info in infos)
        if len(infos) > limits.members or declared > limits.unpacked:
            raise Refused(Reason.BOMB)
        if declared > limits.ratio_from and declared > limits.ratio * size:
            raise Refused(Reason.BOMB)
        # Nothing may stand before the first member: such a file would be something else to another program.
        if min((info.header_offset for info in infos), default=0) != 0 or self._zip.start_dir > size:
            raise Refused(Reason.POLYGLOT)

    def _weigh(self, info: zipfile.ZipInfo) -> bytes:
        """Unpack a member and count; its first bytes."""
        head, size = b"", 0
        for piece in self._unpacked(info):
            size += len(piece)
            self._budget.spend(len(piece))
            if len(head) < _HEAD:
                head += piece[: _HEAD - len(head)]
        if size != info.file_size:
            raise Refused(Reason.DAMAGED)
        if is_program(head):
            raise Refused(Reason.EXECUTABLE)
        if is_archive(head):
            raise Refused(Reason.ARCHIVE)
        # A document type can define entities that unfold to gigabytes; office files have none.
        if info.filename.lower().endswith(_XML) and b"<!DOCTYPE" in head.replace(b"\0", b""):
            raise Refused(Reason.BOMB)
        return head

    def _unpacked(self, info: zipfile.ZipInfo) -> Iterator[bytes]:
        """The member's content in pieces, never more than it declares."""
        self._stream.seek(info.header_offset)
        header = self._stream.read(30)
        if len(header) < 30 or not header.startswith(ZIP):
            raise Refused(Reason.DAMAGED)
        self._stream.seek(sum(struct.unpack("<HH", header[26:30])), io.SEEK_CUR)
        left, size = info.compress_size, 0
        inflate = zlib.decompressobj(-15) if info.compress_type == zipfile.ZIP_DEFLATED else None
        while left > 0:
            packed = self._stream.read(min(_CHUNK, left))
            if not packed:
                raise Refused(Reason.DAMAGED)
            left -= len(packed)
            while packed:
                try:
                    piece = inflate.decompress(packed, _CHUNK) if inflate else packed
                except zlib.error as fault:
                    raise Refused(Reason.DAMAGED) from fault
                packed = inflate.unconsumed_tail if inflate else b""
                size += len(piece)
                if size > info.file_size:
                    raise Refused(Reason.BOMB)
                yield piece


def _is_odd(info: zipfile.ZipInfo) -> bool:
    """Whether no office program would have written such a member."""
    name = info.filename
    return (
        info.compress_type not in _PLAIN
        or name.startswith(("/", "\\"))
        or ".." in name.replace("\\", "/").split("/")
        or "\0" in info.orig_filename
    )
