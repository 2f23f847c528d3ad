"""Settings: documented, and safe before going live."""

import pytest
from pydantic import ValidationError

from marketplace.settings import Settings

SAFE = {
    "mode": "production",
    "secret_key": "x" * 40,
    "base_url": "https://match.example.kr",
    "staff_totp": "required",
    "mail": "smtp",
}


def test_production_starts_with_safe_settings():
    assert Settings(**SAFE).mode == "production"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("secret_key", "change-me-before-going-live"),
        ("secret_key", "short"),
        ("base_url", "http://match.example.kr"),
        ("staff_totp", "off"),
        ("mail", "outbox"),
    ],
)
def test_production_refuses_to_start_with_an_unsafe_setting(name, value):
    with pytest.raises(ValidationError, match=f"MARKETPLACE_{name.upper()}"):
        Settings(**{**SAFE, name: value})


def test_every_setting_says_what_it_means():
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []
