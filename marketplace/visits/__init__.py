"""Visits: the expert's log, the firm's confirmation, the operator's review."""
