"""What every change of one's own profile shares: the locked row, the version that was seen, the end."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from marketplace.audit import Record
from marketplace.database import db
from marketplace.errors import N_, NotFound, RuleBroken
from marketplace.events import Event
from marketplace.experts.models import Expert, ExpertState
from marketplace.notifications import tell


def own_profile(by: Any, record: Record, version: int | None = None) -> Expert:
    """The actor's profile, locked until the end of the transaction; a new one when there is none yet.

    RuleBroken (conflict) when ``version`` is given and another change came first.
    """
    query = select(Expert).where(Expert.user_id == by.id).with_for_update(of=Expert)
    expert = db.session.scalar(query.execution_options(populate_existing=True))
    if version is not None and version != (expert.version if expert else 0):
        raise RuleBroken(
            N_(
                "그 사이에 다른 화면에서 프로필이 바뀌었습니다. 입력하신 내용은 아래에 그대로 있습니다. "
                "확인하신 뒤 다시 저장하면 이 내용으로 바뀝니다."
            ),
            conflict=True,
        )
    if expert is None:
        expert = Expert.blank(by)
        db.session.add(expert)
    record.thing = expert
    return expert


def part_of(items: list[Any], item_id: int) -> Any:
    """The part with this id among the parts of the profile; NotFound when it is gone."""
    for item in items:
        if item.id == item_id:
            return item
    raise NotFound(item_id)


def finish(expert: Expert, record: Record, *, verified_fact: bool = False) -> None:
    """Note that the profile changed; nothing happened when everything is as it was."""
    session = db.session
    if not (session.new or session.deleted or any(map(session.is_modified, session.dirty))):
        record.cancel()
        return
    expert.touch()
    if verified_fact and expert.state == ExpertState.VERIFIED:
        expert.change_verified()
        record.facts["to_be_verified_again"] = True
        tell(
            expert.user,
            Event.PROFILE_SUBMITTED,
            N_("확인된 내용이 바뀌어 운영기관의 확인을 다시 받습니다."),
            "/expert",
            body=N_(
                "경력이나 이해관계가 바뀌었습니다. 운영기관이 확인을 마칠 때까지 "
                "새로운 제안을 받지 않습니다. 이미 진행 중인 멘토링은 계속됩니다."
            ),
        )
    else:
        expert.state = expert.next_state("save")
