"""Improvement and achievement of measured figures; pure arithmetic in Decimal, nothing rounded.

What cannot be computed is None: it is shown as such, never as 0.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

HUNDRED = Decimal(100)
WHOLE = 1000  # of weights in thousandths
#: Another unit than the agreed one is the usual mistake: seconds and minutes, per cent and ppm.
_UNIT_SLIPS = (Decimal(60), HUNDRED, Decimal(1000), Decimal(3600), Decimal(10_000))
_SLIP = Decimal("0.15")  # how near a ratio comes to one of these, to be doubted


def improvement(direction: str, baseline: Decimal, value: Decimal) -> Decimal | None:
    """How much better than before, in per cent of before; below 0 when worse. None when before was 0.

    ``direction``: up when more is better, down when less is.
    """
    if baseline == 0:
        return None
    change = value - baseline if direction == "up" else baseline - value
    return change / baseline.copy_abs() * HUNDRED


def relative_change(baseline: Decimal, value: Decimal) -> Decimal | None:
    """The change in per cent of before, whatever is better: 4 to 1 is -75. None when before was 0."""
    return None if baseline == 0 else (value - baseline) / baseline.copy_abs() * HUNDRED


def points(unit: str, baseline: Decimal, value: Decimal) -> Decimal | None:
    """The change in percentage points of a figure in per cent; None for other units."""
    return value - baseline if unit.strip() in ("%", "퍼센트") else None


def achievement(baseline: Decimal, target: Decimal, value: Decimal) -> Decimal | None:
    """How much of the way from before to the target was gone, in per cent, in either direction.

    May be below 0 or above 100. None when the target is what was before.
    """
    if baseline == target:
        return None
    return (baseline - value) / (baseline - target) * HUNDRED


@dataclass(frozen=True, slots=True)
class Overall:
    """The weighted achievement of several goals: ``rate`` in per cent over what was collected (None when nothing
    was), and ``collected``, the thousandths of weight that stand behind it."""

    rate: Decimal | None
    collected: int


def overall(goals: Iterable[tuple[int, Decimal | None]], cap: int = 100) -> Overall:
    """From weight (thousandths) and achievement of each goal; each counts between 0 and ``cap`` per cent.

    A goal without a value counts neither as 0 nor as reached: it is left out, and ``collected`` says so.
    """
    known = [(weight, rate) for weight, rate in goals if rate is not None]
    collected = sum(weight for weight, _ in known)
    if not collected:
        return Overall(None, 0)
    total = sum((min(max(rate, Decimal(0)), Decimal(cap)) * weight for weight, rate in known), Decimal(0))
    return Overall(total / collected, collected)


def possible(unit: str, value: Decimal, *, may_be_loss: bool = False) -> bool:
    """Whether a figure can have this value at all: a share is at most 100 per cent, and only what may be a loss lies
    below 0."""
    most = HUNDRED if unit.strip() in ("%", "퍼센트") else value
    return (may_be_loss or value >= 0) and value <= most


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a value may be a mistake: ``unit_slip``, ``too_good`` or ``much_worse``; ``size`` is the ratio
    (unit slip) or the improvement in per cent."""

    kind: str
    size: Decimal


def doubts(direction: str, unit: str, baseline: Decimal, value: Decimal) -> list[Doubt]:
    """What is implausible about a measured value, to be asked back; it may be right all the same.

    Mean improvements of the programmes that published any lie between 15 and 80 per cent.
    """
    found = []
    if baseline > 0 and value > 0:
        ratio = max(value / baseline, baseline / value)
        if any(abs(ratio / slip - 1) <= _SLIP for slip in _UNIT_SLIPS):
            found.append(Doubt("unit_slip", ratio))
    better = improvement(direction, baseline, value)
    if better is not None:
        if better > (200 if direction == "up" else 90):
            found.append(Doubt("too_good", better))
        elif better < -50:
            found.append(Doubt("much_worse", better))
    return found
