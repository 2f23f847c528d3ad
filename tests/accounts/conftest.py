"""Cheap hashing for the tests of accounts; the algorithm stays."""

import pytest
from argon2 import PasswordHasher

from marketplace.accounts import passwords


@pytest.fixture(autouse=True)
def cheap_hashing(monkeypatch):
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    passwords._nobody.cache_clear()
    yield
    passwords._nobody.cache_clear()
