"""Plain text: readable as UTF-8 or CP949, and nothing that a browser or a shell would run."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from marketplace.files.signatures import is_markup
from marketplace.files.verdicts import Reason, Refused

_CHUNK = 1 << 20
_ENCODINGS = ("utf-8-sig", "cp949")  # Excel in Korea writes CP949
#: Signs of control that no text needs; the last is the end-of-file sign that DOS programs add.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x19\x1b-\x1f\x7f-\x9f]")


def check_text(path: Path) -> None:
    """Raise Refused unless the file is text that people read."""
    with path.open("rb") as file:
        head = file.read(4096)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in head:
        raise Refused(Reason.ENCODING)
    if is_markup(head):
        raise Refused(Reason.MARKUP)
    if not any(is_readable(path, encoding) for encoding in _ENCODINGS):
        raise Refused(Reason.ENCODING)


def is_readable(path: Path, encoding: str) -> bool:
    """Whether the whole file is text in this encoding, without signs of control."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                if _CONTROLS.search(decoder.decode(chunk)):
                    return False
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
