"""Forms of payments."""

from __future__ import annotations

from datetime import date

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm

from marketplace.ledger.forms import Once
from marketplace.web.fields import DayField, LongTextField, Needed, TextField, WholeNumberField


class ReasonForm(FlaskForm):
    """Why a claim is held or refused, or what the bank said."""

    reason = LongTextField(_("사유"), [Needed()], limit=2000)


class PaidForm(FlaskForm):
    """When the bank paid."""

    paid_on = DayField(_("지급일"), [Needed()])

    def day(self) -> date:
        """The day of a form that is well formed."""
        if self.paid_on.data is None:
            raise ValueError("no day")
        return self.paid_on.data


class AccountForm(FlaskForm):
    """Where an expert's pay goes."""

    bank = TextField(_("은행"), [Needed(_("은행 이름을 적어 주십시오."))], limit=30)
    number = TextField(_("계좌번호"), [Needed(_("계좌번호를 적어 주십시오."))], limit=30)
    holder = TextField(_("예금주"), [Needed(_("예금주를 적어 주십시오."))], limit=60)


class DepositForm(FlaskForm):
    """What a firm paid in."""

    key = Once()
    amount = WholeNumberField(_("금액 (원)"), [Needed()], least=1, most=10**13)
    memo = TextField(_("증빙"), [Needed()], limit=200)
