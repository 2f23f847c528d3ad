"""Signed links for mails: they name a purpose, a person and a stamp that changes once the link was used."""

from __future__ import annotations

from itsdangerous import BadData, URLSafeTimedSerializer

from marketplace import settings

MAX_AGE = {"confirm": 3 * 86400, "reset": 3600, "invite": 14 * 86400, "visit": 14 * 86400}  # seconds


def _signer(purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(settings.current().secret_key, salt=f"link:{purpose}")


def sign(purpose: str, user_id: int, stamp: str) -> str:
    """A token for this purpose, person and stamp."""
    return _signer(purpose).dumps([user_id, stamp])


def read(purpose: str, token: str) -> tuple[int, str] | None:
    """The person and stamp of a token; None when it is forged, broken or too old."""
    try:
        user_id, stamp = _signer(purpose).loads(token[:500], max_age=MAX_AGE[purpose])
    except (BadData, ValueError, TypeError):
        return None
    return int(user_id), str(stamp)
