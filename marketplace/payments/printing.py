"""지급내역서: what an expert was and will be paid for the visits of a mentorship, as a PDF."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from marketplace.civil import day_of
from marketplace.ledger.states import SOURCE_LABELS, Source
from marketplace.mentorships.content import day, won
from marketplace.mentorships.models import Mentorship
from marketplace.payments.models import Claim
from marketplace.payments.states import STATE_LABELS, ClaimState
from marketplace.printing import moment, pdf_of, picture_of

LAYOUT = "payments"
NOT_YET = "–"


def statement_pdf(mentorship: Mentorship, claims: Sequence[Claim]) -> bytes:
    """The statement of these claims of one expert; ``claims`` holds at least one."""
    return pdf_of(LAYOUT, print_data(mentorship, claims), _as_of(claims))


def statement_picture(mentorship: Mentorship, claims: Sequence[Claim]) -> bytes:
    """Its first page as a PNG, to be looked at."""
    return picture_of(LAYOUT, print_data(mentorship, claims), _as_of(claims))


def print_data(mentorship: Mentorship, claims: Sequence[Claim]) -> dict[str, Any]:
    """Everything the layout sets, as text. Refused claims are listed, and are in no sum and no source."""
    request = mentorship.request
    counted = [claim for claim in claims if claim.state != ClaimState.REFUSED]
    paid = [claim for claim in counted if claim.state == ClaimState.PAID]
    return {
        "title": "멘토링 지급내역서",
        "operator": mentorship.programme.operator.name,
        "footer": f"{request.reference} · {claims[0].expert.name}",
        "parties": [
            ["사업", mentorship.programme.name_ko],
            ["신청번호", request.reference],
            ["기업", request.company.name],
            ["전문가", claims[0].expert.name],
            ["운영기관", mentorship.programme.operator.name],
            ["기준 시각", moment(_as_of(claims))],
        ],
        "payments": [
            *(_payment(claim) for claim in claims),
            ["지급액 합계", won(sum(c.amount for c in counted)), "", "", "", "", ""],
            [
                "그중 지급됨",
                won(sum(c.amount for c in paid)),
                won(sum(c.income_tax or 0 for c in paid)),
                won(sum(c.local_tax or 0 for c in paid)),
                won(sum(c.net or 0 for c in paid)),
                "",
                "",
            ],
        ],
        "source_names": [SOURCE_LABELS[source] for source in Source],
        "sources": [
            *(_sources(claim) for claim in counted),
            ["합계", *(won(sum(getattr(c, source) for c in counted)) for source in Source)],
        ],
    }


def _payment(claim: Claim) -> list[str]:
    known = claim.net is not None
    return [
        _visited(claim),
        won(claim.amount),
        won(claim.income_tax or 0) if known else NOT_YET,
        won(claim.local_tax or 0) if known else NOT_YET,
        won(claim.net or 0) if known else NOT_YET,
        STATE_LABELS[ClaimState(claim.state)],
        day(claim.paid_on.isoformat()) if claim.paid_on else NOT_YET,
    ]


def _sources(claim: Claim) -> list[str]:
    return [_visited(claim), *(won(getattr(claim, source)) for source in Source)]


def _visited(claim: Claim) -> str:
    return day(day_of(claim.visit.starts_at).isoformat())


def _as_of(claims: Sequence[Claim]) -> datetime:
    return max(claim.entered_at for claim in claims)
