"""What is said about a file: kept, quarantined or refused, why, and what to do about it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from marketplace.errors import N_
from marketplace.files.kinds import Kind


class Outcome(StrEnum):
    """How a judgement ends."""

    KEPT = "kept"
    QUARANTINED = "quarantined"
    REFUSED = "refused"


class Reason(StrEnum):
    """Why a file is refused or quarantined. The names of quarantine are stored and never reused."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    NAME_MISSING = "name_missing"
    NAME_PATH = "name_path"
    NAME_SIGNS = "name_signs"
    NAME_RESERVED = "name_reserved"
    UNKNOWN = "unknown"
    WRONG_EXTENSION = "wrong_extension"
    EXECUTABLE = "executable"
    ARCHIVE = "archive"
    MARKUP = "markup"
    OTHER_PICTURE = "other_picture"
    OLD_OFFICE = "old_office"
    OLD_HWP = "old_hwp"
    ENCODING = "encoding"
    POLYGLOT = "polyglot"
    BOMB = "bomb"
    ENCRYPTED = "encrypted"
    MACROS = "macros"
    PIXELS = "pixels"
    DAMAGED = "damaged"
    TOO_HARD = "too_hard"
    SCRIPT = "script"
    LAUNCH = "launch"
    EMBEDDED = "embedded"
    REMOTE = "remote"
    POSTSCRIPT = "postscript"


#: What is wrong and what to do, for refused files.
REFUSALS: dict[Reason, str] = {
    Reason.EMPTY: N_("빈 파일입니다. 내용이 있는 파일을 올려 주십시오."),
    Reason.TOO_LARGE: N_(
        "파일이 %(limit)sMB보다 큽니다. 사진의 해상도를 낮추거나 문서를 나누어 올려 주십시오."
    ),
    Reason.NAME_MISSING: N_("파일 이름이 없습니다. 이름을 붙여 다시 올려 주십시오."),
    Reason.NAME_PATH: N_(
        "파일 이름에 폴더 경로가 들어 있습니다. 이름에서 / \\ : 기호를 빼고 다시 올려 주십시오."
    ),
    Reason.NAME_SIGNS: N_(
        "파일 이름에 보이지 않는 제어 문자가 들어 있습니다. 이름을 새로 입력해 다시 올려 주십시오."
    ),
    Reason.NAME_RESERVED: N_(
        "컴퓨터가 따로 쓰는 이름입니다(예: CON, NUL). 파일 이름을 바꾸어 올려 주십시오."
    ),
    Reason.UNKNOWN: N_(
        "받을 수 없는 종류의 파일입니다. PDF, JPG, PNG, HEIC, HWP, HWPX, DOCX, XLSX, PPTX, TXT, CSV 가운데 하나로 저장해 올려 주십시오."
    ),
    Reason.WRONG_EXTENSION: N_(
        "내용은 %(found)s인데 확장자가 ‘%(extension)s’입니다. 원래 프로그램에서 다시 저장해 올려 주십시오."
    ),
    Reason.EXECUTABLE: N_("실행 파일은 받지 않습니다. 문서나 사진으로 올려 주십시오."),
    Reason.ARCHIVE: N_("압축 파일은 받지 않습니다. 압축을 풀어 파일을 하나씩 올려 주십시오."),
    Reason.MARKUP: N_("HTML, SVG, XML 파일은 받지 않습니다. PDF나 PNG로 저장해 올려 주십시오."),
    Reason.OTHER_PICTURE: N_("받을 수 없는 그림 형식입니다. JPG나 PNG로 저장해 올려 주십시오."),
    Reason.OLD_OFFICE: N_(
        "옛 형식(DOC, XLS, PPT)의 문서입니다. DOCX, XLSX, PPTX나 PDF로 저장해 올려 주십시오."
    ),
    Reason.OLD_HWP: N_("한글 97 이전 형식의 문서입니다. HWP(5.0 이상), HWPX나 PDF로 저장해 올려 주십시오."),
    Reason.ENCODING: N_(
        "글자를 읽을 수 없는 텍스트 파일입니다. 인코딩을 UTF-8이나 CP949(ANSI)로 골라 다시 저장해 주십시오."
    ),
    Reason.POLYGLOT: N_(
        "한 파일 안에 다른 종류의 내용이 덧붙어 있습니다. 원래 프로그램에서 새 파일로 저장해 올려 주십시오."
    ),
    Reason.BOMB: N_(
        "압축을 풀면 지나치게 커지는 파일입니다. 큰 그림과 빈 행을 줄이거나 PDF로 저장해 올려 주십시오."
    ),
    Reason.ENCRYPTED: N_("암호가 걸린 파일입니다. 암호를 풀어 저장한 뒤 올려 주십시오."),
    Reason.MACROS: N_("매크로가 들어 있는 문서입니다. 매크로를 빼고 저장하거나 PDF로 저장해 올려 주십시오."),
    Reason.PIXELS: N_("사진이 지나치게 큽니다. 해상도를 낮추어 올려 주십시오."),
    Reason.DAMAGED: N_("파일이 손상되어 읽을 수 없습니다. 원래 프로그램에서 다시 저장해 올려 주십시오."),
    Reason.TOO_HARD: N_(
        "파일이 손상되었거나 너무 커서 확인할 수 없습니다. 다시 저장하거나 작게 줄여 올려 주십시오."
    ),
}
#: What stands beside a file that is kept apart.
QUARANTINES: dict[Reason, str] = {
    Reason.SCRIPT: N_("PDF에 자동으로 실행되는 코드가 들어 있어 따로 보관했습니다."),
    Reason.LAUNCH: N_("PDF에 다른 프로그램을 여는 명령이 들어 있어 따로 보관했습니다."),
    Reason.EMBEDDED: N_("문서에 다른 파일이 숨겨져 있어 따로 보관했습니다."),
    Reason.REMOTE: N_("문서가 열릴 때 다른 곳의 내용을 불러오게 되어 있어 따로 보관했습니다."),
    Reason.POSTSCRIPT: N_("문서에 실행될 수 있는 그림(EPS)이 들어 있어 따로 보관했습니다."),
}


