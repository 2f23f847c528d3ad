"""Makes documents, pictures and archives for tests, good ones and bad ones."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from datetime import UTC, datetime
from typing import Any

import pikepdf
import xlsxwriter
from PIL import Image, ImageCms, PngImagePlugin

CAMERA = "KANARI-PHONE"
_OFFICE = "application/vnd.openxmlformats-officedocument"
MAIN = {
    "docx": ("word/document.xml", f"{_OFFICE}.wordprocessingml.document.main+xml"),
    "xlsx": ("xl/workbook.xml", f"{_OFFICE}.spreadsheetml.sheet.main+xml"),
    "pptx": ("ppt/presentation.xml", f"{_OFFICE}.presentationml.presentation.main+xml"),
    "docm": ("word/document.xml", "application/vnd.ms-word.document.macroEnabled.main+xml"),
    "xlsm": ("xl/workbook.xml", "application/vnd.ms-excel.sheet.macroEnabled.main+xml"),
    "dotx": ("word/document.xml", f"{_OFFICE}.wordprocessingml.template.main+xml"),
    "xlsb": ("xl/workbook.bin", "application/vnd.ms-excel.sheet.binary.macroEnabled.main"),
}


def zipped(members: dict[str, bytes | str], comment: bytes = b"") -> bytes:
    """A ZIP of these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
        archive.comment = comment
    return out.getvalue()


def office(kind: str, more: dict[str, bytes | str] | None = None, types: str = "") -> bytes:
    """An office file with a main part and further members."""
    part, main = MAIN[kind]
    content_types = (
        '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/{part}" ContentType="{main}"/>{types}</Types>'
    )
    members: dict[str, bytes | str] = {
        "[Content_Types].xml": content_types,
        part: "<document>방문 기록</document>",
    }
    return zipped(members | (more or {}))


def workbook() -> bytes:
    """A real workbook with a chart-less sheet."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.add_worksheet().write(0, 0, "불량률")
    return out.getvalue()


def relations(kind: str, target: str) -> str:
    """A part that points outside."""
    return (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
        f'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" '
        f'Target="{target}" TargetMode="External"/></Relationships>'
    )


def hwpx(more: dict[str, bytes | str] | None = None) -> bytes:
    """A Hangul document of the new kind."""
    members: dict[str, bytes | str] = {
        "mimetype": "application/hwp+zip",
        "version.xml": "<HCFVersion/>",
        "META-INF/manifest.xml": "<odf:manifest xmlns:odf='urn:oasis:names:tc:opendocument:xmlns:manifest:1.0'/>",
        "Contents/content.hpf": "<package/>",
        "Contents/section0.xml": "<sec>방문 기록</sec>",
        "Scripts/sourceScripts": "function OnDocument_New()\n{\n\t//todo : \n}\n",
    }
    return zipped(members | (more or {}))


def lying_about_size(data: bytes, name: str) -> bytes:
    """The archive, whose directory and header say that a member unpacks to a tenth."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        info = archive.getinfo(name)
        said, true = info.file_size // 10, struct.pack("<L", info.file_size)
    return data.replace(true, struct.pack("<L", said))


def flagged_encrypted(data: bytes) -> bytes:
    """The archive with the flag of encryption in its directory."""
    at = data.rfind(b"PK\x01\x02", 0, data.find(b"PK\x05\x06"))
    return data[: at + 8] + struct.pack("<H", 1) + data[at + 10 :]


def pdf(prepare: Any = None, **save: Any) -> bytes:
    """A page; ``prepare`` may change the document before it is saved."""
    out = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page()
        if prepare is not None:
            prepare(made)
        made.save(out, **save)
    return out.getvalue()


def with_script(made: pikepdf.Pdf) -> None:
    made.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))


def with_launch(made: pikepdf.Pdf) -> None:
    action = pikepdf.Dictionary(S=pikepdf.Name.Launch, F=pikepdf.String("cmd.exe"))
    made.Root.OpenAction = made.make_indirect(action)


def with_attachment(made: pikepdf.Pdf) -> None:
    made.attachments["a.exe"] = b"MZ" + b"\0" * 100


def with_link(made: pikepdf.Pdf) -> None:
    """A link that a reader clicks, and a text that only speaks of scripts."""
    page = made.pages[0]
    action = pikepdf.Dictionary(S=pikepdf.Name.URI, URI=pikepdf.String("https://example.kr/Launching"))
    link = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=action)
    page.Annots = made.make_indirect(pikepdf.Array([link]))
    made.docinfo["/Title"] = "JavaScript and Launch"


def escaped_script() -> bytes:
    """A PDF whose names are written with #xx."""
    return pdf(with_script).replace(b"/JavaScript", b"/J#61vaScript").replace(b"/JS", b"/J#53")


def picture(form: str = "JPEG", size: tuple[int, int] = (64, 48), **save: Any) -> bytes:
    """A picture of a gradient."""
    mode = save.pop("mode", "RGB")
    out = io.BytesIO()
    Image.radial_gradient("L").resize(size).convert(mode).save(out, form, **save)
    return out.getvalue()


def notes(orientation: int = 1, offset: str = "") -> Image.Exif:
    """What a camera notes: its name, when, where, and how it was held."""
    exif = Image.Exif()
    exif[0x0110], exif[0x0112] = CAMERA, orientation
    inner = exif.get_ifd(0x8769)
    inner[0x9003] = "2026:11:03 14:05:06"
    if offset:
        inner[0x9011] = offset
    exif.get_ifd(0x8825).update({1: "N", 2: (37.0, 33.0, 59.0), 3: "E", 4: (126.0, 58.0, 41.0)})
    return exif


def photo(orientation: int = 1, offset: str = "") -> bytes:
    return picture(exif=notes(orientation, offset))


def drawing_with_notes() -> bytes:
    """A PNG with a text, camera notes and a colour profile."""
    text = PngImagePlugin.PngInfo()
    text.add_itxt("Author", CAMERA)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return picture("PNG", pnginfo=text, exif=notes(), icc_profile=profile)


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">L", len(data)) + name + data + struct.pack(">L", zlib.crc32(name + data))


def png_bomb(side: int) -> bytes:
    """A PNG that declares and holds side x side black pixels in a few kilobytes."""
    packer = zlib.compressobj(9)
    row = b"\0" * (side + 1)
    data = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    header = struct.pack(">LLBBBBB", side, side, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def png_declaring(side: int) -> bytes:
    """A PNG that declares side x side pixels and holds none."""
    header = struct.pack(">LLBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


def program() -> bytes:
    """The first bytes of a Windows program."""
    return b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0".ljust(128, b"\0") + b"PE\0\0"


TAKEN = datetime(2026, 11, 3, 5, 5, 6, tzinfo=UTC)  # 14:05:06 in Seoul
