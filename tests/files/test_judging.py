"""What a judgement keeps to: names in one form, pictures without their notes, limits of size, time and memory."""

from __future__ import annotations

import json
import subprocess
import sys
import unicodedata
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from marketplace.files.inside import limit_this_process
from marketplace.files.judging import ROOT, judge
from marketplace.files.kinds import MEGABYTE, Kind, Limits
from marketplace.files.names import LONGEST, clean_name
from marketplace.files.verdicts import Outcome, Reason
from tests.files.corpus import CORPUS
from tests.files.heic import PHOTO
from tests.files.papers import CAMERA, TAKEN, drawing_with_notes, pdf, photo, picture, png_bomb

MADE = {name: made for name, _, made, _ in CORPUS}


def judged(tmp_path, content: bytes, name: str, limits: Limits | None = None):
    path = tmp_path / "upload"
    path.write_bytes(content)
    return judge(path, name, limits)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (unicodedata.normalize("NFD", "방문일지.pdf"), "방문일지.pdf"),
        ("  방문   일지 .pdf ", "방문 일지.pdf"),
        ("보고서.PDF", "보고서.pdf"),
        ("보고서.pdf...", "보고서.pdf"),
        ('a<b>"c"|d?.pdf', "a_b__c__d_.pdf"),
        ("2026.11.3. 방문.pdf", "2026.11.3. 방문.pdf"),
        ("가" * 300 + ".hwpx", "가" * (LONGEST - 5) + ".hwpx"),
        ("콘솔 CON.pdf", "콘솔 CON.pdf"),
    ],
)
def test_a_name_gets_one_form_and_keeps_its_extension(given, kept):
    assert clean_name(given) == kept
    assert len(kept) <= LONGEST


@pytest.mark.parametrize(
    ("content", "name", "kept_as"),
    [
        (photo(), "현장.jpg", "현장.jpg"),
        (PHOTO, "현장.heic", "현장.jpg"),
        (drawing_with_notes(), "도면.png", "도면.png"),
    ],
    ids=["jpeg", "heic", "png"],
)
def test_nothing_that_a_camera_noted_is_left_in_a_picture(tmp_path, content, name, kept_as):
    assert CAMERA.encode() in content
    verdict = judged(tmp_path, content, name)
    assert verdict.name == kept_as
    left = verdict.content.read_bytes()
    for trace in (
        CAMERA.encode(),
        b"Exif",
        b"2026:11:03",
        b"ICC",
        b"iCCP",
        b"xmp",
        b"tEXt",
        b"iTXt",
        b"eXIf",
    ):
        assert trace not in left
    with Image.open(BytesIO(left)) as image:
        assert dict(image.getexif()) == {}
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


@pytest.mark.parametrize(
    ("content", "taken_at"),
    [
        (photo(), TAKEN),
        (PHOTO, TAKEN),
        (photo(offset="+00:00"), datetime(2026, 11, 3, 14, 5, 6, tzinfo=UTC)),
        (photo(offset="-05:30"), datetime(2026, 11, 3, 19, 35, 6, tzinfo=UTC)),
        (picture(), None),
    ],
    ids=["Seoul", "HEIC", "UTC", "elsewhere", "without"],
)
def test_the_moment_of_taking_is_told(tmp_path, content, taken_at):
    name = "현장.heic" if content is PHOTO else "현장.jpg"
    assert judged(tmp_path, content, name).taken_at == taken_at


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_is_turned_upright(tmp_path, orientation):
    verdict = judged(tmp_path, photo(orientation), "현장.jpg")
    with Image.open(verdict.content) as image:
        assert image.size == ((64, 48) if orientation < 5 else (48, 64))


def test_a_huge_photo_is_kept_smaller(tmp_path):
    verdict = judged(tmp_path, picture(size=(9_000, 6_000), quality=20), "현장.jpg")
    with Image.open(verdict.content) as image:
        assert image.size == (4_096, 2_731)


