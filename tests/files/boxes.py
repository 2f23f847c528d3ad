"""Writes compound files (MS-CFB) for tests: a header, one table of sectors, a directory, small streams apart."""

from __future__ import annotations

import struct
import zlib
from itertools import pairwise

SECTOR, SMALL, CUTOFF = 512, 64, 4096
_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
_NONE = 0xFFFFFFFF


def box(streams: dict[str, bytes]) -> bytes:
    """A compound file with these streams; a name with slashes lies in storages."""
    names = _entries(streams)
    small, small_table, starts = b"", [], {}
    for name, data in streams.items():
        if 0 < len(data) < CUTOFF:
            starts[name] = len(small_table)
            count = -(-len(data) // SMALL)
            small_table += [*range(len(small_table) + 1, len(small_table) + count), _END]
            small += data.ljust(count * SMALL, b"\0")
    sectors: list[bytes] = []
    table: list[int] = []

    def place(data: bytes) -> int:
        if not data:
            return _END
        first, count = len(table), -(-len(data) // SECTOR)
        table.extend([*range(first + 1, first + count), _END])
        sectors.extend(data[i * SECTOR : (i + 1) * SECTOR].ljust(SECTOR, b"\0") for i in range(count))
        return first

    for name, data in streams.items():
        if len(data) >= CUTOFF:
            starts[name] = place(data)
    small_start = place(small)
    small_table_start = place(struct.pack(f"<{len(small_table)}L", *small_table).ljust(SECTOR, b"\xff"))
    directory_start = place(_directory(names, streams, starts, small_start, len(small)))
    table_sectors = 1
    while -(-(len(table) + table_sectors) // 128) > table_sectors:
        table_sectors += 1
    table_start = len(table)
    table += [_FAT] * table_sectors
    packed = struct.pack(f"<{len(table)}L", *table).ljust(table_sectors * SECTOR, b"\xff")
    header = struct.pack(
        "<8s16sHHHHH6xLLLLLLLLLL",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", 0x3E, 3, 0xFFFE, 9, 6,
        0, table_sectors, directory_start, 0, CUTOFF,
        small_table_start if small_table else _END, 1 if small_table else 0, _END, 0, table_start,
    )  # fmt: skip
    header += b"".join(struct.pack("<L", table_start + n) for n in range(1, table_sectors))
    return header.ljust(SECTOR, b"\xff") + b"".join(sectors) + packed


def _entries(streams: dict[str, bytes]) -> list[str]:
    names = [""]
    for name in streams:
        parts = name.split("/")
        for depth in range(1, len(parts) + 1):
            path = "/".join(parts[:depth])
            if path not in names:
                names.append(path)
    return names


def _directory(
    names: list[str], streams: dict[str, bytes], starts: dict[str, int], small_start: int, small_size: int
) -> bytes:
    children: dict[str, list[str]] = {}
    for name in names[1:]:
        children.setdefault(name.rpartition("/")[0], []).append(name)
    for siblings in children.values():
        siblings.sort(key=lambda name: (len(name), name.upper()))
    after = {a: b for siblings in children.values() for a, b in pairwise(siblings)}
    rows = []
    for name in names:
        title = ("Root Entry" if not name else name.rpartition("/")[2]).encode("utf-16-le") + b"\0\0"
        kind = 5 if not name else 2 if name in streams else 1
        size = small_size if not name else len(streams.get(name, b""))
        start = small_start if not name else starts.get(name, _END if kind == 2 else 0)
        child = names.index(children[name][0]) if name in children else _NONE
        right = names.index(after[name]) if name in after else _NONE
        rows.append(
            struct.pack(
                "<64sHBBLLL16sL8s8sLQ",
                title, len(title), kind, 1, _NONE, right, child, b"", 0, b"", b"", start, size,
            )
        )  # fmt: skip
    return b"".join(rows)


def deflated(data: bytes) -> bytes:
    """Raw deflate, as HWP packs its streams."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


_FRAME = "function OnDocument_New()\n{\n\t//todo : \n}\n\nfunction OnDocument_Open()\n{\n\t//todo : \n}\n\n"


def script(source: str = _FRAME) -> bytes:
    """The script stream of a Hangul document; what Hangul writes by itself unless a source is given."""
    head = "var Documents = XHwpDocuments;\r\nvar Document = Documents.Active_XHwpDocument;\r\n"
    texts = b"".join(
        struct.pack("<L", len(text)) + text.encode("utf-16-le") for text in (head, source, "", "")
    )
    return texts + struct.pack("<L", 0xFFFFFFFF)


def hwp(flags: int = 1, body: bytes = b"\x42\0\0\0" * 40, **more: bytes) -> bytes:
    """A Hangul 5 document; ``more`` are streams, with __ for a slash; packed ones are the caller's business."""
    header = b"HWP Document File".ljust(32, b"\0") + bytes((0, 0, 1, 5)) + struct.pack("<L", flags)
    streams = {
        "FileHeader": header.ljust(256, b"\0"),
        "DocInfo": deflated(b"\x10\0\0\0" * 20),
        "BodyText/Section0": deflated(body),
        "Scripts/DefaultJScript": deflated(script()),
        "Scripts/JScriptVersion": deflated(b"\1\0\0\0\0\0\0\0"),
        "PrvText": "방문 기록".encode("utf-16-le"),
    }
    streams |= {name.replace("__", "/").replace("_dot_", "."): data for name, data in more.items()}
    return box(streams)
