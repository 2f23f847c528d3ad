"""The corpus: name, what it is, how it is made, and the verdict. At least sixty; every one made here, none over 1 MB.

The verdict is the kind that is kept, "quarantined: reason" or "refused: reason".
"""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable
from functools import partial

import pikepdf

from tests.files.boxes import box, deflated, hwp, script
from tests.files.heic import PHOTO
from tests.files.papers import (
    drawing_with_notes,
    escaped_script,
    flagged_encrypted,
    hwpx,
    lying_about_size,
    office,
    pdf,
    photo,
    picture,
    png_bomb,
    png_declaring,
    program,
    relations,
    with_attachment,
    with_launch,
    with_link,
    with_script,
    workbook,
    zipped,
)

ZEROS = b"\0" * 30_000_000
MB_OF_TEXT = ("가나다라마바사 " * 20_000).encode()


def _tar() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a.txt"))
    return out.getvalue()


def _password(data: Callable[[pikepdf.Pdf], None] | None = None, user: str = "pw") -> bytes:
    return pdf(data, encryption=pikepdf.Encryption(owner="owner", user=user))


def _packed_objects() -> bytes:
    return pdf(with_script, object_stream_mode=pikepdf.ObjectStreamMode.generate, compress_streams=True)


def _in_office(depth: int) -> bytes:
    inner = workbook()
    for _ in range(depth):
        inner = office("docx", {"word/embeddings/inner.docx": inner})
    return inner


def _text(text: str, encoding: str = "utf-8") -> Callable[[], bytes]:
    return partial(text.encode, encoding)


def _bytes(data: bytes) -> Callable[[], bytes]:
    return lambda: data


VBA_IN_BOX = {"Macros/VBA/_VBA_PROJECT": b"\xcc\x61" * 20, "WordDocument": b"\0" * 600}
OLE_PACKAGE = {"\x01Ole10Native": b"\x20\0\0\0\x02\0a.exe\0" + b"\0" * 30}
SVG = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
EICAR = "X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"

