"""Office files that are ZIPs: DOCX, XLSX and PPTX by their main part, HWPX by its media type."""

from __future__ import annotations

import io
import re
from typing import BinaryIO
from xml.parsers import expat

from marketplace.files.archives import Archive, Budget
from marketplace.files.kinds import Kind
from marketplace.files.ole import is_only_frame, look_into_ole_part
from marketplace.files.signatures import OLE, ZIP
from marketplace.files.verdicts import Finding, Reason, Refused

_OFFICE = "application/vnd.openxmlformats-officedocument."
_MAIN_PARTS = {
    f"{_OFFICE}wordprocessingml.document.main+xml": Kind.DOCX,
    f"{_OFFICE}spreadsheetml.sheet.main+xml": Kind.XLSX,
    f"{_OFFICE}presentationml.presentation.main+xml": Kind.PPTX,
    f"{_OFFICE}presentationml.slideshow.main+xml": Kind.PPTX,
}
_MACRO_PARTS = re.compile(r"macroenabled|vbaproject|ms-excel\.(?:intl)?macrosheet|binary\.macro", re.I)
_MACRO_NAMES = re.compile(r"(?:^|/)(?:vbaproject|vbadata|macrosheets/)", re.I)
#: Relations that fetch something as soon as the file is opened; links that a reader clicks are not among them.
_FETCHED = ("attachedTemplate", "oleObject", "frame", "subDocument", "package")


def look_into_office(stream: BinaryIO, budget: Budget, depth: int = 0) -> Finding:
    """What kind of office file a ZIP is, and whether it must be kept apart.

    Raises Refused for other archives, macros, passwords, bombs and damage.
    """
    archive = Archive(stream, budget)
    kind = _kind(archive)
    found = Finding(kind)
    for name, head in archive.heads.items():
        if head.startswith(ZIP):
            _look_into_inner(archive, name, budget, depth)
        elif head.startswith(OLE):
            if reason := look_into_ole_part(archive.read(name)):
                found.quarantine = reason
        elif "/activex/" in f"/{name.lower()}":
            found.quarantine = Reason.EMBEDDED
        elif name.endswith(".rels") and _fetches(archive.read(name)):
            found.quarantine = Reason.REMOTE
        elif head.startswith(b"%!PS") or name.lower().endswith((".eps", ".ps")):
            found.quarantine = Reason.POSTSCRIPT
    return found


def _look_into_inner(archive: Archive, name: str, budget: Budget, depth: int) -> None:
    """A chart brings its workbook along; any other archive inside an office file has no business there."""
    if depth + 1 > budget.limits.depth:
        raise Refused(Reason.BOMB)
    inner = archive.read(name)
    try:
        look_into_office(io.BytesIO(inner), budget, depth + 1)
    except Refused as refused:
        if refused.reason is Reason.DAMAGED:
            raise Refused(Reason.ARCHIVE) from refused
        raise


def _kind(archive: Archive) -> Kind:
    if "[Content_Types].xml" in archive.names:
        return _ooxml(archive)
    if archive.heads.get("mimetype", b"").strip() == b"application/hwp+zip":
        return _hwpx(archive)
    raise Refused(Reason.ARCHIVE)


def _ooxml(archive: Archive) -> Kind:
    elements = _elements(archive.read("[Content_Types].xml"))
    types = [values.get("ContentType", "") for _, values in elements]
    if any(map(_MACRO_PARTS.search, types)) or any(map(_MACRO_NAMES.search, archive.names)):
        raise Refused(Reason.MACROS)
    kinds = {_MAIN_PARTS[name] for name in types if name in _MAIN_PARTS}
    if len(kinds) != 1:
        raise Refused(Reason.UNKNOWN)
    kind = kinds.pop()
    parts = {
        values.get("PartName", "").lstrip("/")
        for _, values in elements
        if _MAIN_PARTS.get(values.get("ContentType", "")) is kind
    }
    if not parts & archive.names:
        raise Refused(Reason.DAMAGED)
    return kind


def _hwpx(archive: Archive) -> Kind:
    manifest = "META-INF/manifest.xml"
    if manifest in archive.names and b"encryption-data" in archive.read(manifest):
        raise Refused(Reason.ENCRYPTED)
    if "Contents/content.hpf" not in archive.names:
        raise Refused(Reason.DAMAGED)
    for name in archive.names:
        if name.lower().startswith("scripts/") and _own_script(archive.read(name)):
            raise Refused(Reason.MACROS)
    return Kind.HWPX


def _own_script(data: bytes) -> bool:
    return not is_only_frame(data.decode("utf-16-le" if b"\0" in data[:64] else "utf-8", "replace"))


def _fetches(relations: bytes) -> bool:
    return any(
        values.get("TargetMode") == "External" and values.get("Type", "").rpartition("/")[2] in _FETCHED
        for _, values in _elements(relations)
    )


def _elements(data: bytes) -> list[tuple[str, dict[str, str]]]:
    """Every element of an XML part with its attributes. Raises Refused when it is not sound."""
    found: list[tuple[str, dict[str, str]]] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, values: found.append((name, values))
    try:
        parser.Parse(data, True)
    except expat.ExpatError as fault:
        raise Refused(Reason.DAMAGED) from fault
    return found
