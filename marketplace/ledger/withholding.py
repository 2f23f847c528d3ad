"""What is withheld from an expert's pay. Rates are rules of the programme; plain arithmetic here.

Business income (사업소득, continuous work): income tax of 3 % of the pay (Income Tax Act 소득세법 art. 129 (1) 3).
Other income (기타소득, occasional work): 60 % of the pay count as expenses (Enforcement Decree art. 87) and 20 % of the
rest are income tax (art. 129 (1) 6), nothing when the rest is 50,000 won or less a case (art. 84). Local income tax
(개인지방소득세, Local Tax Act 지방세법 art. 103-13) comes on top: 10 % of the income tax. As the treasury counts no won
below ten (국고금 관리법 art. 47), each of the two taxes is cut to whole tens of won, the local one after the other.
So 350,000 won leave 338,450 as business income (10,500 + 1,050 withheld), 319,200 as other income (28,000 + 2,800).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from marketplace.ledger.states import Income


@dataclass(frozen=True)
class Rates:
    """Thousandths; ``untaxed`` in won. The defaults are those of 2026."""

    business: int = 30
    other: int = 200
    local: int = 100
    expenses: int = 600
    untaxed: int = 50_000

    @classmethod
    def of(cls, programme: Any) -> Rates:
        """The rates that a programme states."""
        return cls(
            programme.withholding_business,
            programme.withholding_other,
            programme.withholding_local,
            programme.deemed_expenses,
            programme.untaxed_income,
        )


@dataclass(frozen=True)
class Withheld:
    """What is kept from a pay of ``gross`` won, and what the expert gets."""

    gross: int
    income_tax: int
    local_tax: int

    @property
    def total(self) -> int:
        return self.income_tax + self.local_tax

    @property
    def net(self) -> int:
        return self.gross - self.total


def withheld_from(gross: int, income: Income, rates: Rates) -> Withheld:
    """The taxes withheld from one payment, each in whole tens of won. Raises ValueError below zero."""
    if gross < 0:
        raise ValueError("a payment below zero")
    if income is Income.BUSINESS:
        tax = gross * rates.business // 1000
    else:
        # In thousandths, so that nothing is rounded before the end.
        taxable = gross * (1000 - rates.expenses)
        tax = 0 if taxable <= rates.untaxed * 1000 else taxable * rates.other // 1_000_000
    tax = _whole_tens(tax)
    return Withheld(gross, tax, _whole_tens(tax * rates.local // 1000))


def _whole_tens(amount: int) -> int:
    return amount // 10 * 10
