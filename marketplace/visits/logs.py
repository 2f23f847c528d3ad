"""A visit log as it is handed in, and as its versions keep it. Nothing here touches the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from typing import Any

from marketplace.civil import SEOUL
from marketplace.errors import N_

MODE_LABELS = {"onsite": N_("대면"), "remote": N_("비대면")}
#: What a log says, in the order in which it is read.
LABELS = {
    "on": N_("방문한 날"),
    "start": N_("시작"),
    "end": N_("끝"),
    "mode": N_("방식"),
    "place": N_("장소"),
    "attendees": N_("참석자"),
    "task": N_("과제"),
    "done": N_("한 일"),
    "result": N_("결과"),
    "homework": N_("다음 방문까지 기업이 할 일"),
    "next_plan": N_("다음 방문 계획"),
    "photos": N_("사진"),
}


@dataclass(frozen=True)
class Log:
    """What an expert says of a visit; ``on``, ``start`` and ``end`` by the clock of Seoul."""

    on: date
    start: time
    end: time
    done: str
    mode: str = "onsite"
    place: str = ""
    attendees: str = ""
    task_id: int | None = None
    result: str = ""
    homework: str = ""
    next_plan: str = ""

    @property
    def starts_at(self) -> datetime:
        return datetime.combine(self.on, self.start, SEOUL)

    @property
    def ends_at(self) -> datetime:
        return datetime.combine(self.on, self.end, SEOUL)

    @property
    def minutes(self) -> int:
        """Whole minutes from start to end; negative when it ends before it starts."""
        return int((self.ends_at - self.starts_at).total_seconds()) // 60

    def content(self, task: str | None, photos: Sequence[str] = ()) -> dict[str, Any]:
        """As a version keeps it, with the task's title beside its key, which a changed agreement may drop.

        ``photos`` are the hashes of the photos' contents; a version without photos does not speak of them.
        """
        kept = asdict(self) | {"on": self.on.isoformat(), "task": task}
        kept |= {"photos": list(photos)} if photos else {}
        return kept | {"start": f"{self.start:%H:%M}", "end": f"{self.end:%H:%M}"}


def read_back(content: Mapping[str, Any]) -> Log:
    """The log that a version keeps."""
    said = {name: value for name, value in content.items() if name not in ("task", "photos")}
    said["on"] = date.fromisoformat(said["on"])
    said["start"], said["end"] = time.fromisoformat(said["start"]), time.fromisoformat(said["end"])
    return Log(**said)


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The names of what two versions say differently, in reading order."""
    return [name for name in LABELS if before.get(name) != after.get(name)]
