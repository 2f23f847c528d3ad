"""Loads the reference data of the package into the database: taxonomy, codes, KPI, consent texts, programme.

Loading twice changes nothing; what staff edited is kept unless the package holds a newer version.
"""

from __future__ import annotations


def load_reference() -> None:
    """Load everything (written by the reference slice)."""
