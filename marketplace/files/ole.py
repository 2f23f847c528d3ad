"""Compound files (MS-CFB): Hangul documents (HWP 5), and whatever else comes in such a box.

The streams of HWP are those of the format's published description (한글 문서 파일 형식 5.0, revision 1.3).
"""

from __future__ import annotations

import io
import re
import struct
import zlib
from typing import Any

import olefile

from marketplace.files.archives import Budget
from marketplace.files.kinds import Kind
from marketplace.files.signatures import ends_as_zip, is_archive, is_program
from marketplace.files.verdicts import Finding, Reason, Refused

_SIGNATURE = b"HWP Document File"
_COMPRESSED, _PASSWORD, _DRM = 1 << 0, 1 << 1, 1 << 4
_CERTIFICATE, _CERTIFICATE_DRM = 1 << 8, 1 << 10
_LOCKED = _PASSWORD | _DRM | _CERTIFICATE | _CERTIFICATE_DRM
_HEAD = 256
_CHUNK = 1 << 18
_FAULTS = (OSError, ValueError, IndexError, TypeError, struct.error, KeyError, AttributeError, RecursionError)


def look_into_ole(data: bytes, budget: Budget) -> Finding:
    """What a compound file is. Only HWP is taken; raises Refused for the others, each with its own reason."""
    if ends_as_zip(data[-65_557:]):
        raise Refused(Reason.POLYGLOT)
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as box:
            names = ["/".join(parts) for parts in box.listdir(streams=True, storages=True)]
            if not box.exists("FileHeader") or not _header(box).startswith(_SIGNATURE):
                raise Refused(_what_else(names))
            return _hwp(box, names, budget)
    except Refused:
        raise
    except _FAULTS as fault:
        raise Refused(Reason.DAMAGED) from fault


def look_into_ole_part(data: bytes) -> Reason | None:
    """Whether a compound file inside an office file hides another file. Raises Refused for macros."""
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as box:
            names = ["/".join(parts) for parts in box.listdir(streams=True, storages=True)]
    except _FAULTS as fault:
        raise Refused(Reason.DAMAGED) from fault
    if _has_macros(names):
        raise Refused(Reason.MACROS)
    hides = any(name.rpartition("/")[2].lower() in ("\x01ole10native", "package") for name in names)
    return Reason.EMBEDDED if hides else None


def _has_macros(names: list[str]) -> bool:
    return any(
        part.upper() in ("_VBA_PROJECT", "_VBA_PROJECT_CUR", "VBA", "MACROS")
        for name in names
        for part in name.split("/")
    )


def _what_else(names: list[str]) -> Reason:
    """Why a compound file that is no HWP is refused."""
    if "EncryptedPackage" in names:
        return Reason.ENCRYPTED  # DOCX, XLSX and PPTX with a password lie in such a box
    if _has_macros(names):
        return Reason.MACROS
    if {"WordDocument", "Workbook", "Book", "PowerPoint Document"} & set(names):
        return Reason.OLD_OFFICE
    return Reason.UNKNOWN


def _header(box: Any) -> bytes:
    return bytes(box.openstream("FileHeader").read(_HEAD))


def _hwp(box: Any, names: list[str], budget: Budget) -> Finding:
    header = _header(box)
    if len(header) < 40 or "DocInfo" not in names:
        raise Refused(Reason.DAMAGED)
    flags = struct.unpack_from("<L", header, 36)[0]
    if flags & _LOCKED:
        raise Refused(Reason.ENCRYPTED)
    if _has_macros(names):
        raise Refused(Reason.MACROS)
    found = Finding(Kind.HWP)
    for name in names:
        if box.get_type(name) != olefile.STGTY_STREAM:
            continue
        packed = box.openstream(name).read()
        if name == "Scripts/DefaultJScript":
            if _does_something(_inflated(packed, flags, budget)):
                raise Refused(Reason.MACROS)
        elif name.startswith("BinData/"):
            found.quarantine = _bin_data(name, _inflated(packed, flags, budget), found.quarantine)
        elif name == "DocInfo" or name.startswith(("BodyText/", "ViewText/")):
            _inflated(packed, flags, budget)
    return found


def _bin_data(name: str, head: bytes, known: Reason | None) -> Reason | None:
    """Why a picture or an object inside the document is a reason to keep it apart."""
    if is_program(head):
        raise Refused(Reason.EXECUTABLE)
    if is_archive(head):
        raise Refused(Reason.ARCHIVE)
    if head.startswith((b"%!PS", b"\xc5\xd0\xd3\xc6")) or name.lower().endswith((".eps", ".ps")):
        return Reason.POSTSCRIPT
    if "ole10native" in name.lower() or b"\x01\0O\0l\0e\x001\x000\0N\0a\0t\0i\0v\0e\0" in head:
        return known or Reason.EMBEDDED
    return known


def _inflated(packed: bytes, flags: int, budget: Budget) -> bytes:
    """The first 64 KB of a stream after unpacking all of it, piece by piece. Raises Refused for a bomb.

    Streams that are not packed although the document says so (old pictures) are given back as they are.
    """
    if not flags & _COMPRESSED:
        budget.spend(len(packed))
        return packed[:65_536]
    inflate, head, size, rest = zlib.decompressobj(-15), b"", 0, packed
    try:
        while rest and not inflate.eof:
            piece = inflate.decompress(rest, _CHUNK)
            rest = inflate.unconsumed_tail
            size += len(piece)
            budget.spend(len(piece))
            if len(head) < 65_536:
                head += piece
            if size > budget.limits.ratio_from and size > budget.limits.ratio * len(packed):
                raise Refused(Reason.BOMB)
    except zlib.error:
        return packed[:65_536]
    return head[:65_536]


_COMMENTS = re.compile(r"//[^\n\r]*|/\*.*?\*/", re.S)
_FRAME = re.compile(r"function\s+\w+\s*\([^)]*\)\s*\{\s*\}|var\s+Documents?\s*=[^;\n]*;?")


def _does_something(script: bytes) -> bool:
    """Whether the document's script holds more than the empty frame that Hangul writes into every document.

    The stream is a row of texts, each a number of characters (four bytes) and so many in UTF-16; -1 ends it.
    """
    at = 0
    while at + 4 <= len(script):
        count = struct.unpack_from("<L", script, at)[0]
        if count in (0, 0xFFFFFFFF):
            at += 4
            continue
        at += 4
        if not is_only_frame(script[at : at + 2 * count].decode("utf-16-le", "replace")):
            return True
        at += 2 * count
    return False


def is_only_frame(text: str) -> bool:
    """Whether a Hangul script is nothing but comments, empty functions and the two variables of the frame."""
    return not _FRAME.sub("", _COMMENTS.sub("", text)).strip("\ufeff\0 \t\r\n;")