Row = tuple[str, str, Callable[[], bytes], str]
CORPUS: list[Row] = [
    # what people bring
    ("방문일지.pdf", "a PDF", pdf, "pdf"),
    ("링크.pdf", "a PDF with a link, and a title about scripts", partial(pdf, with_link), "pdf"),
    ("증명서.PDF", "a PDF that restricts printing but opens without a password", partial(_password, None, ""), "pdf"),
    ("현장.jpg", "a photo with place and camera in its notes", photo, "jpeg"),
    ("현장.jpeg", "a photo held sideways", partial(photo, 6), "jpeg"),
    ("흑백.jpg", "a grey photo", partial(picture, mode="L"), "jpeg"),
    ("인쇄용.jpg", "a photo in printing colours", partial(picture, mode="CMYK"), "jpeg"),
    ("연속.jpg", "a photo that a phone appended a film to", lambda: photo() + b"\0\0\0\x18ftypmp42" + b"\1" * 999, "jpeg"),
    ("갤럭시.jpg", "a photo with a phone's own trailer", lambda: photo() + b"SEFHk\0\0\0\1\0\0\0SEFT", "jpeg"),
    ("아이폰.heic", "a HEIC photo", _bytes(PHOTO), "jpeg"),
    ("아이폰.HEIF", "a HEIC photo by its other name", _bytes(PHOTO), "jpeg"),
    ("도면.png", "a drawing with notes", drawing_with_notes, "png"),
    ("투명.png", "a drawing that is transparent", partial(picture, "PNG", mode="LA"), "png"),
    ("색인.png", "a drawing with a palette", partial(picture, "PNG", mode="P"), "png"),
    ("보고서.hwp", "a Hangul document", hwp, "hwp"),
    ("압축없음.hwp", "a Hangul document that is not packed", partial(hwp, 0, Scripts__DefaultJScript=script()), "hwp"),
    ("배포용.hwp", "a Hangul document for distribution", partial(hwp, 5), "hwp"),
    ("그림.hwp", "a Hangul document with a picture", lambda: hwp(BinData__BIN0001_dot_jpg=deflated(photo())), "hwp"),
    ("보고서.hwpx", "a new Hangul document", hwpx, "hwpx"),
    ("보고서.docx", "a Word document", partial(office, "docx"), "docx"),
    ("링크.docx", "a Word document with a link", lambda: office("docx", {"word/_rels/document.xml.rels": relations("hyperlink", "https://example.kr")}), "docx"),
    ("실적.xlsx", "a workbook", workbook, "xlsx"),
    ("발표.pptx", "slides", partial(office, "pptx"), "pptx"),
    ("차트.pptx", "slides with the workbook of a chart", lambda: office("pptx", {"ppt/embeddings/book.xlsx": workbook()}), "pptx"),
    ("그림.docx", "a Word document with a packed photo", lambda: office("docx", {"word/media/image1.jpg": photo()}), "docx"),
    ("메모.txt", "text in UTF-8", _text("오늘 도금 라인을 보았습니다.\n불량 4 %\n"), "txt"),
    ("메모장.txt", "text in UTF-8 with a mark at its start", _text("오늘 보았습니다.\r\n", "utf-8-sig"), "txt"),
    ("옛메모.txt", "text in CP949", _text("오늘 똠방각하를 보았습니다.\r\n", "cp949"), "txt"),
    ("긴글.txt", "a long text", _bytes(MB_OF_TEXT), "txt"),
    ("부등호.txt", "text with signs of comparison", _text("불량 < 1 %, 수율 > 99 %. BMS와 MZ세대 설비"), "txt"),
    ("BM.txt", "text that begins like a picture", _text("BM 설비 점검 기록, MZ 라인"), "txt"),
    ("MZ.csv", "a table that begins like a program", _text("MZ라인,불량률\n1,4\n"), "csv"),
    ("측정.csv", "a table in UTF-8", _text("날짜,불량\n2026-11-03,4\n"), "csv"),
    ("측정옛.csv", "a table in CP949", _text("날짜,불량\n2026-11-03,4\n", "cp949"), "csv"),
    # kept apart
    ("자동실행.pdf", "a PDF with a script", partial(pdf, with_script), "quarantined: script"),
    ("숨은이름.pdf", "a PDF with a script under an escaped name", escaped_script, "quarantined: script"),
    ("묶인객체.pdf", "a PDF with a script inside a packed stream", _packed_objects, "quarantined: script"),
    ("제한.pdf", "a restricted PDF with a script", partial(_password, with_script, ""), "quarantined: script"),
    ("실행.pdf", "a PDF that starts a program", partial(pdf, with_launch), "quarantined: launch"),
    ("첨부.pdf", "a PDF with a file in it", partial(pdf, with_attachment), "quarantined: embedded"),
    ("고아객체.pdf", "a PDF with a script that its table leaves out", lambda: pdf().replace(b"\nxref", b"\n9 0 obj <</S /JavaScript /JS (x)>> endobj\nxref"), "quarantined: script"),
    ("포스트.hwp", "a Hangul document with EPS in it", lambda: hwp(BinData__BIN0001_dot_eps=deflated(b"%!PS-Adobe-3.0 EPSF-3.0\n")), "quarantined: postscript"),
    ("변장.hwp", "a Hangul document with EPS named as a picture", lambda: hwp(BinData__BIN0001_dot_jpg=deflated(b"%!PS-Adobe-3.0\n")), "quarantined: postscript"),
    ("원격.docx", "a Word document with a template from elsewhere", lambda: office("docx", {"word/_rels/settings.xml.rels": relations("attachedTemplate", "http://example.kr/x.dotm")}), "quarantined: remote"),
    ("꾸러미.docx", "a Word document with a packed object", lambda: office("docx", {"word/embeddings/oleObject1.bin": box(OLE_PACKAGE)}), "quarantined: embedded"),
    ("액티브.pptx", "slides with ActiveX", lambda: office("pptx", {"ppt/activeX/activeX1.xml": "<ocx/>"}), "quarantined: embedded"),
    # empty, wrong, damaged
    ("빈파일.pdf", "nothing", _bytes(b""), "refused: empty"),
    ("사진.pdf", "a photo named as a PDF", photo, "refused: wrong_extension"),
    ("문서.jpg", "a PDF named as a photo", pdf, "refused: wrong_extension"),
    ("문서.docx", "a workbook named as a Word document", workbook, "refused: wrong_extension"),
    ("문서.hwp", "a new Hangul document named as an old one", hwpx, "refused: wrong_extension"),
    ("메모.docx", "text named as a Word document", _text("글"), "refused: wrong_extension"),
    ("이름없음", "a PDF without extension", pdf, "refused: wrong_extension"),
    ("보고서.pdf.exe", "a PDF named as a program", pdf, "refused: wrong_extension"),
    ("잘림.pdf", "half a PDF", lambda: pdf()[:200], "refused: damaged"),
    ("머리만.pdf", "the head of a PDF", _bytes(b"%PDF-1.7\n%%EOF"), "refused: damaged"),
    ("잘림.jpg", "half a photo", lambda: photo()[:900], "refused: damaged"),
    ("잘림.png", "half a drawing", lambda: picture("PNG")[:200], "refused: damaged"),
    ("잘림.heic", "half a HEIC photo", lambda: PHOTO[:400], "refused: damaged"),
    ("잘림.docx", "half a Word document", lambda: office("docx")[:300], "refused: damaged"),
    ("잘림.hwp", "half a Hangul document", lambda: hwp()[:1200], "refused: damaged"),
    ("두번.docx", "a Word document without its main part", lambda: zipped({"[Content_Types].xml": "<Types/>"}), "refused: unknown"),
    ("서식.docx", "a Word template", partial(office, "dotx"), "refused: unknown"),
    ("소음.pdf", "noise", _bytes(bytes(range(128, 256)) * 40), "refused: unknown"),
    ("영상.mp4", "a film", _bytes(b"\0\0\0\x18ftypmp42" + b"\0" * 200), "refused: unknown"),
    ("문서.rtf", "rich text", _text("{\\rtf1 hello}"), "refused: wrong_extension"),
    ("유니코드.txt", "text in UTF-16", _text("오늘", "utf-16"), "refused: encoding"),
    ("일본어.txt", "text in Shift JIS", _bytes(b"\x82\xa0\xff\xfe\x81"), "refused: encoding"),
    ("이진.txt", "bytes named as text", _bytes(b"abc\0\x01\x02def"), "refused: encoding"),
    ("제어.csv", "a table with signs of control", _bytes(b"a,b\x1b[31m\n"), "refused: encoding"),
    # programs
    ("설치.exe", "a Windows program", program, "refused: executable"),
    ("설치.pdf", "a Windows program named as a PDF", program, "refused: executable"),
    ("설치.txt", "a Windows program named as text", program, "refused: executable"),
    ("실행.jpg", "a Linux program named as a photo", _bytes(b"\x7fELF\x02\x01\x01" + b"\0" * 60), "refused: executable"),
    ("실행.docx", "a Mac program", _bytes(b"\xcf\xfa\xed\xfe" + b"\0" * 60), "refused: executable"),
    ("실행.txt", "a script of the shell", _text("#!/bin/sh\nrm -rf /\n"), "refused: executable"),
    ("일괄.bat", "a batch file", _text("@echo off\r\n"), "refused: executable"),
    ("셸.ps1", "a PowerShell script", _text("Get-Process\r\n"), "refused: executable"),
    ("코드.js", "JavaScript", _text("alert(1)"), "refused: executable"),
    ("시험.txt", "the test file of virus scanners", _text(EICAR), "refused: executable"),
    ("바로가기.pdf", "a Windows shortcut", _bytes(b"L\0\0\0\x01\x14\x02\0\0\0\0\0\xc0" + b"\0" * 60), "refused: executable"),
    ("첨부.docx", "a Word document with a program in it", lambda: office("docx", {"word/embeddings/a.bin": program()}), "refused: executable"),
    ("첨부.hwp", "a Hangul document with a program in it", lambda: hwp(BinData__BIN0001_dot_OLE=deflated(program())), "refused: executable"),
    # archives
    ("사진들.zip", "a ZIP", lambda: zipped({"a.jpg": photo()}), "refused: archive"),
    ("사진들.docx", "a ZIP named as a Word document", lambda: zipped({"a.jpg": photo()}), "refused: archive"),
    ("빈.zip", "a ZIP with nothing in it", partial(zipped, {}), "refused: archive"),
    ("묶음.rar", "a RAR", _bytes(b"Rar!\x1a\x07\x01\0" + b"\0" * 40), "refused: archive"),
    ("묶음.7z", "a 7z", _bytes(b"7z\xbc\xaf\x27\x1c\0\4" + b"\0" * 40), "refused: archive"),
    ("묶음.gz", "a gzip", _bytes(b"\x1f\x8b\x08\0" + b"\0" * 40), "refused: archive"),
    ("묶음.tar", "a tar", _tar, "refused: archive"),
    ("묶음.alz", "an archive of ALZip", _bytes(b"ALZ\x01\x0a\0\0\0" + b"\0" * 40), "refused: archive"),
    ("속.docx", "a Word document with a ZIP in it", lambda: office("docx", {"word/embeddings/a.bin": zipped({"a": b"x"})}), "refused: archive"),
    # two things at once
    ("겸용.pdf", "a PDF with a ZIP behind it", lambda: pdf() + zipped({"a.txt": b"x"}), "refused: polyglot"),
    ("겸용2.pdf", "a PDF behind a ZIP", lambda: zipped({"a.txt": b"x"}) + pdf(), "refused: polyglot"),
    ("겸용3.pdf", "a PDF behind other bytes", lambda: b"junk" * 20 + pdf(), "refused: polyglot"),
    ("겸용4.pdf", "a PDF with a page of the web behind it", lambda: pdf() + b"<html><script>alert(1)</script>", "refused: polyglot"),
    ("겸용.jpg", "a photo with a ZIP behind it", lambda: photo() + zipped({"a.txt": b"x"}), "refused: polyglot"),
    ("겸용2.jpg", "a photo with a RAR behind it", lambda: photo() + b"Rar!\x1a\x07\x01\0" + b"\0" * 40, "refused: polyglot"),
    ("겸용3.jpg", "a photo with a program behind it", lambda: photo() + program(), "refused: polyglot"),
    ("겸용4.jpg", "a photo with a script in its comment", partial(picture, comment=b"<script>alert(1)</script>"), "refused: polyglot"),
    ("겸용.png", "a drawing with a ZIP behind it", lambda: picture("PNG") + zipped({"a.txt": b"x"}), "refused: polyglot"),
    ("겸용5.jpg", "a photo with PHP in its comment", partial(picture, comment=b"<?php system($_GET[0]); ?>"), "refused: polyglot"),
    ("겸용.gif", "a GIF that is JavaScript", _bytes(b"GIF89a=1;alert(1)//" + b"\0" * 40), "refused: other_picture"),
    ("겸용.docx", "a Word document behind other bytes", lambda: zipped({"a.txt": b"x"}) + office("docx"), "refused: polyglot"),
    ("겸용2.docx", "a Word document with bytes behind it", lambda: office("docx") + b"#!/bin/sh\n", "refused: polyglot"),
    ("겸용.hwp", "a Hangul document with a ZIP behind it", lambda: hwp() + zipped({"a.class": b"x"}), "refused: polyglot"),
    # bombs
    ("폭탄.docx", "a Word document that unpacks to 30 MB of nothing", lambda: office("docx", {"word/media/a.bin": ZEROS}), "refused: bomb"),
    ("폭탄.hwpx", "a Hangul document that unpacks to 30 MB of nothing", lambda: hwpx({"BinData/a.bmp": ZEROS}), "refused: bomb"),
    ("폭탄.hwp", "an old Hangul document that unpacks to 30 MB of nothing", lambda: hwp(body=ZEROS), "refused: bomb"),
    ("속폭탄.docx", "a bomb inside a workbook inside a Word document", lambda: office("docx", {"word/embeddings/a.xlsx": office("xlsx", {"xl/a.bin": ZEROS})}), "refused: bomb"),
    ("겹겹.docx", "a workbook four documents deep", partial(_in_office, 4), "refused: bomb"),
    ("거짓.docx", "a Word document that lies about its size", lambda: lying_about_size(office("docx", {"word/a.bin": b"\1" * 777_777}), "word/a.bin"), "refused: bomb"),
    ("조각.docx", "a Word document of 6,000 parts", lambda: office("docx", {f"word/{n}.xml": b"" for n in range(6_000)}), "refused: bomb"),
    ("웃음.docx", "a Word document whose XML unfolds", lambda: office("docx", {"word/a.xml": '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}), "refused: bomb"),
    ("폭탄.png", "a drawing of 12,000 x 12,000 pixels in a few kilobytes", partial(png_bomb, 12_000), "refused: pixels"),
    ("선언.png", "a drawing that declares 60,000 x 60,000 pixels", partial(png_declaring, 60_000), "refused: pixels"),
    # passwords
    ("암호.pdf", "a PDF with a password", _password, "refused: encrypted"),
    ("암호.hwp", "a Hangul document with a password", partial(hwp, 3), "refused: encrypted"),
    ("보안.hwp", "a Hangul document under rights management", partial(hwp, 17), "refused: encrypted"),
    ("암호.hwpx", "a new Hangul document with a password", lambda: hwpx({"META-INF/manifest.xml": "<m><encryption-data/></m>"}), "refused: encrypted"),
    ("암호.docx", "a Word document with a password", lambda: box({"EncryptionInfo": b"\4\0\4\0" * 20, "EncryptedPackage": b"x" * 5000}), "refused: encrypted"),
    ("암호.xlsx", "a workbook in an archive with a password", lambda: flagged_encrypted(workbook()), "refused: encrypted"),
    # macros
    ("매크로.docm", "a Word document for macros", partial(office, "docm"), "refused: macros"),
    ("매크로.docx", "a Word document for macros named otherwise", partial(office, "docm"), "refused: macros"),
    ("매크로.xlsm", "a workbook for macros", lambda: office("xlsm", {"xl/vbaProject.bin": box(VBA_IN_BOX)}), "refused: macros"),
    ("매크로.xlsx", "a workbook with macros that says nothing of them", lambda: office("xlsx", {"xl/vbaProject.bin": box(VBA_IN_BOX)}), "refused: macros"),
    ("이름바꿈.xlsx", "a workbook with macros under another name", lambda: office("xlsx", {"xl/data.bin": box(VBA_IN_BOX)}), "refused: macros"),
    ("옛매크로.xlsx", "a workbook with macros of Excel 4", lambda: office("xlsx", {"xl/macrosheets/sheet1.xml": "<macro/>"}), "refused: macros"),
    ("이진.xlsb", "a binary workbook", partial(office, "xlsb"), "refused: macros"),
    ("매크로.doc", "an old Word document with macros", lambda: box(VBA_IN_BOX), "refused: macros"),
    ("매크로.hwp", "a Hangul document whose script does something", lambda: hwp(Scripts__DefaultJScript=deflated(script("function OnDocument_Open() { run(); }"))), "refused: macros"),
    ("매크로.hwpx", "a new Hangul document whose script does something", lambda: hwpx({"Scripts/sourceScripts": "function OnDocument_Open() { run(); }"}), "refused: macros"),
    # old and other kinds
    ("옛문서.doc", "an old Word document", lambda: box({"WordDocument": b"\0" * 5000}), "refused: old_office"),
    ("옛표.xls", "an old workbook", lambda: box({"Workbook": b"\0" * 5000}), "refused: old_office"),
    ("옛한글.hwp", "a Hangul document of version 3", _bytes(b"HWP Document File V3.00 \x1a\1\2\3\4\5" + b"\0" * 99), "refused: old_hwp"),
    ("그림.svg", "an SVG with a script", _text(SVG), "refused: markup"),
    ("그림.png.txt", "an SVG named as text", _text(SVG), "refused: markup"),
    ("쪽.html", "a page of the web", _text("<!DOCTYPE html><html></html>"), "refused: markup"),
    ("쪽.pdf", "a page of the web named as a PDF", _text("\n <HTML><body>"), "refused: markup"),
    ("쪽.csv", "a table with a page of the web in it", _text("a,b\n<iframe src=x>"), "refused: markup"),
    ("자료.xml", "XML", _text('<?xml version="1.0"?><a/>'), "refused: markup"),
    ("그림.webp", "a WebP", partial(picture, "WEBP"), "refused: other_picture"),
    ("그림.bmp", "a BMP", partial(picture, "BMP"), "refused: other_picture"),
    ("그림.tif", "a TIFF", partial(picture, "TIFF"), "refused: other_picture"),
    ("그림.jpg", "a GIF named as a photo", partial(picture, "GIF"), "refused: other_picture"),
    ("그림.avif", "an AVIF", _bytes(b"\0\0\0\x1cftypavif" + b"\0" * 60), "refused: other_picture"),
    # names
    ("../../etc/passwd.pdf", "a PDF with a path", pdf, "refused: name_path"),
    ("C:\\temp\\a.pdf", "a PDF with a path of Windows", pdf, "refused: name_path"),
    ("a.pdf:b.pdf", "a PDF with a second stream", pdf, "refused: name_path"),
    ("a\0.pdf", "a PDF with NUL in its name", pdf, "refused: name_signs"),
    ("a\u202efdp.pdf", "a PDF whose name turns around", pdf, "refused: name_signs"),
    ("a\r\nSet-Cookie: b.pdf", "a PDF whose name breaks the line", pdf, "refused: name_signs"),
    ("CON.pdf", "a PDF named as the console", pdf, "refused: name_reserved"),
    ("nul.2026.pdf", "a PDF named as nothing", pdf, "refused: name_reserved"),
    (".pdf", "a PDF without a name", pdf, "refused: name_missing"),
    ("  ", "a PDF named by blanks", pdf, "refused: name_missing"),
]  # fmt: skip
