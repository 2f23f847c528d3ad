"""What may happen to money, step by step, and what is refused with which sentence."""

import pytest

from marketplace.audit import AuditEntry
from marketplace.database import db
from marketplace.errors import RuleBroken
from marketplace.ledger import verbs, verbs_claims
from marketplace.ledger.models import LedgerAccount, LedgerTransaction
from marketplace.ledger.replaying import replay
from marketplace.ledger.states import AccountKind, Income, Source
from marketplace.programmes.models import Contribution
from marketplace.programmes.sharing import Parts
from tests import factories
from tests.ledger.books import MENTORSHIP, VISIT, Books

pytestmark = pytest.mark.both_databases


@pytest.fixture
def books(app):
    return Books()


def refused(books, sentence, verb, *given, **named):
    """The verb is refused with this sentence, and nothing at all was written."""
    before = db.session.query(LedgerTransaction).count(), db.session.query(LedgerAccount).count()
    with pytest.raises(RuleBroken, match=sentence) as broken:
        books.do(verb, *given, **named)
    db.session.rollback()
    assert (db.session.query(LedgerTransaction).count(), db.session.query(LedgerAccount).count()) == before
    return broken.value


def test_every_won_of_a_mentorship_is_found_on_its_way(books):
    books.agree(visits=24)
    assert books.holds("reserved") == 24 * 350_000
    assert books.holds("cash", "government") == 10_000_000 - 24 * 175_000
    for claim in range(1, 25):
        books.claim(claim)
    assert (books.holds("reserved"), books.holds("payable")) == (0, 24 * 350_000)
    for claim in range(1, 25):
        books.do(verbs_claims.post_pay, claim, Income.BUSINESS)
    assert books.holds("withheld") == 24 * 11_550
    assert books.holds("paid") == 24 * 338_450
    assert books.holds("payable") == 0
    assert replay(books.programme) == []


def test_the_state_gives_only_as_large_companies_have_given(books):
    broken = refused(books, "국비는 참여 대기업의 입금액에", verbs.post_matching, 10_000_001, key="m2")
    assert broken.facts == {"most": "10,000,000"}
    books.do(verbs.post_matching, 10_000_000, key="m2")
    refused(books, "더 받을 수 있는 국비는 0원", verbs.post_matching, 1, key="m3")
    refused(books, "국비를 먼저 정정", verbs.post_unreceipt, books.first, 1, key="u1")
    assert replay(books.programme) == []


def test_a_ratio_of_three_to_two_is_kept_to_the_last_won(app):
    books = Books(matching_government=3, matching_sponsor=2)
    refused(books, "20,000,000원입니다", verbs.post_matching, 20_000_001, key="m2")
    books.do(verbs.post_matching, 20_000_000, key="m2")


def test_without_a_match_the_state_gives_what_it_likes(app):
    books = Books(matching_government=1, matching_sponsor=0)
    books.do(verbs.post_matching, 500_000_000, key="m2")


def test_more_than_was_pledged_cannot_come_in(books):
    broken = refused(
        books, "약정액을 넘을 수 없습니다", verbs.post_receipt, books.first, 10_000_001, key="r2"
    )
    assert broken.facts == {"open": "10,000,000"}
    refused(books, "이미 입금된 금액보다", verbs.post_unpledge, books.first, 10_000_001, key="u1")


def test_the_row_that_shows_a_contribution_follows_the_ledger(books):
    row = db.session.query(Contribution).filter_by(sponsor_id=books.first.id).one()
    assert (row.pledged, row.received) == (30_000_000, 20_000_000)
    books.do(verbs.post_unpledge, books.first, 4_000_000, key="u1")
    books.do(verbs.post_unpledge, books.second, 5_000_000, key="u2")
    db.session.expire_all()
    assert (row.pledged, row.received) == (26_000_000, 20_000_000)
    assert db.session.query(Contribution).filter_by(sponsor_id=books.second.id).count() == 0
    assert replay(books.programme) == []


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        (Parts(10_000_001, 1, 0, 1), "국비 가용액이 1원 부족해"),
        (Parts(1, 20_000_005, 0, 1), "참여 대기업 출연금 가용액이 5원 부족해"),
        (Parts(1, 1, 7, 1), "지방비 가용액이 7원 부족해"),
    ],
)
def test_an_agreement_reserves_from_all_sources_or_from_none_and_names_who_lacks(books, parts, sentence):
    broken = refused(books, "부족해 협약에 배정할 수 없습니다", verbs.post_reserve, MENTORSHIP, parts)
    assert sentence.replace("가용액이 ", "").split()[-2] in str(broken)
    assert sentence.split(" 가용액")[0] in str(broken)
    assert books.holds("reserved") == 0


