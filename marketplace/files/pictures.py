"""Photos and drawings: decoded and written anew, so that places, names and whatever was hidden stay behind.

Of the camera's notes only the moment of taking is read. A picture that unfolds to too much is not decoded.
"""

from __future__ import annotations

import io
import warnings
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from PIL import ExifTags, Image, UnidentifiedImageError

from marketplace.civil import SEOUL
from marketplace.files.kinds import Kind, Limits
from marketplace.files.signatures import ZIP, holds_archive, holds_code, is_archive, is_program
from marketplace.files.verdicts import Finding, Reason, Refused

_FORMATS = {Kind.JPEG: ("JPEG", "MPO"), Kind.PNG: ("PNG",), Kind.HEIC: ("HEIF",)}
_QUALITY = 88
SMALL = 480  # pixels
_NEAR = 0.65
_PACKING = 3  # a third of the time that the usual 6 takes, for a few hundredths more bytes
#: How a picture is turned upright, by what the camera noted of its position (EXIF 2.3, tag 274).
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def rewrite_picture(path: Path, out: Path, kind: Kind, limits: Limits) -> Finding:
    """Write the picture anew to ``out``: upright, without notes, its longer side at most ``limits.side``.

    A HEIC picture becomes a JPEG. Raises Refused when it is damaged, too large, or not a picture alone.
    """
    _refuse_more_than_a_picture(path.read_bytes(), kind)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path, formats=_formats(kind)) as image:
                return _rewrite(image, out, kind, limits)
    except Refused:
        raise
    except (
        UnidentifiedImageError,
        OSError,
        SyntaxError,
        ValueError,
        EOFError,
        IndexError,
        TypeError,
    ) as fault:
        raise Refused(Reason.DAMAGED) from fault


def small(path: Path) -> bytes:
    """A kept picture as a JPEG whose longer side is at most ``SMALL`` pixels, for lists; OSError when it is gone."""
    with Image.open(path, formats=("JPEG", "PNG")) as image:
        image.draft("RGB", (SMALL, SMALL))
        shown = image.convert("RGBA") if image.mode in ("P", "LA", "PA") else image
        shown.thumbnail((SMALL, SMALL))
        if shown.mode == "RGBA":
            ground = Image.new("RGB", shown.size, "white")
            ground.paste(shown, mask=shown.getchannel("A"))
            shown = ground
        out = io.BytesIO()
        shown.convert("RGB").save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()


def _formats(kind: Kind) -> tuple[str, ...]:
    Image.MAX_IMAGE_PIXELS = None  # our own limit is asked below, before anything is decoded
    if kind is Kind.HEIC:
        import pi_heif  # only few pictures need it

        pi_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)
    return _FORMATS[kind]


def _rewrite(image: Any, out: Path, kind: Kind, limits: Limits) -> Finding:
    if image.width * image.height > limits.pixels or min(image.size) < 1:
        raise Refused(Reason.PIXELS)
    taken_at = _taken_at(image)
    orientation = image.getexif().get(ExifTags.Base.Orientation, 1)
    if kind is Kind.JPEG:
        # A huge photo is decoded at a half, a quarter or an eighth, which costs as much less memory; rather a
        # little smaller than ``side`` than twice as large on the way.
        scale = min(1.0, _NEAR * limits.side / max(image.size))
        image.draft(None, (max(1, int(image.width * scale)), max(1, int(image.height * scale))))
    # Colours take four bytes a pixel in memory, also those of a palette, which is unfolded below.
    if image.width * image.height * (1 if image.mode in ("1", "L") else 4) > limits.decoded:
        raise Refused(Reason.PIXELS)
    image.load()
    clean = _plain(image, kind)
    clean.info = {}
    clean.thumbnail((limits.side, limits.side))
    if orientation in _UPRIGHT:
        clean = clean.transpose(_UPRIGHT[orientation])
    clean.info = {}
    if kind is Kind.PNG:
        clean.save(out, "PNG", exif=b"", compress_level=_PACKING)
    else:
        clean.save(out, "JPEG", quality=_QUALITY)
    return Finding(Kind.PNG if kind is Kind.PNG else Kind.JPEG, taken_at=taken_at, rewritten=True)


def _plain(image: Any, kind: Kind) -> Any:
    """The picture in a mode that its format keeps, without palette."""
    if kind is not Kind.PNG:
        return image if image.mode in ("RGB", "L") else image.convert("RGB")
    if "transparency" in image.info or image.mode in ("PA", "LA"):
        return image.convert("RGBA")
    if image.mode == "P":
        return image.convert("RGB")
    return image


def _taken_at(image: Any) -> datetime | None:
    """When the camera says that the photo was taken; None when it says nothing sensible."""
    try:
        notes = image.getexif().get_ifd(ExifTags.IFD.Exif)
        said = str(notes.get(ExifTags.Base.DateTimeOriginal, "")).strip("\0 ")
        moment = datetime.strptime(said, "%Y:%m:%d %H:%M:%S").replace(tzinfo=SEOUL)
        offset = str(notes.get(ExifTags.Base.OffsetTimeOriginal, "")).strip("\0 ")
        if len(offset) == 6 and offset[0] in "+-" and offset[3] == ":":
            ahead = timedelta(hours=int(offset[1:3]), minutes=int(offset[4:6]))
            moment = moment.replace(tzinfo=timezone(ahead if offset[0] == "+" else -ahead))
    except Exception:  # whatever a camera, or somebody who forges its notes, may write
        return None
    return moment.astimezone(UTC) if 1990 <= moment.year < 2200 else None


def _refuse_more_than_a_picture(data: bytes, kind: Kind) -> None:
    """Refuse a picture that is something else besides.

    Phones append short films and depth maps to photos; those are only left behind.
    """
    tail = _after(data, kind)
    if tail.startswith(ZIP) or is_program(tail) or is_archive(tail):
        raise Refused(Reason.POLYGLOT)
    if holds_archive(data) or holds_code(data):
        raise Refused(Reason.POLYGLOT)


def _after(data: bytes, kind: Kind) -> bytes:
    """What follows the end of the picture, without leading blanks; empty when no end is found."""
    end = len(data)
    if kind is Kind.PNG:
        at = 8
        while at + 12 <= len(data):
            length, name = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
            at += 12 + length
            if name == b"IEND":
                end = at
                break
    elif kind is Kind.JPEG:
        end = _end_of_jpeg(data)
    return data[end:].lstrip(b"\0\r\n\t ")


def _end_of_jpeg(data: bytes) -> int:
    """The place behind the end marker of the first picture."""
    stream = io.BytesIO(data)
    stream.seek(2)
    while True:
        marker = stream.read(2)
        if len(marker) < 2 or marker[0] != 0xFF:
            return len(data)
        if marker[1] == 0xD9:
            return stream.tell()
        if marker[1] == 0xFF:  # fill byte
            stream.seek(-1, io.SEEK_CUR)
            continue
        if not (marker[1] == 0x01 or 0xD0 <= marker[1] <= 0xD7):
            length = int.from_bytes(stream.read(2), "big")
            stream.seek(max(length, 2) - 2, io.SEEK_CUR)
        if marker[1] == 0xDA:  # the scan itself: up to the next marker that is neither stuffing nor a restart
            at = stream.tell()
            while True:
                at = data.find(b"\xff", at)
                if at < 0 or at + 1 >= len(data):
                    return len(data)
                if data[at + 1] == 0 or 0xD0 <= data[at + 1] <= 0xD7:
                    at += 2
                    continue
                break
            stream.seek(at)
