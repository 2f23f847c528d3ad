"""What becomes of a file: its name, its size, and what a process of its own finds inside it.

Pure: no Flask, no database. Nothing here decodes what came in.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from dataclasses import asdict
from pathlib import Path

from marketplace.files.kinds import EXTENSIONS, MEGABYTE, Kind, Limits
from marketplace.files.names import clean_name, split
from marketplace.files.verdicts import Finding, Outcome, Reason, Refused, Verdict, from_line

ROOT = Path(__file__).resolve().parents[2]
#: Judgements that run at once on one machine: four take at most 800 MB.
_AT_ONCE = threading.BoundedSemaphore(4)


def judge(path: Path, name: str, limits: Limits | None = None) -> Verdict:
    """Judge a file by its content; ``name`` is what the person called it.

    At most ``limits.seconds`` and ``limits.memory`` are spent. A picture is written anew beside the file, to
    ``path`` with ``.clean`` added, which is then the verdict's ``content``.
    """
    limits = limits or Limits()
    path = path.absolute()  # the other process stands in another folder
    out = path.with_name(f"{path.name}.clean")
    try:
        cleaned = clean_name(name)
        size = path.stat().st_size
        if size == 0:
            raise Refused(Reason.EMPTY)
        if size > limits.file:
            raise Refused(Reason.TOO_LARGE, limit=str(limits.file // MEGABYTE))
        found = _found_inside(path, split(cleaned)[1], out, limits)
    except Refused as refused:
        out.unlink(missing_ok=True)
        return Verdict(Outcome.REFUSED, reason=refused.reason, facts=refused.facts)
    return Verdict(
        Outcome.QUARANTINED if found.quarantine else Outcome.KEPT,
        name=_renamed(cleaned, found.kind),
        kind=found.kind,
        reason=found.quarantine,
        taken_at=found.taken_at,
        content=out if found.rewritten else path,
    )


def _renamed(name: str, kind: Kind) -> str:
    """The name with an extension of the kind that is kept: a HEIC photo is kept as a JPEG."""
    stem, extension = split(name)
    return name if extension in EXTENSIONS[kind] else f"{stem}.{EXTENSIONS[kind][0]}"


def _found_inside(path: Path, extension: str, out: Path, limits: Limits) -> Finding:
    command = [sys.executable, "-m", "marketplace.files.inside", str(path), extension, str(out)]
    command.append(json.dumps(asdict(limits)))
    # Of our environment only the path: no secret is where hostile bytes are decoded. One arena of memory, since
    # each would count whole against the limit.
    environment = {"PATH": os.defpath, "LANG": "C.UTF-8", "MALLOC_ARENA_MAX": "1", "PYTHONSAFEPATH": "1"}
    environment["PYTHONPATH"] = str(ROOT)
    with _AT_ONCE:
        try:
            done = subprocess.run(  # noqa: S603 - our own interpreter and module; the path is one we made
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=ROOT,
                env=environment,
                timeout=limits.seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise Refused(Reason.TOO_HARD) from None
    try:
        answer = from_line(done.stdout.decode("utf-8")) if done.returncode == 0 else None
    except (ValueError, KeyError):
        answer = None
    if answer is None:
        raise Refused(Reason.TOO_HARD)  # ended by a limit, or by bytes that no library stands
    if isinstance(answer, Refused):
        raise answer
    return answer
