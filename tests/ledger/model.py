"""The books once more, kept by hand in plain dictionaries: what each step should do, for the property test.

Written without the ledger's code but for the words for places. A step gives True when it should go through, and
changes the model only then.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

GOVERNMENT, SPONSOR, LOCAL, FIRM = SOURCES = ("government", "sponsor", "local", "firm")


class Model:
    """Won by place: (kind, source, company or 0, mentorship or 0); and, for claims, by claim besides."""

    def __init__(self, match: tuple[int, int]) -> None:
        self.match = match
        self.at: Counter[tuple[str, str, int, int]] = Counter()
        self.places: defaultdict[int, set[tuple[str, str, int, int]]] = defaultdict(set)  # by mentorship
        self.came_in: Counter[str] = Counter()
        self.of_claim: defaultdict[int, Counter[tuple[str, str, int]]] = defaultdict(Counter)
        self.mentorship_of: dict[int, int] = {}
        self.paid: set[int] = set()
        self.agreed: set[int] = set()
        self.log: list[tuple[Any, ...]] = []

    def move(self, a: tuple[str, str, int, int], b: tuple[str, str, int, int], won: int) -> None:
        for place, change in ((a, -won), (b, won)):
            self.at[place] += change
            self.places[place[3]].add(place)
            if place[0] in ("outside", "pledged"):
                self.came_in[place[1]] -= change

    def came(self, source: str) -> int:
        """What came in from a source, whatever became of it."""
        return self.came_in[source]

    def matched(self, government: int, sponsor: int) -> bool:
        return government * self.match[1] <= sponsor * self.match[0]

    # money in

    def pledge(self, company: int, won: int) -> bool:
        self.move(("outside", SPONSOR, company, 0), ("pledged", SPONSOR, company, 0), won)
        self.log.append(("pledge", won))
        return True

    def unpledge(self, company: int, won: int) -> bool:
        if self.at["pledged", SPONSOR, company, 0] < won:
            return False
        self.move(("pledged", SPONSOR, company, 0), ("outside", SPONSOR, company, 0), won)
        self.log.append(("pledge", -won))
        return True

    def receipt(self, company: int, won: int) -> bool:
        if self.at["pledged", SPONSOR, company, 0] < won:
            return False
        self.move(("pledged", SPONSOR, company, 0), ("cash", SPONSOR, company, 0), won)
        self.log.append(("in", SPONSOR, won))
        return True

    def unreceipt(self, company: int, won: int) -> bool:
        there = self.at["cash", SPONSOR, company, 0]
        if there < won or not self.matched(self.came(GOVERNMENT), self.came(SPONSOR) - won):
            return False
        self.move(("cash", SPONSOR, company, 0), ("pledged", SPONSOR, company, 0), won)
        self.log.append(("in", SPONSOR, -won))
        return True

    def matching(self, won: int) -> bool:
        if not self.matched(self.came(GOVERNMENT) + won, self.came(SPONSOR)):
            return False
        return self._public(GOVERNMENT, won)

    def local(self, won: int) -> bool:
        return self._public(LOCAL, won)

    def _public(self, source: str, won: int) -> bool:
        self.move(("outside", source, 0, 0), ("cash", source, 0, 0), won)
        self.log.append(("in", source, won))
        return True

    def deposit(self, mentorship: int, won: int) -> bool:
        giver = "outside"
        if mentorship in self.agreed:
            giver = "pledged"
            if self.at["pledged", FIRM, 0, mentorship] < won:
                return False
        self.move((giver, FIRM, 0, mentorship), ("reserved", FIRM, 0, mentorship), won)
        self.log.append(("in", FIRM, won))
        return True

    # a mentorship

    def reserve(self, mentorship: int, parts: dict[str, int]) -> bool:
        companies = {p[2]: self.at[p] for p in self.places[0] if p[:2] == ("cash", SPONSOR)}
        if sum(companies.values()) < parts[SPONSOR]:
            return False
        if any(self.at["cash", source, 0, 0] < parts[source] for source in (GOVERNMENT, LOCAL)):
            return False
        for source in (GOVERNMENT, LOCAL):
            self.move(("cash", source, 0, 0), ("reserved", source, 0, mentorship), parts[source])
        wanted = parts[SPONSOR]
        for company, there in sorted(companies.items(), key=lambda pair: (-pair[1], pair[0])):
            taken = min(wanted, there)
            self.move(("cash", SPONSOR, company, 0), ("reserved", SPONSOR, company, mentorship), taken)
            wanted -= taken
        first = mentorship not in self.agreed
        there = self.at["reserved", FIRM, 0, mentorship] if first else 0
        owed = max(0, parts[FIRM] - there)
        self.move(("outside", FIRM, 0, mentorship), ("pledged", FIRM, 0, mentorship), owed)
        self.agreed.add(mentorship)
        self.log.append(("reserve", mentorship, dict(parts)))
        return True

    def draw(self, mentorship: int, claim: int, parts: dict[str, int]) -> bool:
        if any(self.reserved(mentorship, source) < parts[source] for source in SOURCES):
            return False
        for source, wanted in parts.items():
            for company in self.companies("reserved", source, mentorship):
                taken = min(wanted, self.at["reserved", source, company, mentorship])
                wanted -= taken
                self.claimed(claim, mentorship, "reserved", "payable", source, company, taken)
        self.mentorship_of[claim] = mentorship
        self.log.append(("draw", mentorship, dict(parts)))
        return True

    def reserved(self, mentorship: int, source: str) -> int:
        places = self.companies("reserved", source, mentorship)
        return sum(self.at["reserved", source, company, mentorship] for company in places)

    def companies(self, kind: str, source: str, mentorship: int) -> list[int]:
        return sorted(c for (k, s, c, _) in self.places[mentorship] if (k, s) == (kind, source))

    def claimed(
        self, claim: int, mentorship: int, a: str, b: str, source: str, company: int, won: int
    ) -> None:
        home = mentorship if b not in ("cash", "returned") or source == FIRM else 0
        self.move((a, source, company, mentorship), (b, source, company, home), won)
        self.of_claim[claim][a, source, company] -= won
        self.of_claim[claim][b, source, company] += won

    def shares(self, claim: int, kind: str) -> list[tuple[str, int, int]]:
        """A claim's money of a kind: (source, company, won), the firm last."""
        claimed = self.of_claim[claim].items()
        found = [(source, company, won) for (k, source, company), won in claimed if k == kind]
        return sorted(found, key=lambda row: (SOURCES.index(row[0]), row[1]))

    def pay(self, claim: int, income: str) -> bool:
        if claim not in self.mentorship_of or claim in self.paid:
            return False
        rows = [row for row in self.shares(claim, "payable") if row[2]]
        gross = sum(row[2] for row in rows)
        tax = taxes(gross, income)
        for (source, company, won), part in zip(rows, apart(tax, [row[2] for row in rows]), strict=True):
            mentorship = self.mentorship_of[claim]
            self.claimed(claim, mentorship, "payable", "paid", source, company, won - part)
            self.claimed(claim, mentorship, "payable", "withheld", source, company, part)
        self.paid.add(claim)
        self.log.append(("pay", gross, tax))
        return True

    def release(self, mentorship: int) -> bool:
        for place in list(self.places[mentorship]):
            kind, source, company, _ = place
            if kind == "reserved":
                home = mentorship if source == FIRM else 0
                self.move(place, ("cash", source, company, home), self.at[place])
        owed = self.at["pledged", FIRM, 0, mentorship]
        self.move(("pledged", FIRM, 0, mentorship), ("outside", FIRM, 0, mentorship), owed)
        self.log.append(("release", mentorship))
        return True

    def give_back(self, source: str, company: int, mentorship: int, won: int) -> bool:
        if self.at["cash", source, company, mentorship] < won:
            return False
        self.move(("cash", source, company, mentorship), ("returned", source, company, mentorship), won)
        self.log.append(("return", source, won))
        return True

    def recovery(self, claim: int, won: int) -> bool:
        return self._between(claim, won, "paid", "recovery_due")

    def recovered(self, claim: int, won: int, to: str) -> bool:
        return self._between(claim, won, "recovery_due", to)

    def _between(self, claim: int, won: int, a: str, b: str) -> bool:
        rows = self.shares(claim, a)
        if claim not in self.mentorship_of or sum(row[2] for row in rows) < won:
            return False
        for (source, company, _), part in zip(rows, apart(won, [row[2] for row in rows]), strict=True):
            self.claimed(claim, self.mentorship_of[claim], a, b, source, company, part)
        self.log.append((b, won))
        return True

    def balances(self) -> dict[str, int]:
        """What every account should hold, by its code; empty ones left out."""
        return {":".join(map(str, place)): won for place, won in self.at.items() if won}


def taxes(gross: int, income: str) -> int:
    """Both taxes from a pay, by the rates of 2026, with fractions of whole numbers and no rounding but the tens."""
    if income == "business":
        tax = (gross * 3 // 100) // 10 * 10
    else:
        tax = 0 if gross * 4 <= 50_000 * 10 else (gross * 8 // 100) // 10 * 10
    return tax + (tax // 10) // 10 * 10


def apart(won: int, room: Iterable[int]) -> list[int]:
    """The amount in proportion to the rooms, rounded down, the rest one by one from the last that has room."""
    room = list(room)
    if not won:
        return [0] * len(room)
    parts = [won * place // sum(room) for place in room]
    for index in range(len(room) - 1, -1, -1):
        if sum(parts) < won and parts[index] < room[index]:
            parts[index] += 1
    return parts
