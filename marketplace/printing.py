"""Papers printed by typst: the same data give the same bytes.

A layout is a file of ``data/print``, the letters are those of ``data/fonts``; nothing else of the machine is looked
at. Layouts set what they are given as text and compute nothing.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from datetime import datetime
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any, Literal

import typst

from marketplace.civil import SEOUL

DATA = Path(str(resources.files("marketplace"))) / "data"
NO_PICTURES: Mapping[str, bytes] = MappingProxyType({})


def pdf_of(
    layout: str, data: dict[str, Any], made: datetime, pictures: Mapping[str, bytes] = NO_PICTURES
) -> bytes:
    """The paper as a PDF; ``made`` is the date that stands in the file.

    ``pictures`` are JPEGs by the name under which the layout asks for them.
    """
    printed: bytes = _compiled(layout, data, made, "pdf", pictures)
    return printed


def picture_of(
    layout: str,
    data: dict[str, Any],
    made: datetime,
    page: int = 0,
    pictures: Mapping[str, bytes] = NO_PICTURES,
) -> bytes:
    """One page of the paper as a PNG, to be looked at."""
    pages: Any = _compiled(layout, data, made, "png", pictures)
    picture: bytes = pages[page] if isinstance(pages, list) else pages
    return picture


def _compiled(
    layout: str,
    data: dict[str, Any],
    made: datetime,
    kind: Literal["pdf", "png"],
    pictures: Mapping[str, bytes],
) -> Any:
    with TemporaryDirectory() as folder:  # typst reads nothing outside the layout's own folder
        paper = Path(shutil.copy(DATA / "print" / f"{layout}.typ", folder))
        for name, content in pictures.items():
            paper.with_name(name).write_bytes(content)
        return typst.compile(
            str(paper),
            font_paths=[str(DATA / "fonts")],
            ignore_system_fonts=True,
            format=kind,
            ppi=110,
            sys_inputs={"data": json.dumps(data, ensure_ascii=False, sort_keys=True)},
            timestamp=int(made.timestamp()),
        )


def moment(value: datetime) -> str:
    """A moment in Seoul to the second, as a paper writes it."""
    return value.astimezone(SEOUL).strftime("%Y. %m. %d. %H:%M:%S")
