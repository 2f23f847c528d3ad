"""The kinds of file that are taken, and the words for each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from marketplace.errors import N_

MEGABYTE = 1024 * 1024


class Kind(StrEnum):
    """What a file is by its content. HEIC is taken in but never kept: it is kept as a JPEG."""

    PDF = "pdf"
    JPEG = "jpeg"
    PNG = "png"
    HEIC = "heic"
    HWP = "hwp"
    HWPX = "hwpx"
    DOCX = "docx"
    XLSX = "xlsx"
    PPTX = "pptx"
    TXT = "txt"
    CSV = "csv"


#: The name extensions of each kind; the first is the one that a kept file gets.
EXTENSIONS: dict[Kind, tuple[str, ...]] = {
    Kind.PDF: ("pdf",),
    Kind.JPEG: ("jpg", "jpeg", "jpe", "jfif"),
    Kind.PNG: ("png",),
    Kind.HEIC: ("heic", "heif"),
    Kind.HWP: ("hwp",),
    Kind.HWPX: ("hwpx",),
    Kind.DOCX: ("docx",),
    Kind.XLSX: ("xlsx",),
    Kind.PPTX: ("pptx",),
    Kind.TXT: ("txt",),
    Kind.CSV: ("csv",),
}
_OFFICE = "application/vnd.openxmlformats-officedocument"
MEDIA_TYPES: dict[Kind, str] = {
    Kind.PDF: "application/pdf",
    Kind.JPEG: "image/jpeg",
    Kind.PNG: "image/png",
    Kind.HWP: "application/x-hwp",
    Kind.HWPX: "application/hwp+zip",
    Kind.DOCX: f"{_OFFICE}.wordprocessingml.document",
    Kind.XLSX: f"{_OFFICE}.spreadsheetml.sheet",
    Kind.PPTX: f"{_OFFICE}.presentationml.presentation",
    Kind.TXT: "text/plain",
    Kind.CSV: "text/csv",
}
#: What the database may hold.
KEPT_KINDS = tuple(kind for kind in Kind if kind is not Kind.HEIC)
#: Kinds that were decoded and written anew, so that nothing of what came in is left in them.
PICTURES = frozenset({Kind.JPEG, Kind.PNG})
KIND_LABELS: dict[Kind, str] = {
    Kind.PDF: N_("PDF 문서"),
    Kind.JPEG: N_("사진(JPEG)"),
    Kind.PNG: N_("그림(PNG)"),
    Kind.HEIC: N_("사진(HEIC)"),
    Kind.HWP: N_("한글 문서(HWP)"),
    Kind.HWPX: N_("한글 문서(HWPX)"),
    Kind.DOCX: N_("워드 문서(DOCX)"),
    Kind.XLSX: N_("엑셀 문서(XLSX)"),
    Kind.PPTX: N_("파워포인트 문서(PPTX)"),
    Kind.TXT: N_("텍스트(TXT)"),
    Kind.CSV: N_("표 텍스트(CSV)"),
}
#: For a form's ``accept``: what the file chooser of a browser offers.
ACCEPT = ",".join(f".{extension}" for extensions in EXTENSIONS.values() for extension in extensions)
#: The same for photos alone; a phone then offers its camera too.
PICTURE_ACCEPT = "image/jpeg,image/png,image/heic,image/heif"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a file may ask of us. Every one ends in a sentence for the user, never in a full memory.

    ``file``, ``unpacked`` and ``memory`` in bytes; ``ratio`` is unpacked to packed, judged from ``ratio_from``
    unpacked bytes on; ``depth`` is how deep office files may hold office files; ``pixels`` of a picture as it
    comes, ``decoded`` the bytes it unfolds to, ``side`` the longer side in pixels that it is kept with;
    ``seconds`` of a whole judgement.
    """

    file: int = 20 * MEGABYTE
    unpacked: int = 200 * MEGABYTE
    ratio: int = 100
    ratio_from: int = 20 * MEGABYTE
    members: int = 5_000
    depth: int = 2
    pixels: int = 120_000_000
    decoded: int = 96 * MEGABYTE
    side: int = 4_096
    seconds: int = 5
    memory: int = 200 * MEGABYTE
