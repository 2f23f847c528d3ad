"""Brings both catalogues up to date with the sentences in code and templates.

Korean is the language the sentences are written in, so its catalogue fills itself. New English entries are
left empty; tests/architecture/test_languages.py names them until somebody translates them.

Run: .venv/bin/python scripts/messages.py
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
KEYWORDS = {"_": None, "gettext": None, "lazy_gettext": None, "_l": None, "N_": None, "ngettext": (1, 2)}
METHODS = [("marketplace/**.py", "python"), ("templates/**.html", "jinja2")]
OPTIONS = {"templates/**.html": {"encoding": "utf-8"}}


def extracted() -> Catalog:
    """Every sentence of the code, with where it stands."""
    catalogue = Catalog(project="marketplace", charset="utf-8", fuzzy=False)
    found = extract_from_dir(
        str(ROOT), method_map=METHODS, options_map=OPTIONS, keywords=KEYWORDS,
        directory_filter=lambda path: Path(path).name in ("marketplace", "templates")
        or any(part in ("marketplace", "templates") for part in Path(path).relative_to(ROOT).parts),
    )  # fmt: skip
    for filename, _line, message, _comments, context in found:
        catalogue.add(message, None, [(filename, 1)], context=context)
    return catalogue


def path_of(language: str) -> Path:
    """Where a language's catalogue lies."""
    return ROOT / "marketplace" / "translations" / language / "LC_MESSAGES" / "messages.po"


def stored(language: str) -> Catalog:
    """A language's catalogue as it is kept; empty when there is none yet."""
    path = path_of(language)
    if not path.exists():
        return Catalog(locale=language, project="marketplace", charset="utf-8", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def update(language: str) -> int:
    """Bring a catalogue up to date; how many entries are still empty."""
    template, known = extracted(), stored(language)
    fresh = Catalog(locale=language, project="marketplace", charset="utf-8", fuzzy=False)
    fresh.header_comment = "# Sentences of the marketplace; brought up to date by scripts/messages.py."
    fresh.revision_date = fresh.creation_date = datetime(2026, 11, 22, tzinfo=UTC)  # fixed, for quiet diffs
    fresh.msgid_bugs_address = fresh.last_translator = fresh.language_team = "marketplace"
    missing = 0
    for message in template:
        if not message.id:
            continue
        old = known.get(message.id, message.context)
        if language == "ko":
            text = message.id
        else:
            text = old.string if old is not None and old.string else ""
        missing += not text
        files = sorted({(name, 1) for name, _ in message.locations})
        fresh.add(message.id, text, files, context=message.context, flags=message.flags)
    path_of(language).parent.mkdir(parents=True, exist_ok=True)
    with path_of(language).open("wb") as file:
        write_po(file, fresh, width=110, sort_output=True, include_lineno=False, omit_header=False)
    return missing


if __name__ == "__main__":
    for code in ("ko", "en"):
        print(code, "without translation:", update(code))
