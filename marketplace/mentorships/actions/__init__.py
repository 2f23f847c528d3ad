"""What can be done to an agreement and its mentorship, one function per verb. See ``states`` for what follows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from marketplace.mentorships.actions.drafting import propose, save
from marketplace.mentorships.actions.opening import open_agreement
from marketplace.mentorships.actions.running import pause, resume, stop
from marketplace.mentorships.actions.signing import decline, sign

#: The verbs of ``states.TRANSITIONS`` that this slice does, and the functions that do them.
VERBS: dict[str, Callable[..., Any]] = {
    "save": save,
    "propose": propose,
    "sign": sign,
    "sign_last": sign,
    "decline": decline,
    "pause": pause,
    "resume": resume,
    "stop": stop,
}

__all__ = ["VERBS", "decline", "open_agreement", "pause", "propose", "resume", "save", "sign", "stop"]
