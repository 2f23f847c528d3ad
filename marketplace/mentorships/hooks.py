"""Where slices above the mentorships join in with their course."""

from __future__ import annotations

from collections.abc import Callable

from marketplace.mentorships.models import Mentorship

#: Whether something of the reserved money may still be asked for, though the mentorship is stopped.
still_owed: list[Callable[[Mentorship], bool]] = []
