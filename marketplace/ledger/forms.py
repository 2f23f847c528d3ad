"""Forms of the ledger."""

from __future__ import annotations

import re
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField

from marketplace.ledger.actions import Payment
from marketplace.ledger.posting import random_key
from marketplace.ledger.states import Source
from marketplace.web.fields import ChoiceField, LongTextField, Needed, TextField, WholeNumberField

NEEDED = [Needed()]
MOST = 10**13
_KEY = re.compile(r"[0-9a-f]{32}")


class Once(HiddenField):
    """A random key that the page brings along, so that the same form counts once; nonsense gets a fresh one."""

    data: str | None

    def process(self, *args: Any, **kwargs: Any) -> None:
        super().process(*args, **kwargs)
        if not _KEY.fullmatch(str(self.data or "")):
            self.data = random_key()

    type = "HiddenField"


class ContributionForm(FlaskForm):
    """What a large company pledged and what has arrived."""

    sponsor_id = ChoiceField(_("참여 대기업"), coerce=int, validate_choice=False)
    pledged = WholeNumberField(_("약정액 (원)"), NEEDED, least=1, most=MOST)
    received = WholeNumberField(_("입금액 (원)"), NEEDED, most=MOST)


class PaymentForm(FlaskForm):
    """Money that came in or goes back. ``giver`` is a source, for a large company or a firm with its number."""

    key = Once()
    giver = ChoiceField(_("재원"))
    amount = WholeNumberField(_("금액 (원)"), NEEDED, least=1, most=MOST)
    memo = TextField(
        _("증빙"),
        NEEDED,
        limit=200,
        description=_(
            "거래일과 문서번호처럼 나중에 찾을 수 있는 것을 적습니다. 예: 2026-07-01 이체, 공문 제123호"
        ),
    )

    def payment(self) -> Payment:
        """What the form says."""
        source, _, number = str(self.giver.data).partition(":")
        which = int(number) if number else None
        return Payment(
            Source(source),
            self.amount.data or 0,
            self.memo.data or "",
            self.key.data or random_key(),
            sponsor_id=which if source == Source.SPONSOR else None,
            mentorship_id=which if source == Source.FIRM else None,
        )


class CorrectionForm(FlaskForm):
    """Why a receipt is undone."""

    reason = LongTextField(_("정정 사유"), [Needed(_("사유를 적어 주십시오."))], limit=500)


class RecoveryForm(FlaskForm):
    """How much of a pay is owed back, or came back."""

    key = Once()
    amount = WholeNumberField(_("금액 (원)"), NEEDED, least=1, most=MOST)
    reason = LongTextField(_("사유와 증빙"), [Needed(_("사유를 적어 주십시오."))], limit=500)