def test_the_company_with_the_most_free_money_bears_a_mentorship_and_the_next_only_the_rest(books):
    books.do(verbs.post_receipt, books.second, 5_000_000, key="r2")
    books.do(verbs.post_reserve, 1, Parts(0, 1_000_000))
    books.do(verbs.post_reserve, 2, Parts(0, 21_000_000))
    accounts = db.session.query(LedgerAccount).filter_by(kind="reserved", source="sponsor")
    found = {(a.mentorship_id, a.organisation_id): a.balance for a in accounts}
    assert found == {
        (1, books.first.id): 1_000_000,
        (2, books.first.id): 19_000_000,
        (2, books.second.id): 2_000_000,
    }
    broken = refused(books, "부족해", verbs.post_reserve, 3, Parts(0, 1), sponsor_id=books.first.id)
    assert broken.facts["missing"] == "1"


def test_a_claim_waits_until_the_firm_has_paid_its_share(books):
    books.agree(deposit=34_999)
    broken = refused(books, "1원 덜 입금되어", verbs_claims.post_draw, MENTORSHIP, 1, VISIT)
    assert broken.facts["source"] == "기업부담금"
    books.do(verbs.post_deposit, MENTORSHIP, 1, key="d2")
    books.claim()
    assert books.holds("payable") == 350_000


def test_a_claim_beyond_what_was_reserved_is_refused_naming_the_source(books):
    books.agree(visits=1)
    books.claim(1)
    broken = refused(books, "부족해 지급을 승인할 수 없습니다", verbs_claims.post_draw, MENTORSHIP, 2, VISIT)
    assert broken.facts == {"source": "국비", "missing": "175,000"}


def test_a_firm_may_pay_before_the_agreement_but_not_beyond_it(books):
    books.do(verbs.post_deposit, MENTORSHIP, 100_000, key="d1")
    books.do(verbs.post_reserve, MENTORSHIP, VISIT.times(24))
    broken = refused(books, "기업이 더 내야 할 금액을", verbs.post_deposit, MENTORSHIP, 740_001, key="d2")
    assert broken.facts == {"open": "740,000"}
    books.do(verbs.post_deposit, MENTORSHIP, 740_000, key="d2")
    assert books.holds("reserved", "firm") == 24 * 35_000


def test_doing_it_twice_does_it_once(books):
    books.agree()
    first = books.claim(1)
    assert books.claim(1).id == first.id
    paid = books.do(verbs_claims.post_pay, 1, Income.BUSINESS)
    assert books.do(verbs_claims.post_pay, 1, Income.OTHER).id == paid.id
    assert books.holds("paid") + books.holds("withheld") == 350_000
    broken = refused(books, "다른 내용이 이미", verbs.post_local, 5, key="m1")
    assert broken.conflict
    broken = refused(books, "다른 내용이 이미", verbs.post_matching, 5, key="m1")
    assert broken.conflict


def test_withholding_is_split_over_the_sources_and_adds_up(books):
    books.agree()
    books.claim()
    books.do(verbs_claims.post_pay, 1, Income.OTHER)
    kept = {source: books.holds("withheld", source) for source in ("government", "sponsor", "firm")}
    assert kept == {"government": 15_400, "sponsor": 12_320, "firm": 3_080}
    assert books.holds("paid") == 350_000 - 30_800
    assert verbs_claims.pay_of(books.programme, 1, Income.OTHER).net == 319_200


