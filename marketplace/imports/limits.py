"""How large an import may be. Every limit ends in a sentence for the user, never in a full memory."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes (``file`` as it arrives, ``unpacked`` after unzipping), counts, lengths in characters.

    ``cells`` bounds rows x columns of a sheet, since a workbook with two far-off cells unfolds to all of it.
    ``line`` and ``prose`` bound one-line and free texts. ``faults`` bounds how many are listed.
    """

    file: int
    unpacked: int
    rows: int
    columns: int
    cells: int
    line: int
    prose: int
    faults: int


#: Uploads: 100,000 rows and free texts of 4,000 characters.
WEB = Limits(
    file=50 * MEGABYTE,
    unpacked=300 * MEGABYTE,
    rows=100_000,
    columns=200,
    cells=5_000_000,
    line=120,
    prose=4_000,
    faults=5_000,
)

#: Commands on one's own machine: a million rows and free texts of a million characters.
FILES = Limits(
    file=4_000 * MEGABYTE,
    unpacked=4_000 * MEGABYTE,
    rows=1_000_000,
    columns=1_000,
    cells=50_000_000,
    line=10_000,
    prose=1_000_000,
    faults=1_000_000,
)
