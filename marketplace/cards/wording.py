"""What authors are told about their cards."""

from __future__ import annotations

from marketplace.cards.models import Card
from marketplace.cards.states import RECORDED_AS, TOLD
from marketplace.errors import N_
from marketplace.notifications import tell

WORDING: dict[tuple[str, str], tuple[str, str]] = {
    ("return", "author"): (
        N_("작성하신 사례 ‘%(title)s’에 보완할 점이 있습니다."),
        N_("운영기관의 의견: %(reason)s\n고쳐서 다시 내 주십시오."),
    ),
    ("publish", "author"): (
        N_("작성하신 사례 ‘%(title)s’이(가) 공개되었습니다."),
        N_(
            "회사와 사람을 알아볼 수 있는 내용은 지우고 공개했습니다. 아래 주소에서 공개된 글을 확인해 주십시오."
        ),
    ),
    ("take_down", "author"): (
        N_("작성하신 사례 ‘%(title)s’의 공개를 멈췄습니다."),
        N_("사유: %(reason)s"),
    ),
}


def announce(verb: str, card: Card) -> None:
    """Tell whom the table names, within the running transaction."""
    for audience in TOLD[verb]:
        sentence, body = WORDING[verb, audience]
        tell(
            card.author,
            RECORDED_AS[verb],
            sentence,
            f"/mentorships/{card.mentorship_id}/cards/{card.id}",
            body=body,
            title=card.written["title"],
            reason=card.reason or "",
        )