def test_what_is_left_is_free_again_and_the_firm_owes_nothing_more(books):
    books.agree(visits=24, deposit=100_000)
    books.claim()
    books.do(verbs_claims.post_release, MENTORSHIP)
    assert (books.holds("reserved"), books.holds("pledged", "firm")) == (0, 0)
    assert books.holds("cash", "firm") == 65_000
    assert books.holds("cash", "government") == 10_000_000 - 175_000
    assert books.do(verbs_claims.post_release, MENTORSHIP, key="again") is None
    books.do(verbs_claims.post_return, Source.FIRM, 65_000, key="b1", mentorship_id=MENTORSHIP)
    books.do(verbs_claims.post_return, Source.SPONSOR, 1_000, key="b2", sponsor_id=books.first.id)
    broken = refused(books, "반납할 수 없습니다", verbs_claims.post_return, Source.LOCAL, 3, key="b3")
    assert broken.facts == {"source": "지방비", "missing": "3"}
    assert (books.holds("returned", "firm"), books.holds("returned", "sponsor")) == (65_000, 1_000)
    assert replay(books.programme) == []


def test_misused_pay_is_owed_back_by_source_and_comes_back(books):
    books.agree()
    books.claim()
    books.do(verbs_claims.post_pay, 1, Income.BUSINESS)
    refused(books, "환수할 수 있는 금액은 338,450원", verbs_claims.post_recovery, 1, 338_451, key="c1")
    books.do(verbs_claims.post_recovery, 1, 300_000, key="c1")
    assert books.holds("recovery_due") == 300_000
    refused(books, "환수금은 300,000원", verbs_claims.post_recovered, 1, 300_001, key="c2")
    free = books.holds("cash")
    books.do(verbs_claims.post_recovered, 1, 200_000, key="c2")
    books.do(verbs_claims.post_recovered, 1, 100_000, key="c3", to=AccountKind.RETURNED)
    assert books.holds("cash") == free + 200_000
    assert (books.holds("recovery_due"), books.holds("returned")) == (0, 100_000)
    assert replay(books.programme) == []


def test_a_wrong_receipt_is_undone_once_while_its_money_is_free(books):
    wrong = books.do(verbs.post_matching, 1_000, key="m2")
    books.do(verbs.post_correction, wrong, memo="잘못 등록")
    assert books.holds("cash", "government") == 10_000_000
    assert refused(books, "이미 정정한", verbs.post_correction, wrong, memo="x").conflict
    books.agree()
    receipt = LedgerTransaction.with_key(books.programme.id, "m1")
    broken = refused(books, "정정할 수 없습니다", verbs.post_correction, receipt, memo="x")
    assert broken.facts == {"free": "5,800,000"}
    reserve = LedgerTransaction.with_key(books.programme.id, f"reserve:{MENTORSHIP}")
    refused(books, "입금 거래만", verbs.post_correction, reserve, memo="x")


def test_a_deposit_undone_after_the_agreement_is_owed_again(books):
    early = books.do(verbs.post_deposit, MENTORSHIP, 100_000, key="d1")
    books.do(verbs.post_reserve, MENTORSHIP, VISIT.times(24))
    books.do(verbs.post_correction, early, memo="다른 기업의 입금")
    assert (books.holds("reserved", "firm"), books.holds("pledged", "firm")) == (0, 840_000)


@pytest.mark.parametrize("amount", [0, -1, 1.5, True, float("inf"), "100", None])
def test_an_amount_that_is_no_whole_number_above_zero_is_never_posted(books, amount):
    with pytest.raises((ValueError, TypeError)):
        books.do(verbs.post_local, amount, key="x")
    assert books.holds("cash", "local") == 0


def test_a_claim_of_another_programme_is_not_paid_here(books):
    books.agree()
    books.claim()
    other = Books()
    refused(other, "승인되지 않은 청구", verbs_claims.post_pay, 1, Income.BUSINESS)


def test_outside_a_record_nothing_is_posted(books):
    with pytest.raises(RuntimeError, match="nothing is being recorded"):
        verbs.post_local(books.programme, 5, key="x")


def test_an_entry_of_the_record_names_what_was_posted_and_its_hash(books):
    done = books.do(verbs.post_local, 5, key="x")
    entry = db.session.query(AuditEntry).order_by(AuditEntry.id.desc()).first()
    assert entry.facts["ledger"] == {str(done.id): done.digest()}
    assert [(s.thing_type, s.thing_id) for s in entry.subjects] == [("ledger_transactions", done.id)]


def test_the_factory_of_contributions_posts_what_it_shows(app):
    programme = factories.programme()
    factories.contribution(programme, factories.organisation("sponsor"), 7)
    assert replay(programme) == []
