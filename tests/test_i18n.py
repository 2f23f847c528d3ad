"""Sentences whose places are filled read as a Korean writes them."""

import pytest

from marketplace.i18n import fitted, translate


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("제일인쇄", "제일인쇄가 왔습니다."),
        ("새한정밀", "새한정밀이 왔습니다."),
        ("대성(주)", "대성(주)가 왔습니다."),
        ("R-00010", "R-00010이 왔습니다."),
        ("2026-00012", "2026-00012가 왔습니다."),
        ("LG", "LG이(가) 왔습니다."),
        ("", "이(가) 왔습니다."),
    ],
)
def test_the_particle_fits_the_word_before_it(word, said):
    assert fitted("%(name)s이(가) 왔습니다.", {"name": word}) == said


def test_every_pair_of_particles_has_its_two_forms():
    for both, after_consonant, after_vowel in (
        ("을(를)", "을", "를"),
        ("은(는)", "은", "는"),
        ("와(과)", "과", "와"),
        ("과(와)", "과", "와"),
        ("(으)로", "으로", "로"),
    ):
        assert fitted(f"‘%(word)s’{both}", {"word": "강"}) == f"‘강’{after_consonant}"
        assert fitted(f"‘%(word)s’{both}", {"word": "차"}) == f"‘차’{after_vowel}"
    assert fitted("%(place)s(으)로", {"place": "서울"}) == "서울로"


def test_what_somebody_wrote_stays_as_it_is():
    assert fitted("사유: %(reason)s", {"reason": "차이(가) 100%입니다."}) == "사유: 차이(가) 100%입니다."


def test_a_mail_uses_the_fitting_particle():
    sentence = "%(firm)s와(과) %(expert)s 전문가의 매칭이 최종 승인을 기다립니다."
    assert translate(sentence, "ko", firm="새한정밀", expert="김").startswith("새한정밀과 김 전문가")
