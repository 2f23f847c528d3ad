"""Looks into a workbook before it is opened: how large it really is, and which cells it fills.

The library that reads workbooks trusts them: it unpacks whatever is inside and lays out the whole rectangle
between the first and the last cell. So the archive is unpacked here first, piece by piece and thrown away.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from posixpath import normpath
from typing import BinaryIO
from xml.etree import ElementTree

from marketplace.imports import kinds
from marketplace.imports.faults import Fault, Unreadable
from marketplace.imports.limits import Limits

_CHUNK = 1 << 20
#: Ordinary workbooks shrink 5 to 50 times, 50,000 equal rows up to 200 times; deflate ends at 1,032.
_RATIO = 300
_RATIO_FROM = 30_000_000
_PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

_CELL = re.compile(rb"<(?:\w+:)?c[\s>/]")
_FILLED = re.compile(rb'<(?:\w+:)?c\s[^<>]*?\br="([A-Z]{1,3})([0-9]{1,7})"[^<>]*(?<!/)>')
_BARE = re.compile(rb"<(?:\w+:)?c(?:\s(?:(?!\br=)[^<>])*)?(?<!/)>")
_ERROR = re.compile(rb'<(?:\w+:)?c\s(?=[^<>]*?\bt="e")[^<>]*?\br="([A-Z]{1,3})([0-9]{1,7})"')


@dataclass(slots=True)
class Extent:
    """The last filled row and column of a sheet, from 1, and the cells whose formula ended in an error."""

    rows: int = 0
    columns: int = 0
    errors: list[tuple[int, int]] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        return self.rows == 0


def column_number(letters: str) -> int:
    """1 for A, 27 for AA."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    """A for 1, AA for 27."""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


class Workbook:
    """An .xlsx archive that has been weighed. Raises ``Unreadable`` when it must not be opened."""

    def __init__(self, stream: BinaryIO, limits: Limits) -> None:
        self._stream = stream
        self._limits = limits
        try:
            self._archive = zipfile.ZipFile(stream)
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, struct.error):
            raise Unreadable(Fault(kinds.DAMAGED)) from None
        self._members = {info.filename: info for info in self._archive.infolist()}
        self._weigh()
        self.sheets = self._sheet_paths()

    def extent(self, sheet: str) -> Extent:
        """What the sheet fills; an ``Unreadable`` when its rectangle would be too large."""
        info = self._members.get(self.sheets.get(sheet, ""))
        if info is None:
            raise Unreadable(Fault(kinds.DAMAGED))
        found = Extent()
        for piece in self._tags(info):
            filled = _FILLED.findall(piece)
            if not filled:
                if _BARE.search(piece):
                    # Cells without an address: no known spreadsheet program writes them.
                    raise Unreadable(Fault(kinds.DAMAGED))
                continue
            found.rows = max(found.rows, max(int(row) for _, row in filled))
            letters = {column for column, _ in filled}
            found.columns = max(found.columns, max(column_number(c.decode()) for c in letters))
            if len(filled) < len(_CELL.findall(piece)) and _BARE.search(piece):
                raise Unreadable(Fault(kinds.DAMAGED))
            found.errors += [(int(row), column_number(c.decode())) for c, row in _ERROR.findall(piece)]
        limits = self._limits
        if found.rows > limits.rows + 100:
            raise Unreadable(Fault(kinds.TOO_MANY_ROWS, params={"limit": f"{limits.rows:,}"}))
        if found.columns > limits.columns or found.rows * found.columns > limits.cells:
            raise Unreadable(Fault(kinds.TOO_MANY_COLUMNS, params={"limit": f"{limits.columns:,}"}))
        return found

    def _weigh(self) -> None:
        """Refuse by the declared sizes at once; then unpack, since sizes can be declared wrongly."""
        infos = self._archive.infolist()
        declared = sum(info.file_size for info in infos)
        packed = sum(info.compress_size for info in infos)
        if len(infos) > 2_000 or len(self._members) != len(infos) or declared > self._limits.unpacked:
            raise Unreadable(Fault(kinds.SUSPICIOUS))
        if declared > _RATIO_FROM and declared > _RATIO * packed:
            raise Unreadable(Fault(kinds.SUSPICIOUS))
        for info in infos:
            if info.flag_bits & 0x1:
                raise Unreadable(Fault(kinds.ENCRYPTED))
            if info.compress_type not in _PLAIN:
                raise Unreadable(Fault(kinds.DAMAGED))
            if sum(len(piece) for piece in self._unpacked(info)) != info.file_size:
                raise Unreadable(Fault(kinds.DAMAGED))

    def _unpacked(self, info: zipfile.ZipInfo) -> Iterator[bytes]:
        """The member's content in pieces, never more than it declares.

        ``ZipFile.open`` would stop silently where the declared size ends; the reader behind us would not.
        """
        self._stream.seek(info.header_offset)
        header = self._stream.read(30)
        if len(header) < 30 or not header.startswith(b"PK\x03\x04"):
            raise Unreadable(Fault(kinds.DAMAGED))
        self._stream.seek(sum(struct.unpack("<HH", header[26:30])), 1)
        left, size = info.compress_size, 0
        inflate = zlib.decompressobj(-15) if info.compress_type == zipfile.ZIP_DEFLATED else None
        while left > 0:
            packed = self._stream.read(min(_CHUNK, left))
            if not packed:
                raise Unreadable(Fault(kinds.DAMAGED))
            left -= len(packed)
            while packed:
                try:
                    piece = inflate.decompress(packed, _CHUNK) if inflate else packed
                except zlib.error:
                    raise Unreadable(Fault(kinds.DAMAGED)) from None
                packed = inflate.unconsumed_tail if inflate else b""
                size += len(piece)
                if size > info.file_size:
                    raise Unreadable(Fault(kinds.SUSPICIOUS))
                yield piece

    def _tags(self, info: zipfile.ZipInfo) -> Iterator[bytes]:
        """The content cut before a tag, so that no tag is torn in two."""
        rest = b""
        for piece in self._unpacked(info):
            rest += piece
            cut = rest.rfind(b"<")
            if cut < 0:
                rest = b""
            elif cut > 0:
                yield rest[:cut]
                rest = rest[cut:]
            if len(rest) > 2 * _CHUNK:
                # Only a text of megabytes in one cell, or a tag without end, leaves so much behind.
                raise Unreadable(Fault(kinds.SUSPICIOUS))
        yield rest

    def _xml(self, path: str) -> ElementTree.Element:
        info = self._members.get(path)
        if info is None or info.file_size > _CHUNK:
            raise Unreadable(Fault(kinds.DAMAGED))
        text = b"".join(self._unpacked(info))
        if b"<!" in text.replace(b"<!--", b""):
            # A document type can define entities that unfold to gigabytes; workbooks have none.
            raise Unreadable(Fault(kinds.SUSPICIOUS))
        try:
            return ElementTree.fromstring(text)  # noqa: S314 - has no document type, see above
        except ElementTree.ParseError:
            raise Unreadable(Fault(kinds.DAMAGED)) from None

    def _sheet_paths(self) -> dict[str, str]:
        """Sheet name -> path of its XML, in the order of the workbook."""
        if "xl/workbook.xml" not in self._members:
            found = "OpenDocument" if "mimetype" in self._members else "ZIP"
            raise Unreadable(Fault(kinds.WRONG_CONTENT, params={"extension": "xlsx", "found": found}))
        targets = {}
        for link in self._xml("xl/_rels/workbook.xml.rels"):
            target = link.get("Target", "")
            path = target.lstrip("/") if target.startswith("/") else normpath(f"xl/{target}")
            targets[link.get("Id", "")] = path
        paths = {}
        for element in self._xml("xl/workbook.xml").iter():
            if element.tag.rpartition("}")[2] == "sheet":
                link_id = next((v for k, v in element.attrib.items() if k.endswith("}id")), "")
                paths[element.get("name", "")] = targets.get(link_id, "")
        return paths
