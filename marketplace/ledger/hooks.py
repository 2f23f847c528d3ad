"""Where slices above the ledger join in with what it does by itself."""

from __future__ import annotations

from collections.abc import Callable

from marketplace.ledger.states import TransactionKind

#: Hears, within the running record, that pay is to come back (RECOVERY) or came back (RECOVERED): of which claim, how
#: much in won, and why.
on_recovery: list[Callable[[TransactionKind, int, int, str], None]] = []
