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
from typing import BinaryIO, NoReturn
from xml.parsers import expat

from marketplace.imports import kinds
from marketplace.imports.faults import Fault, Unreadable
from marketplace.imports.limits import Limits

_CHUNK = 1 << 20
#: Ordinary workbooks shrink 5 to 50 times, 50,000 equal rows up to 200 times; deflate ends at 1,032.
_RATIO = 300
_RATIO_FROM = 30_000_000
_PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

#: Excel ends at XFD1048576; the library's own arithmetic runs over far beyond and asks for terabytes.
_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_ROW = re.compile(r"[1-9][0-9]{0,6}")


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
        """What the sheet fills; ``Unreadable`` when its rectangle would be too large or it is not sound."""
        info = self._members.get(self.sheets.get(sheet, ""))
        if info is None:
            raise Unreadable(Fault(kinds.DAMAGED))
        scan = _SheetScan()
        self._parse(info, scan)
        found, limits = scan.extent, self._limits
        # Rows above the header are no data, hence the hundred to spare; the rows read are counted again.
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
            if info.filename in ("xl/sharedStrings.xml", "xl/styles.xml"):
                self._parse(info, _Handler())

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

    def _parse(self, info: zipfile.ZipInfo, handler: _Handler) -> None:
        """Feed the member to the handler; ``Unreadable`` unless it is sound XML without a document type."""
        # Workbooks are UTF-8; a parser that were told otherwise would see other cells than the reader.
        parser = expat.ParserCreate("utf-8")
        parser.StartElementHandler = handler.start
        parser.StartDoctypeDeclHandler = _refuse_document_type
        try:
            for piece in self._unpacked(info):
                parser.Parse(piece, False)
            parser.Parse(b"", True)
        except expat.ExpatError:
            raise Unreadable(Fault(kinds.DAMAGED)) from None

    def _elements(self, path: str) -> list[tuple[str, dict[str, str]]]:
        info = self._members.get(path)
        if info is None or info.file_size > _CHUNK:
            raise Unreadable(Fault(kinds.DAMAGED))
        handler = _Elements()
        self._parse(info, handler)
        return handler.found

    def _sheet_paths(self) -> dict[str, str]:
        """Sheet name -> path of its XML, in the order of the workbook."""
        if "xl/workbook.xml" not in self._members:
            found = "OpenDocument" if "mimetype" in self._members else "ZIP"
            raise Unreadable(Fault(kinds.WRONG_CONTENT, params={"extension": "xlsx", "found": found}))
        targets = {}
        for _, link in self._elements("xl/_rels/workbook.xml.rels"):
            target = link.get("Target", "")
            path = target.lstrip("/") if target.startswith("/") else normpath(f"xl/{target}")
            targets[link.get("Id", "")] = path
        paths = {}
        for name, values in self._elements("xl/workbook.xml"):
            if name == "sheet":
                link_id = next((value for key, value in values.items() if key.endswith(":id")), "")
                paths[values.get("name", "")] = targets.get(link_id, "")
        return paths


class _Handler:
    """Takes the elements of an XML member; this one only lets them pass."""

    def start(self, name: str, values: dict[str, str]) -> None:
        return


class _Elements(_Handler):
    """Keeps every element with its local name."""

    def __init__(self) -> None:
        self.found: list[tuple[str, dict[str, str]]] = []

    def start(self, name: str, values: dict[str, str]) -> None:
        self.found.append((name.rpartition(":")[2], values))


class _SheetScan(_Handler):
    """Takes down which cells of a sheet hold something."""

    def __init__(self) -> None:
        self.extent = Extent()
        self._place = ("A", 1)
        self._columns: set[str] = set()

    def start(self, name: str, values: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        if name == "c":
            address = _ADDRESS.fullmatch(values.get("r", ""))
            if address is None:
                # Every known program writes addresses; without them the extent cannot be told.
                raise Unreadable(Fault(kinds.DAMAGED))
            self._place = (address[1], int(address[2]))
            if values.get("t") == "e":
                self.extent.errors.append((self._place[1], column_number(address[1])))
        elif name in ("v", "is", "f"):
            letters, row = self._place
            extent = self.extent
            if row > extent.rows:
                extent.rows = row
            if letters not in self._columns:
                self._columns.add(letters)
                extent.columns = max(extent.columns, column_number(letters))
        elif name == "row" and "r" in values and not _ROW.fullmatch(values["r"]):
            raise Unreadable(Fault(kinds.DAMAGED))


def _refuse_document_type(*_: object) -> NoReturn:
    """A document type can define entities that unfold to gigabytes; workbooks have none."""
    raise Unreadable(Fault(kinds.SUSPICIOUS))
