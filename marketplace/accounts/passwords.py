"""Passwords: how they are kept (argon2id) and which ones are taken."""

from __future__ import annotations

import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from marketplace.errors import N_, RuleBroken

LEAST, MOST = 10, 128  # characters
# OWASP's second choice for argon2id: one thread and 19 MB, so that a rush of sign-ins cannot eat the memory.
_hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)

# Long enough for the length rule, and still among the first that anybody would try here.
_COMMON = frozenset(
    """
    1234567890 0123456789 0987654321 9876543210 12345678910 123456789a a123456789 1q2w3e4r5t q1w2e3r4t5
    1qaz2wsx3edc qwertyuiop qwerty1234 qwerty12345 qwer123456 asdfghjkl1 asdf123456 zxcvbnm123 zxcvbnm1234
    abcdefghij abcd123456 abc1234567 abcdefg123 password12 password123 password1234 passw0rd123 p@ssw0rd123
    p@ssword123 admin12345 admin123456 administrator welcome123 welcome1234 letmein123 iloveyou12 iloveyou123
    sunshine123 princess123 dragon1234 monkey1234 football123 baseball123 superman123 korea12345 korea123456
    seoul12345
    daehanminguk daehan1234 samsung123 samsung1234 hyundai123 hyundai1234 smartfactory smartfactory1
    factory1234 company1234 expert1234 changeme123 changeme1234 dkssudgktpdy rlaqkqqhRdma tkfkdgo123
    tkfkdgo1234 qlalfqjsgh qlalfqjsgh1 qlalfqjsgh123 tkdtodzotvmfl 1111111111 0000000000 2222222222
    7777777777 8888888888 9999999999 1212121212 1122334455 1123581321 1357924680 1010101010 aaaaaaaaaa
    """.lower().split()
)


def normal(password: str) -> str:
    """One normal form, so that the same keys give the same password on every keyboard and system."""
    return unicodedata.normalize("NFC", password)


def hashed(password: str) -> str:
    """The argon2id hash of a password, with its parameters and salt (about 20 ms and 19 MB)."""
    return _hasher.hash(_bytes(password))


@cache
def _nobody() -> str:
    """A hash that no password fits, so that an unknown account takes as long as a known one."""
    return _hasher.hash(b"\x00nobody")


def fits(password: str, kept: str | None) -> bool:
    """Whether the password is the one whose hash is kept; takes as long when there is none."""
    if len(password) > MOST:
        return False
    try:
        return _hasher.verify(kept or _nobody(), _bytes(password)) and kept is not None
    except (Argon2Error, InvalidHashError):
        return False


def _bytes(password: str) -> bytes:
    return normal(password).encode("utf-8", "replace")


def check(password: str, email: str, *, field: str = "password") -> None:
    """Refuse a password that is too short, too long or easily guessed; RuleBroken at ``field``."""
    password = normal(password)
    if len(password) < LEAST:
        raise RuleBroken(N_("비밀번호는 %(least)d자 이상으로 정해 주십시오."), field=field, least=LEAST)
    if len(password) > MOST:
        raise RuleBroken(N_("비밀번호는 %(most)d자 이내로 정해 주십시오."), field=field, most=MOST)
    if any(unicodedata.category(c) == "Cc" for c in password):
        raise RuleBroken(N_("비밀번호에 쓸 수 없는 글자가 있습니다. 다시 입력해 주십시오."), field=field)
    low = password.casefold()
    address = email.casefold()
    if low in (address, address.partition("@")[0]):
        raise RuleBroken(N_("이메일 주소와 다른 비밀번호로 정해 주십시오."), field=field)
    if low in _COMMON or len(set(low)) < 4:
        raise RuleBroken(
            N_("널리 쓰여 쉽게 알아낼 수 있는 비밀번호입니다. 다른 비밀번호로 정해 주십시오."), field=field
        )
