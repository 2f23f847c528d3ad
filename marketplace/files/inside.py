"""The look inside a file, in a process of its own that may use only so much time and memory.

Whatever decodes a stranger's bytes runs here: libraries for pictures, PDF, compound files and ZIP. The limits are
set with ``resource.setrlimit`` before the file is opened, and hold on Linux; elsewhere only the parent's clock does.
Run by ``judging``: ``python -m marketplace.files.inside PATH EXTENSION OUT LIMITS``; one line of JSON comes out.
"""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path

from marketplace.files.kinds import EXTENSIONS, KIND_LABELS, Kind, Limits
from marketplace.files.signatures import JPEG, OLE, PDF, PNG, ZIP, is_heic, is_markup, refuse_by_start
from marketplace.files.verdicts import Finding, Reason, Refused, to_line

_TEXTS = {"txt": Kind.TXT, "csv": Kind.CSV}
#: Extensions of text that a computer runs; as plain text they are refused whatever they hold.
_RUN = frozenset(
    [
        "bat",
        "cmd",
        "com",
        "cpl",
        "exe",
        "hta",
        "jar",
        "js",
        "jse",
        "lnk",
        "msi",
        "ps1",
        "psm1",
        "py",
        "reg",
        "scr",
        "sh",
        "vbe",
        "vbs",
        "wsf",
    ]
)


def look_inside(path: Path, extension: str, out: Path, limits: Limits) -> Finding:
    """What the file is. Raises Refused when it is not taken. A picture is written anew to ``out``."""
    with path.open("rb") as file:
        head = file.read(4096)
    kind = _by_start(head)
    if kind is None:
        found = _text(path, head, extension)
    elif kind is Kind.PDF:
        from marketplace.files.pdfs import look_into_pdf

        found = Finding(Kind.PDF, look_into_pdf(path))
    elif kind in (Kind.JPEG, Kind.PNG, Kind.HEIC):
        from marketplace.files.pictures import rewrite_picture

        _check_extension(kind, extension)  # before the work of decoding
        return rewrite_picture(path, out, kind, limits)
    else:
        found = _boxed(path, head, limits)
    _check_extension(found.kind, extension)
    return found


def _by_start(head: bytes) -> Kind | None:
    """The kind by the first bytes; HWP and DOCX stand for every kind that comes in their box."""
    for sign, kind in (
        (PDF, Kind.PDF),
        (JPEG, Kind.JPEG),
        (PNG, Kind.PNG),
        (OLE, Kind.HWP),
        (ZIP, Kind.DOCX),
    ):
        if head.startswith(sign):
            return kind
    if is_heic(head):
        return Kind.HEIC
    refuse_by_start(head)
    if PDF in head[:1024]:
        raise Refused(Reason.POLYGLOT)  # something else stands before the document
    return None


def _boxed(path: Path, head: bytes, limits: Limits) -> Finding:
    from marketplace.files.archives import Budget
    from marketplace.files.office import look_into_office
    from marketplace.files.ole import look_into_ole

    if head.startswith(OLE):
        return look_into_ole(path.read_bytes(), Budget(limits))
    with path.open("rb") as file:
        return look_into_office(file, Budget(limits))


def _text(path: Path, head: bytes, extension: str) -> Finding:
    from marketplace.files.texts import check_text

    if extension in _RUN:
        raise Refused(Reason.EXECUTABLE)
    if extension in _TEXTS:
        check_text(path)
        return Finding(_TEXTS[extension])
    if is_markup(head):
        raise Refused(Reason.MARKUP)
    try:
        check_text(path)
    except Refused as refused:
        raise Refused(Reason.UNKNOWN) from refused
    return Finding(Kind.TXT)


def _check_extension(kind: Kind, extension: str) -> None:
    """Refuse a name that says something else than the content."""
    if extension in EXTENSIONS[kind]:
        return
    raise Refused(Reason.WRONG_EXTENSION, found=KIND_LABELS[kind], extension=extension or "-")


def limit_this_process(limits: Limits) -> None:
    """Let this process use only so much time and memory, and write no more than one picture."""
    try:
        import resource
    except ImportError:  # not on this system; the parent's clock still ends us
        return
    most = 4 * limits.file + limits.decoded
    for what, value in (
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_CPU, limits.seconds),
        (resource.RLIMIT_FSIZE, most),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        resource.setrlimit(what, (value, value))
    signal.alarm(limits.seconds + 1)  # also when whoever started us was killed meanwhile


def main() -> None:
    """Look into one file and print what was found."""
    path, extension, out, said = sys.argv[1:5]
    limits = Limits(**json.loads(said))
    limit_this_process(limits)
    answer: Finding | Refused
    try:
        answer = look_inside(Path(path), extension, Path(out), limits)
    except Refused as refused:
        answer = refused
    except (MemoryError, RecursionError):
        answer = Refused(Reason.TOO_HARD)
    sys.stdout.write(to_line(answer))
    sys.stdout.flush()


if __name__ == "__main__":
    main()