@pytest.mark.parametrize("size", [(4_032, 3_024), (5_712, 4_284), (8_160, 6_120), (12_000, 9_000)])
def test_photos_of_phones_of_today_are_taken(tmp_path, size):
    """12, 24, 50 and 108 megapixels."""
    verdict = judged(tmp_path, picture(size=size, quality=10), "현장.jpg")
    assert verdict.kind is Kind.JPEG
    with Image.open(verdict.content) as image:
        assert 2_800 <= max(image.size) <= 4_096


def test_a_file_is_found_from_the_folder_one_stands_in(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("upload").write_bytes(pdf())
    assert judge(Path("upload"), "a.pdf").kind is Kind.PDF


def test_a_file_above_the_limit_is_refused_with_the_limit(tmp_path):
    limits = Limits(file=MEGABYTE)
    assert judged(tmp_path, b"a" * MEGABYTE, "글.txt", limits).kind is Kind.TXT
    verdict = judged(tmp_path, b"a" * (MEGABYTE + 1), "글.txt", limits)
    assert (verdict.reason, verdict.facts) == (Reason.TOO_LARGE, {"limit": "1"})


def test_a_judgement_that_lasts_too_long_ends_as_a_refusal(tmp_path):
    assert judged(tmp_path, pdf(), "a.pdf", Limits(seconds=0)).reason is Reason.TOO_HARD


def test_a_judgement_that_needs_too_much_memory_ends_as_a_refusal(tmp_path):
    limits = Limits(pixels=10**9, decoded=10**9)
    assert judged(tmp_path, png_bomb(16_000), "a.png", limits).reason is Reason.TOO_HARD


def test_a_refused_picture_leaves_nothing_behind(tmp_path):
    assert judged(tmp_path, photo()[:900], "a.jpg").outcome is Outcome.REFUSED
    assert [path.name for path in tmp_path.iterdir()] == ["upload"]


def test_no_secret_of_the_site_is_where_hostile_bytes_are_decoded(tmp_path, monkeypatch):
    """The process that decodes has none of the site's environment, and does not load the site."""
    monkeypatch.setenv("MARKETPLACE_SECRET_KEY", "none-of-its-business")
    loaded = subprocess.run(
        [sys.executable, "-c", "import sys, marketplace.files.inside; print(*sys.modules)"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    assert not {"flask", "sqlalchemy", "marketplace.settings", "marketplace.database"} & set(loaded)


WORST = [
    "폭탄.docx",
    "폭탄.hwp",
    "폭탄.png",
    "선언.png",
    "속폭탄.docx",
    "조각.docx",
    "긴글.txt",
    "아이폰.heic",
]
MEASURE = """
import json, resource, sys, time
from pathlib import Path
from marketplace.files.judging import judge
longest = 0.0
for name in json.loads(sys.argv[2]):
    began = time.monotonic()
    judge(Path(sys.argv[1]) / name, name)
    longest = max(longest, time.monotonic() - began)
print(json.dumps([longest, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024]))
"""


def test_the_worst_files_stay_within_five_seconds_and_two_hundred_megabytes(tmp_path):
    large = {"가장 큰 사진.jpg": picture(size=(9_000, 7_000), quality=10), "넓은.png": png_bomb(8_000)}
    for name, content in [*((name, MADE[name]()) for name in WORST), *large.items()]:
        (tmp_path / name).write_bytes(content)
    names = json.dumps([*WORST, *large])
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(tmp_path), names],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    seconds, memory = json.loads(done.stdout)
    assert (
        seconds <= Limits().seconds + 0.5
    )  # ended at five; starting and ending a process is not the judgement
    assert memory <= Limits().memory


def test_the_process_that_decodes_cannot_get_more_memory_than_the_limit():
    code = (
        "from marketplace.files.inside import limit_this_process\n"
        "from marketplace.files.kinds import Limits\n"
        "limit_this_process(Limits())\n"
        "try:\n    bytearray(Limits().memory)\n"
        "except MemoryError:\n    print('refused')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "refused\n"
    assert callable(limit_this_process)