class Refused(Exception):
    """The file is not taken; ``reason`` and ``facts`` as in ``Verdict``."""

    def __init__(self, reason: Reason, **facts: str) -> None:
        super().__init__(str(reason))
        self.reason, self.facts = reason, facts


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a file is and what becomes of it.

    ``kind`` is what it is kept as, None when refused. ``facts`` fill the places of the sentence. ``taken_at`` is
    when a photo was taken, in UTC, by the camera's clock (in Seoul, unless the camera says otherwise). ``content`` is
    where the bytes to keep lie: the file itself, or the picture written anew.
    """

    outcome: Outcome
    name: str = ""
    kind: Kind | None = None
    reason: Reason | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    taken_at: datetime | None = None
    content: Path | None = None

    @property
    def sentence(self) -> str:
        """Why, in Korean with %(name)s places; empty for a file that is simply kept."""
        if self.reason is None:
            return ""
        return (REFUSALS if self.outcome is Outcome.REFUSED else QUARANTINES)[self.reason]


@dataclass(slots=True)
class Finding:
    """What the look inside found: the kind, and why it has to be kept apart if it must.

    ``rewritten`` is True when a picture was written anew.
    """

    kind: Kind
    quarantine: Reason | None = None
    taken_at: datetime | None = None
    rewritten: bool = False


def to_line(found: Finding | Refused) -> str:
    """A finding or a refusal as one line of JSON, for the way out of the child process."""
    if isinstance(found, Refused):
        return json.dumps({"reason": found.reason, "facts": found.facts})
    return json.dumps(
        {
            "kind": found.kind,
            "quarantine": found.quarantine,
            "taken_at": found.taken_at.isoformat() if found.taken_at else None,
            "rewritten": found.rewritten,
        }
    )


def from_line(line: str) -> Finding | Refused:
    """What ``to_line`` wrote. Raises ValueError or KeyError for anything else."""
    said = json.loads(line)
    if "kind" not in said:
        return Refused(Reason(said["reason"]), **{str(k): str(v) for k, v in said["facts"].items()})
    taken = said["taken_at"]
    return Finding(
        Kind(said["kind"]),
        Reason(said["quarantine"]) if said["quarantine"] else None,
        datetime.fromisoformat(taken) if taken else None,
        bool(said["rewritten"]),
    )
