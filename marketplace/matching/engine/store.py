"""A segment's files: one array a file, mapped into memory, so that all workers of a machine share one copy.

A folder is written under another name first and then renamed, so that nobody ever reads half of one.
"""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from marketplace.matching.engine.columns import Columns
from marketplace.matching.engine.postings import Postings
from marketplace.matching.engine.reading import facets_of
from marketplace.matching.engine.segment import FACETS, Segment

_HEADER = 128  # bytes of a .npy file before its values
_PAGE = 4096  # bytes that are read from the disk at once, at least
_INDEXES = ("words", "letters")
_COLUMNS = ("topics", "held")
_POSTINGS = ("start", "rows", "counts", "ceilings", "row_start", "row_words", "row_counts", "length")
_ARRAYS = tuple(
    field.name for field in fields(Segment) if field.name not in ("keys", "values", *_INDEXES, *_COLUMNS)
)
_homes: WeakKeyDictionary[Segment, Path] = WeakKeyDictionary()  # the folder that each segment was loaded from


def save(segment: Segment, folder: Path, notes: Any = None) -> None:
    """Write a segment, and ``notes`` (JSON) beside it, as one folder; one that is there already stays."""
    if folder.exists():
        return
    draft = folder.with_name(f".{folder.name}-{uuid.uuid4().hex}")
    draft.mkdir(parents=True)
    try:
        for name in _ARRAYS:
            np.save(draft / f"{name}.npy", getattr(segment, name))
        for index in _INDEXES:
            postings: Postings = getattr(segment, index)
            for name in _POSTINGS:
                np.save(draft / f"{index}_{name}.npy", getattr(postings, name))
            _save_lines(draft / f"{index}.json", postings.words)
        for table in _COLUMNS:
            for part in fields(Columns):
                np.save(draft / f"{table}_{part.name}.npy", getattr(getattr(segment, table), part.name))
        _save_lines(draft / "keys.json", segment.keys)
        (draft / "notes.json").write_text(json.dumps(notes), "utf-8")
        draft.rename(folder)
    except OSError:
        shutil.rmtree(draft, ignore_errors=True)
        if not folder.exists():  # else another worker was faster
            raise


def load(folder: Path) -> tuple[Segment, Any]:
    """The segment of a folder, its arrays mapped read-only, and the notes. Raises OSError or ValueError when
    the folder is not whole."""
    arrays: dict[str, Any] = {name: _mapped(folder / f"{name}.npy") for name in _ARRAYS}
    indexes: dict[str, Any] = {
        index: Postings(
            _lines(folder / f"{index}.json"),
            *(_mapped(folder / f"{index}_{name}.npy") for name in _POSTINGS),
        )
        for index in _INDEXES
    }
    tables: dict[str, Any] = {
        table: Columns(*(_mapped(folder / f"{table}_{part.name}.npy") for part in fields(Columns)))
        for table in _COLUMNS
    }
    segment = Segment(keys=_lines(folder / "keys.json"), values=(), **indexes, **tables, **arrays)
    object.__setattr__(segment, "values", _values(segment))
    _homes[segment] = folder
    return segment, json.loads((folder / "notes.json").read_text("utf-8"))


def copy(segment: Segment, folder: Path) -> None:
    """``save`` under one more name: the files that the segment was loaded from are linked where that can be done,
    so that they cost nothing and outlive their first name. Raises OSError when they cannot be written."""
    home = _homes.get(segment)
    if home is not None:
        try:
            folder.mkdir(parents=True)
            for file in home.iterdir():
                (folder / file.name).hardlink_to(file)
            return
        except OSError:  # gone meanwhile, or on another disk
            shutil.rmtree(folder, ignore_errors=True)
    save(segment, folder)


def bring_in(segment: Segment) -> None:
    """Read what is mapped of a segment's numbers, so that nobody waits for the disk later, or takes the growth for
    a leak."""
    own = [getattr(segment, name) for name in _ARRAYS]
    own += [getattr(getattr(segment, index), name) for index in _INDEXES for name in _POSTINGS]
    own += [getattr(getattr(segment, table), part.name) for table in _COLUMNS for part in fields(Columns)]
    for array in own:
        array.view(np.uint8).ravel()[::_PAGE].max(initial=0)


def _values(segment: Segment) -> list[list[tuple[object, ...]]]:
    """What the classes mean, out of one profile of each."""
    found = []
    for facet, name in enumerate(FACETS):
        _, first = np.unique(segment.classes[facet], return_index=True)
        records = (segment.record(int(slot)) for slot in first)
        found.append([facets_of(profile, notes.held)[name] for profile, notes in records])
    return found


def _mapped(path: Path) -> Any:
    empty = path.stat().st_size <= _HEADER  # nothing to map
    loaded = np.load(path, mmap_mode=None if empty else "r", allow_pickle=False)
    return loaded.view(np.ndarray)  # a slice of a memmap costs ten times one of a plain array


def _save_lines(path: Path, lines: Sequence[str]) -> None:
    path.write_text(json.dumps(list(lines), ensure_ascii=False), "utf-8")


def _lines(path: Path) -> list[str]:
    lines: list[str] = json.loads(path.read_text("utf-8"))
    return lines
