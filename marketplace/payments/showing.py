"""What the pages show of a claim, in words."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext

from marketplace.access import Role
from marketplace.audit import history_of
from marketplace.civil import day_of
from marketplace.ledger.states import SOURCE_LABELS, Source, TransactionKind
from marketplace.mentorships.history import event_name
from marketplace.payments.models import Claim
from marketplace.payments.queries import recovered_of
from marketplace.payments.states import STATE_LABELS, TONES, ClaimState
from marketplace.web.setup import day, moment, won


def badge(state: str) -> tuple[str, str]:
    """The state's name and the tone of its badge."""
    return gettext(STATE_LABELS[ClaimState(state)]), TONES[ClaimState(state)]


def sees_taxes(user: Any) -> bool:
    """Whether what is kept from an expert's pay is the reader's business; to a firm it is not."""
    return bool(user.role != Role.COMPANY)


def visited(claim: Claim) -> str:
    """The day of the visit in Seoul."""
    return day(day_of(claim.visit.starts_at))


def way(claim: Claim) -> list[tuple[str, str | None]]:
    """Where the money is: each step with its date, empty while it is to come."""
    return [
        (gettext("청구"), moment(claim.created_at)),
        (gettext("지급 승인"), moment(claim.approved_at) if claim.approved_at else None),
        (gettext("지급 요청"), moment(claim.order.created_at) if claim.order else None),
        (gettext("지급"), day(claim.paid_on) if claim.paid_on else None),
    ]


def money(claim: Claim) -> list[tuple[str, str | None]]:
    """The amount, the taxes kept from it and what is left."""
    known = claim.net is not None
    return [
        (gettext("지급액"), won(claim.amount)),
        (gettext("소득세"), won(claim.income_tax) if known else None),
        (gettext("지방소득세"), won(claim.local_tax) if known else None),
        (gettext("실지급액"), won(claim.net) if known else None),
    ]


def recovery(claim: Claim) -> list[tuple[str, str]]:
    """What of the pay is to come back, and what came back; nothing for a pay that nobody asks back."""
    asked = recovered_of(claim)
    labels = {
        TransactionKind.RECOVERY: gettext("환수 결정액"),
        TransactionKind.RECOVERED: gettext("환수된 금액"),
    }
    return [(label, won(asked.get(kind, 0))) for kind, label in labels.items()] if asked else []


def parts(claim: Claim) -> list[tuple[str, str]]:
    """The amount by source."""
    return [(gettext(SOURCE_LABELS[Source(name)]), won(of)) for name, of in claim.parts.items()]


def history(claim: Claim) -> list[dict[str, Any]]:
    """What happened to the claim, the newest first."""
    return [
        {
            "what": event_name(entry),
            "when": moment(entry.at),
            "who": gettext("자동 처리") if entry.actor_role == "system" else entry.actor_name,
            "note": entry.facts.get("reason"),
        }
        for entry in reversed(history_of(claim))
    ]
