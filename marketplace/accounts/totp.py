"""The second factor: time-based codes of an authenticator app, and recovery codes for its loss."""

from __future__ import annotations

import secrets
import time
from io import BytesIO

import pyotp
import segno

PERIOD = 30  # seconds that a code lasts
ISSUER = "Smart Manufacturing Experts"
RECOVERY_CODES = 10
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # without letters that are mistaken for others


def new_secret() -> str:
    """A fresh secret, 32 base32 characters."""
    return pyotp.random_base32()


def uri(secret: str, email: str) -> str:
    """What the authenticator app reads from the QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER)


def qr_svg(secret: str, email: str) -> str:
    """The QR code as one inline SVG element, without inline styles."""
    out = BytesIO()
    code = segno.make(uri(secret, email), error="m")
    code.save(out, kind="svg", xmldecl=False, svgns=False, scale=5, border=4, light="#ffffff", nl=False)
    return out.getvalue().decode()


def matching_step(secret: str, code: str, after: int | None, now: float | None = None) -> int | None:
    """The time step whose code this is, one step of clock error allowed; None when there is none.

    Steps up to ``after`` are used up: a code works once.
    """
    code = "".join(code.split())
    if len(code) != 6 or not (code.isascii() and code.isdigit()):
        return None
    current = int((time.time() if now is None else now) // PERIOD)
    generator = pyotp.TOTP(secret)
    for step in (current - 1, current, current + 1):
        fresh = after is None or step > after
        if secrets.compare_digest(generator.generate_otp(step), code) and fresh:
            return step
    return None


def new_recovery_codes() -> list[str]:
    """Ten codes like k7mpx-3hvqe, about 49 bits each."""

    def part() -> str:
        return "".join(secrets.choice(_ALPHABET) for _ in range(5))

    return [f"{part()}-{part()}" for _ in range(RECOVERY_CODES)]


def normal_recovery_code(code: str) -> str:
    """A recovery code as it was given out, however it was typed."""
    plain = "".join(c for c in code.casefold() if c.isalnum())
    return f"{plain[:5]}-{plain[5:]}"
