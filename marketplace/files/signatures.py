"""What a file is by its first bytes. Only what is taken, and what deserves a sentence of its own, is known.

The signatures are those of the formats' own specifications (ISO 32000, JPEG, PNG, ISO 14496-12, MS-CFB, APPNOTE).
"""

from __future__ import annotations

import re
import struct

from marketplace.files.verdicts import Reason, Refused

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK\x03\x04"
ZIP_END = b"PK\x05\x06"
PDF = b"%PDF-"
JPEG = b"\xff\xd8\xff"
PNG = b"\x89PNG\r\n\x1a\n"
HEIC_BRANDS = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"))

# Signatures of two or three letters could begin an honest text; what follows them tells.
_EXECUTABLE = re.compile(
    rb"MZ(?=.{0,62}\0)|\x7fELF|\xfe\xed\xfa[\xce\xcf]|[\xce\xcf]\xfa\xed\xfe"
    rb"|\xca\xfe\xba\xbe"  # Java class, fat Mach-O
    rb"|dex\n|\0asm|L\0\0\0\x01\x14\x02\0"  # Android, WebAssembly, Windows shortcut
    rb"|X5O!P%@AP",  # a COM program in letters, the test file of virus scanners
    re.S,
)
_ARCHIVE = re.compile(
    rb"Rar!\x1a\x07|7z\xbc\xaf\x27\x1c|\x1f\x8b\x08|BZh[1-9]1AY&SY|\xfd7zXZ\0|\x28\xb5\x2f\xfd|MSCF\0\0\0\0"
    rb"|EGGA\0|ALZ\x01|PK\x05\x06|PK\x07\x08|.{257}ustar",
    re.S,
)
_PICTURE = re.compile(
    rb"GIF8[79]a|BM.{4}\0{4}|II\*\0|MM\0\*|8BPS\0|\0\0\x01\0|\xff\x0a|RIFF.{4}WEBP|.{4}ftypavi[fs]", re.S
)
_SURE_ARCHIVES = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\xfd7zXZ\0")
_CODE = re.compile(rb"<(?:script|html|svg|iframe|\?php)\b", re.I)
_MARKUP = re.compile(rb"<(?:!doctype|\?xml|\?php|html|head|body|svg|script|iframe|!--)", re.I)


def refuse_by_start(head: bytes) -> None:
    """Raise Refused when the first bytes are those of a program, an archive or a picture that is not taken."""
    if is_program(head) or head.startswith(b"#!"):
        raise Refused(Reason.EXECUTABLE)
    if is_archive(head):
        raise Refused(Reason.ARCHIVE)
    if _PICTURE.match(head):
        raise Refused(Reason.OTHER_PICTURE)
    if head.startswith(b"HWP Document File V"):
        raise Refused(Reason.OLD_HWP)


def is_heic(head: bytes) -> bool:
    """Whether these are the first bytes of a HEIC picture."""
    return head[4:8] == b"ftyp" and head[8:12] in HEIC_BRANDS


def is_markup(head: bytes) -> bool:
    """Whether a text begins as HTML, SVG or XML, or holds such a thing near its start."""
    return bool(_MARKUP.match(head.lstrip(b"\xef\xbb\xbf \t\r\n\f\0")) or _CODE.search(head))


def is_program(data: bytes) -> bool:
    """Whether the bytes begin as a program."""
    return bool(_EXECUTABLE.match(data))


def is_archive(data: bytes) -> bool:
    """Whether the bytes begin as an archive that is not a ZIP with something in it."""
    return bool(_ARCHIVE.match(data))


def holds_archive(data: bytes) -> bool:
    """Whether a ZIP with its directory lies somewhere in the bytes, or another archive that is surely one."""
    if any(sign in data for sign in _SURE_ARCHIVES):
        return True
    at = data.find(ZIP_END)
    while at >= 0:
        if is_zip_end(data, at):
            return True
        at = data.find(ZIP_END, at + 4)
    return False


def is_zip_end(data: bytes, at: int) -> bool:
    """Whether the end record at this place is preceded by the directory whose size it names."""
    if len(data) < at + 22:
        return False
    size = struct.unpack_from("<L", data, at + 12)[0]
    return 0 < size <= at and data[at - size : at - size + 4] == b"PK\x01\x02"


def ends_as_zip(tail: bytes) -> bool:
    """Whether the file whose last bytes these are can be opened as a ZIP."""
    at = tail.rfind(ZIP_END)
    return (
        at >= 0 and len(tail) >= at + 22 and at + 22 + struct.unpack_from("<H", tail, at + 20)[0] == len(tail)
    )


def holds_code(data: bytes) -> bool:
    """Whether HTML, SVG or PHP lies somewhere in the bytes of a picture."""
    return bool(_CODE.search(data))
