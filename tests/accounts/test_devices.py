"""Browsers are named as people call them."""

import pytest

from marketplace.accounts.devices import named

KHTML = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        (
            f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {KHTML} Chrome/126.0.0.0 Safari/537.36",
            "Chrome, Windows",
        ),
        (f"Mozilla/5.0 (Windows NT 10.0) {KHTML} Chrome/126.0 Safari/537.36 Edg/126.0", "Edge, Windows"),
        (
            f"Mozilla/5.0 (Linux; Android 14; SM-S918N) {KHTML} SamsungBrowser/25.0 Chrome/121.0 Mobile Safari/537.36",
            "Samsung Internet, Android",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile Safari/604.1",
            "Safari, iPhone",
        ),
        ("Werkzeug/3.1", "Werkzeug/3.1"),
        ("x" * 200, "x" * 40),
        ("", ""),
    ],
)
def test_a_browser_is_named_as_people_call_it(agent: str, said: str) -> None:
    assert named(agent) == said
