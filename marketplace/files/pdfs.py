"""PDF: opened with qpdf, and every object of it asked whether it would act on its own.

Names in PDF may be written with #xx and lie in compressed streams; qpdf writes each object out in one form.
"""

from __future__ import annotations

import re
from pathlib import Path

import pikepdf

from marketplace.files.signatures import ZIP, holds_archive
from marketplace.files.verdicts import Reason, Refused

_END = b"%%EOF"
_ACTS: tuple[tuple[Reason, re.Pattern[bytes]], ...] = (
    (Reason.LAUNCH, re.compile(rb"/(?:Launch|ImportData)(?![\w-])")),
    (Reason.SCRIPT, re.compile(rb"/(?:JavaScript|JS|XFA|RichMedia|Rendition)(?![\w-])")),
    (Reason.EMBEDDED, re.compile(rb"/(?:EmbeddedFiles?|FileAttachment|EF|Collection)(?![\w-])")),
)
#: What is looked for in the raw bytes too, for objects that the cross-reference table leaves out.
_RAW = re.compile(rb"/(?:(?P<launch>Launch)|(?P<script>JavaScript)|(?P<embedded>EmbeddedFile))(?![\w-])")


def look_into_pdf(path: Path) -> Reason | None:
    """Why the PDF must be kept apart; None when it only shows something.

    A PDF that opens without a password is taken even when printing or copying is restricted, as official
    certificates are. Raises Refused when it needs a password, is damaged, or is something else besides.
    """
    data = path.read_bytes()
    end = data.rfind(_END)
    if end < 0:
        raise Refused(Reason.DAMAGED)
    if data[end + len(_END) :].strip(b"\0\r\n\t \x1a") or ZIP in data[:1024] or holds_archive(data):
        raise Refused(Reason.POLYGLOT)
    try:
        with pikepdf.open(path, attempt_recovery=True, suppress_warnings=True) as pdf:
            if len(pdf.pages) == 0:
                raise Refused(Reason.DAMAGED)
            found = {_acts(_written(thing)) for thing in pdf.objects}
    except pikepdf.PasswordError as fault:
        raise Refused(Reason.ENCRYPTED) from fault
    except (pikepdf.PdfError, ValueError, TypeError, RuntimeError, OverflowError) as fault:
        raise Refused(Reason.DAMAGED) from fault
    raw = _RAW.search(data)
    if raw is not None:
        found.add(Reason(raw.lastgroup or Reason.SCRIPT))
    return next((reason for reason, _ in _ACTS if reason in found), None)


def _written(thing: pikepdf.Object) -> bytes:
    """An object as qpdf writes it; of a stream only its dictionary."""
    if isinstance(thing, pikepdf.Stream):
        thing = thing.stream_dict
    return thing.unparse(resolved=True) if isinstance(thing, pikepdf.Object) else b""


def _acts(written: bytes) -> Reason | None:
    return next((reason for reason, pattern in _ACTS if pattern.search(written)), None)
