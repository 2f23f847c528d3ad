"""Random steps on a programme's money, done by the ledger and by the model beside it."""

from __future__ import annotations

import copy
import random
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

from flask import Flask

from marketplace.accounts.models import Organisation, OrganisationKind
from marketplace.audit import recorded
from marketplace.database import db, read_only
from marketplace.errors import RuleBroken
from marketplace.events import Event
from marketplace.ledger import verbs, verbs_claims
from marketplace.ledger.models import LedgerAccount, LedgerTransaction
from marketplace.ledger.states import AccountKind, Income, Source
from marketplace.programmes.models import Programme
from marketplace.programmes.sharing import Parts, split
from tests import factories
from tests.ledger.model import SOURCES, Model

COMPANIES = 3
#: Steps and how often each is tried, of a hundred or so.
WEIGHTS = {
    "pledge": 6, "unpledge": 2, "receipt": 9, "unreceipt": 2, "matching": 9, "local": 4, "deposit": 12,
    "reserve": 9, "draw": 30, "pay": 18, "release": 3, "give_back": 3, "recovery": 4, "recovered": 3, "again": 5,
}  # fmt: skip


class Undone(Exception):
    """A record that is broken off on purpose."""


class Machine:
    """One programme with three large companies, and as many mentorships as come about."""

    def __init__(self, app: Flask, seed: int, match: tuple[int, int] = (1, 1)) -> None:
        self.app, self.random = app, random.Random(seed)
        self.programme = factories.programme(matching_government=match[0], matching_sponsor=match[1])
        kinds = [factories.organisation(OrganisationKind.SPONSOR) for _ in range(COMPANIES)]
        self.companies = [company.id for company in kinds]
        self.model = Model(match)
        self.steps = self.refused = self.undone = self.races = 0
        self.numbers = 0
        self.mentorships: dict[int, Parts] = {}
        self.claims: list[int] = []
        self.repeatable: list[tuple[str, tuple[Any, ...], dict[str, Any], int]] = []
        self.done: Counter[str] = Counter()

    def number(self) -> int:
        self.numbers += 1
        return self.numbers

    # one record of several steps

    def block(self) -> None:
        """Up to twenty steps in one record; now and then the whole record is undone."""
        undone = self.random.random() < 0.03
        before = (self.model, self.mentorships, self.claims)
        if undone:
            before = copy.deepcopy(before)
        repeatable, done = len(self.repeatable), self.done.copy()
        try:
            with recorded(None, Event.MONEY_RECEIVED, self.programme) as record:
                for _ in range(self.random.randint(1, 20)):
                    self.step()
                if undone:
                    raise Undone
                if not record.subjects:
                    record.cancel()
        except Undone:
            self.undone += 1
            self.model, self.mentorships, self.claims = before
            del self.repeatable[repeatable:]
            self.done = done

    def step(self) -> None:
        self.steps += 1
        name = self.random.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        getattr(self, f"do_{name}")()

    def both(self, name: str, expected: bool, do: Callable[[], LedgerTransaction | None]) -> None:
        """Do it in the ledger too; it must go through exactly when the model says so."""
        try:
            found = do()
        except RuleBroken:
            assert not expected, f"{name} was refused"
            self.refused += 1
            return
        assert expected, f"{name} went through"
        if found is not None:
            self.done[name] += 1

    def company(self) -> Organisation:
        return db.session.get_one(Organisation, self.random.choice(self.companies))

    def amount(self, most: int) -> int:
        """Often a small amount, sometimes exactly the most there is, sometimes one won too much."""
        draw = self.random.random()
        if most > 0 and draw < 0.2:
            return most
        if draw < 0.25:
            return most + 1
        return self.random.randint(1, max(1, min(most, 60_000_000)))

    # money in

    def do_pledge(self) -> None:
        company, won = self.company(), self.random.randint(1, 40_000_000)
        self.repeated("pledge", verbs.post_pledge, self.model.pledge(company.id, won), company, won)

    def do_unpledge(self) -> None:
        company = self.company()
        won = self.amount(self.model.at["pledged", "sponsor", company.id, 0] // 3)
        expected = self.model.unpledge(company.id, won)
        self.repeated("unpledge", verbs.post_unpledge, expected, company, won)

    def do_receipt(self) -> None:
        company = self.company()
        won = self.amount(self.model.at["pledged", "sponsor", company.id, 0])
        self.repeated("receipt", verbs.post_receipt, self.model.receipt(company.id, won), company, won)

    def do_unreceipt(self) -> None:
        company = self.company()
        won = self.amount(self.model.at["cash", "sponsor", company.id, 0] // 4)
        expected = self.model.unreceipt(company.id, won)
        self.repeated("unreceipt", verbs.post_unreceipt, expected, company, won)

    def do_matching(self) -> None:
        model = self.model
        won = self.amount(model.came("sponsor") * model.match[0] // model.match[1] - model.came("government"))
        self.repeated("matching", verbs.post_matching, model.matching(won), won)

    def do_local(self) -> None:
        won = self.random.randint(1, 5_000_000)
        self.repeated("local", verbs.post_local, self.model.local(won), won)

    def repeated(self, name: str, verb: Any, expected: bool, *given: Any) -> None:
        """A verb whose key is the caller's; what went through may be tried again later."""
        key = f"{name}-{self.number()}"

        def do() -> LedgerTransaction:
            done: LedgerTransaction = verb(self.programme, *given, key=key)
            self.repeatable.append((name, given, {"key": key}, done.id))
            return done

        self.both(name, expected, do)

    def do_again(self) -> None:
        """What was done is tried once more with its key: nothing moves, and the same transaction comes back."""
        if not self.repeatable:
            return
        name, given, key, number = self.random.choice(self.repeatable)
        verb = getattr(verbs, f"post_{name}", None) or getattr(verbs_claims, f"post_{name}")
        given = tuple(db.session.merge(x, load=True) if isinstance(x, Organisation) else x for x in given)
        assert verb(self.programme, *given, **key).id == number
        self.done["again"] += 1

    # a mentorship

    def mentorship(self) -> int:
        """One that is there, or a new one."""
        if not self.mentorships or self.random.random() < 0.1:
            price = self.random.choice([350_000, 333_333, 100_001, 7])
            shares = self.random.choice(
                [(450, 450, 0), (500, 400, 0), (333, 333, 100), (300, 300, 0), (900, 0, 0)]
            )
            self.mentorships[self.number()] = split(price, *shares)
        newest = list(self.mentorships)[-12:]
        return self.random.choice(newest)

    def do_deposit(self) -> None:
        number = self.mentorship()
        owed = self.model.at["pledged", "firm", 0, number]
        won = self.amount(owed or self.mentorships[number].firm * self.random.randint(1, 24) or 1)
        self.repeated("deposit", verbs.post_deposit, self.model.deposit(number, won), number, won)

    def do_reserve(self) -> None:
        number = self.mentorship()
        parts = self.mentorships[number].times(self.random.randint(1, 24))
        key = f"reserve-{self.number()}"
        expected = self.model.reserve(number, dict(parts.items()))
        if expected and number in self.model.agreed and not parts.total:
            return
        self.both(
            "reserve",
            expected,
            lambda: verbs.post_reserve(self.programme, number, parts, key=key),
        )

    def do_draw(self) -> None:
        number, claim = self.mentorship(), self.number()
        parts = self.mentorships[number]
        expected = self.model.draw(number, claim, dict(parts.items()))
        if expected:
            self.claims.append(claim)
        self.both("draw", expected, lambda: verbs_claims.post_draw(self.programme, number, claim, parts))

    def claim(self) -> int:
        return self.random.choice(self.claims[-60:]) if self.claims else 0

    def do_pay(self) -> None:
        claim, income = self.claim(), self.random.choice(list(Income))
        if claim in self.model.paid:
            before = LedgerTransaction.with_key(self.programme.id, f"pay:{claim}")
            assert verbs_claims.post_pay(self.programme, claim, income) is before
            return
        expected = self.model.pay(claim, income)
        self.both("pay", expected, lambda: verbs_claims.post_pay(self.programme, claim, income))

    def do_release(self) -> None:
        number, key = self.mentorship(), f"release-{self.number()}"
        self.both(
            "release",
            self.model.release(number),
            lambda: verbs_claims.post_release(self.programme, number, key=key),
        )

    def do_give_back(self) -> None:
        source = self.random.choice(SOURCES)
        company = self.random.choice(self.companies) if source == "sponsor" else 0
        number = self.mentorship() if source == "firm" else 0
        won = self.amount(self.model.at["cash", source, company, number] // 20)
        expected = self.model.give_back(source, company, number, won)
        key = f"return-{self.number()}"
        self.both(
            "give_back",
            expected,
            lambda: verbs_claims.post_return(
                self.programme,
                Source(source),
                won,
                key=key,
                sponsor_id=company or None,
                mentorship_id=number or None,
            ),
        )

    def do_recovery(self) -> None:
        claim = self.claim()
        won = self.amount(sum(row[2] for row in self.model.shares(claim, "paid")) // 2)
        self.repeated("recovery", verbs_claims.post_recovery, self.model.recovery(claim, won), claim, won)

    def do_recovered(self) -> None:
        claim, to = self.claim(), self.random.choice(["cash", "returned"])
        won = self.amount(sum(row[2] for row in self.model.shares(claim, "recovery_due")))
        key = f"recovered-{self.number()}"
        expected = self.model.recovered(claim, won, to)
        self.both(
            "recovered",
            expected,
            lambda: verbs_claims.post_recovered(self.programme, claim, won, key=key, to=AccountKind(to)),
        )

    # several at once

    def race(self, tries: list[Callable[[Programme], LedgerTransaction | None]]) -> list[Any]:
        """All of them at the same moment, each in a thread with a record of its own; what each came to."""
        self.races += 1
        self.steps += len(tries)
        barrier, number = threading.Barrier(len(tries)), self.programme.id
        outcomes: list[Any] = [None] * len(tries)
        db.session.rollback()  # this thread holds no lock meanwhile

        def run(place: int) -> None:
            with self.app.app_context():
                read_only(False)
                barrier.wait(60)  # before the first statement: on SQLite that takes the lock
                try:
                    programme = db.session.get_one(Programme, number)
                    with recorded(None, Event.MONEY_RECEIVED, programme):
                        done = tries[place](programme)
                        outcomes[place] = done.id if done else None
                except RuleBroken as broken:
                    outcomes[place] = broken
                finally:
                    db.session.rollback()

        threads = [threading.Thread(target=run, args=(place,)) for place in range(len(tries))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
        assert None not in outcomes, outcomes
        return outcomes

    def race_for_claims(self, runners: int = 6) -> None:
        """Six claims of a mentorship at once; exactly as many go through as its budget pays for."""
        number = self.mentorship()
        parts = self.mentorships[number]
        room = min(
            (self.model.reserved(number, source) // part for source, part in parts.items() if part), default=0
        )
        claims = [self.number() for _ in range(runners)]
        outcomes = self.race(
            [lambda p, claim=claim: verbs_claims.post_draw(p, number, claim, parts) for claim in claims]
        )
        won = [c for c, outcome in zip(claims, outcomes, strict=True) if isinstance(outcome, int)]
        assert len(won) == min(room, runners)
        for claim in won:
            assert self.model.draw(number, claim, dict(parts.items()))
        self.claims += won

    def race_to_pay(self, runners: int = 4) -> None:
        """One claim paid by four at once is paid once."""
        waiting = [claim for claim in self.claims if claim not in self.model.paid]
        if not waiting:
            return
        claim = waiting[-1]
        outcomes = self.race(
            [lambda p: verbs_claims.post_pay(p, claim, Income.BUSINESS) for _ in range(runners)]
        )
        assert len(set(outcomes)) == 1, outcomes
        assert self.model.pay(claim, "business")

    def race_for_the_match(self, runners: int = 4) -> None:
        """Four receipts of the state at once, of which the match has room for two."""
        model = self.model
        room = model.came("sponsor") * model.match[0] // model.match[1] - model.came("government")
        won = room * 2 // 5
        if not won:
            return
        keys = [f"race-{self.number()}" for _ in range(runners)]
        outcomes = self.race([lambda p, key=key: verbs.post_matching(p, won, key=key) for key in keys])
        through = [outcome for outcome in outcomes if isinstance(outcome, int)]
        assert len(through) == min(runners, room // won)
        for _ in through:
            assert model.matching(won)

    def balances(self) -> dict[str, int]:
        """What the accounts hold, by code; empty ones left out."""
        rows = (
            db.session.query(LedgerAccount.code, LedgerAccount.balance)
            .filter(LedgerAccount.programme_id == self.programme.id, LedgerAccount.balance != 0)
            .all()
        )
        return {row.code: row.balance for row in rows}
