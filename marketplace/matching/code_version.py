"""Names the code that scores are made by: a stored ranking, and a stored index, are of one version of it."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import metadata, resources

_SOURCES = (  # whatever a score depends on, in the folder of the package
    "codes/book.py",
    "matching/details.py",
    "matching/engine/columns.py",
    "matching/engine/kernels.py",
    "matching/engine/needs.py",
    "matching/engine/parts.py",
    "matching/engine/postings.py",
    "matching/engine/query.py",
    "matching/engine/reading.py",
    "matching/engine/records.py",
    "matching/engine/related.py",
    "matching/engine/segment.py",
    "matching/engine/state.py",
    "matching/engine/table.py",
    "matching/engine/texts.py",
    "matching/engine/values.py",
    "matching/exclusion.py",
    "matching/explanation.py",
    "matching/features_profile.py",
    "matching/organisations.py",
    "matching/profiles.py",
    "matching/ranker.py",
    "matching/rules.py",
    "matching/scoring.py",
    "matching/weights.py",
    "programmes/conflicts.py",
    "taxonomy/symptoms.py",
    "taxonomy/text.py",
    "taxonomy/vocabulary.py",
)


@cache
def code_version() -> str:
    """The package's version and the first 16 hex digits of the SHA-256 of the ranker's sources."""
    try:
        version = metadata.version("marketplace")
    except metadata.PackageNotFoundError:  # run from the source tree
        version = "source"
    whole = hashlib.sha256()
    for name in _SOURCES:
        whole.update(resources.files("marketplace").joinpath(name).read_bytes())
    return f"{version[:20]}+{whole.hexdigest()[:16]}"
