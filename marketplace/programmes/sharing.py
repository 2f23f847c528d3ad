"""Who bears which part of a price, in whole won. Plain arithmetic, for the rules of a year and for the ledger."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass


@dataclass(frozen=True)
class Parts:
    """An amount by source, in won. Raises ValueError below zero."""

    government: int = 0
    sponsor: int = 0
    local: int = 0
    firm: int = 0

    def __post_init__(self) -> None:
        if min(astuple(self)) < 0:
            raise ValueError(f"a part below zero: {self}")

    @property
    def total(self) -> int:
        """The whole amount."""
        return self.government + self.sponsor + self.local + self.firm

    def times(self, count: int) -> Parts:
        """So many of the same, as the visits of a mentorship."""
        return Parts(*(part * count for part in astuple(self)))

    def items(self) -> Iterator[tuple[str, int]]:
        """The parts with the names of their sources, in the order of the sources."""
        return iter(vars(self).items())


def split(price: int, government: int, sponsor: int, local: int) -> Parts:
    """The price of one visit by source; shares in thousandths, the remainder of rounding down falls to the firm.

    The visit is what is paid, so it is what is split: a mentorship costs each source so many times the part of one
    visit, and what is reserved for it is drawn to the last won. Raises ValueError when the shares exceed the whole.
    """
    if government + sponsor + local > 1000:
        raise ValueError("shares beyond the whole")
    borne = [price * share // 1000 for share in (government, sponsor, local)]
    return Parts(borne[0], borne[1], borne[2], price - sum(borne))


def spread(amount: int, room: Sequence[int]) -> list[int]:
    """The amount over several places in proportion to their room, none beyond it.

    Rounded down; the won that are left go one each to the last places that still have room. Raises ValueError
    when all the room does not do.
    """
    whole = sum(room)
    if not 0 <= amount <= whole:
        raise ValueError(f"{amount} does not fit into {whole}")
    if amount == 0:
        return [0] * len(room)
    parts = [amount * place // whole for place in room]
    left = amount - sum(parts)
    for index in reversed(range(len(room))):
        if left and parts[index] < room[index]:
            parts[index] += 1
            left -= 1
    return parts
