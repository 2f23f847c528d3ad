"""Files that staff bring in: uploaded, checked by a job, written all or nothing on a person's word."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, undefer

from marketplace import jobs
from marketplace.access import Permission, require
from marketplace.accounts.models import User
from marketplace.audit import recorded
from marketplace.civil import day_of
from marketplace.codes.actions import current_codebook
from marketplace.companies.limits import hold
from marketplace.database import Page, db, page_of, utcnow
from marketplace.errors import N_, NotFound, RuleBroken
from marketplace.events import Event
from marketplace.imports.columns import Progress, Sheet
from marketplace.imports.experts_sheet import read_experts
from marketplace.imports.faults import Fault
from marketplace.imports.models import ImportFile, ImportState
from marketplace.imports.payments_sheet import read_payments
from marketplace.imports.requests_sheet import read_requests
from marketplace.imports.writing import Plan, experts_plan, requests_plan
from marketplace.imports.writing_payments import payments_plan
from marketplace.jobs import Job
from marketplace.notifications import tell
from marketplace.programmes.models import Programme
from marketplace.taxonomy.actions import current_vocabulary

KEPT_FAULTS = 1000
CHECK, WRITE = "check_import", "write_import"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came in."""

    name: str
    content: bytes


def find_import(import_id: int, *, by: User) -> ImportFile:
    """The import with its job, if the reader's body brought it in; else NotFound."""
    require(by, Permission.IMPORT_ROWS)
    found = db.session.scalar(
        select(ImportFile)
        .where(ImportFile.id == import_id)
        .options(joinedload(ImportFile.job), joinedload(ImportFile.uploaded_by))
    )
    if found is None:
        raise NotFound(import_id)
    require(by, Permission.IMPORT_ROWS, found)
    return found


def imports_page(number: int, *, by: User) -> Page[ImportFile]:
    """What the reader's body brought in, newest first."""
    require(by, Permission.IMPORT_ROWS)
    query = (
        select(ImportFile)
        .where(ImportFile.uploaded_by.has(User.organisation_id == by.organisation_id))
        .options(joinedload(ImportFile.job), joinedload(ImportFile.uploaded_by))
        .order_by(ImportFile.id.desc())
    )
    return page_of(query, number)


def programmes_of(user: User) -> list[Programme]:
    """Open programmes that the operator runs; requests are imported into one of them."""
    return [programme for programme in Programme.open_now() if programme.operated_by(user)]


def upload(kind: str, file: Upload, programme: Programme | None, invite: bool, *, by: User) -> ImportFile:
    """Take a file in and have it checked; nothing is written yet."""
    require(by, Permission.IMPORT_ROWS)
    if programme is not None and not programme.operated_by(by):
        raise NotFound(programme.id)
    if not file.content:
        raise RuleBroken(N_("빈 파일입니다. 내용이 있는 파일을 올려 주십시오."), field="file")
    digest = hashlib.sha256(file.content).hexdigest()
    with recorded(by, Event.IMPORT_STARTED, None, name=file.name, kind=kind, sha256=digest) as record:
        taken = ImportFile(
            kind=kind,
            name=file.name,
            size=len(file.content),
            sha256=digest,
            content=file.content,
            uploaded_by_id=by.id,
            programme_id=programme.id if programme else None,
            summary={"invite": invite},
        )
        db.session.add(taken)
        db.session.flush()
        job = jobs.enqueue(CHECK, f"{CHECK}-{taken.id}", {"import": taken.id})
        db.session.flush()
        taken.job_id = job.id
        record.thing = taken
    return taken


def _sheet(file: ImportFile, on_progress: Progress | None) -> Sheet[Any]:
    if file.kind == "payments":
        return read_payments(io.BytesIO(file.content), file.name, on_progress=on_progress)
    read = read_experts if file.kind == "experts" else read_requests
    return read(
        io.BytesIO(file.content),
        file.name,
        book=current_codebook(),
        terms=current_vocabulary(),
        today=day_of(utcnow()),
        on_progress=on_progress,
    )


def _plan(file: ImportFile, sheet: Sheet[Any]) -> Plan:
    if file.kind == "experts":
        return experts_plan(sheet.rows)
    if file.kind == "payments":
        return payments_plan(sheet.rows, file.uploaded_by)
    programme = db.session.get_one(Programme, file.programme_id)
    return requests_plan(sheet.rows, programme)


def _loaded(import_id: int) -> ImportFile:
    query = select(ImportFile).where(ImportFile.id == import_id).options(undefer(ImportFile.content))
    return db.session.execute(query).scalar_one()


@jobs.handles(CHECK)
def check(job: Job) -> None:
    """The dry run: read the file, compare it with what is there, and say what would happen."""
    file = _loaded(job.payload["import"])
    if file.state != ImportState.WAITING:
        return
    job_id = job.id
    sheet = _sheet(file, lambda done, total: jobs.progress(job_id, done, total))
    faults = list(sheet.faults)
    counts = {"new": 0, "changed": 0, "same": 0}
    if not faults:
        plan = _plan(file, sheet)
        faults = list(plan.faults)
        counts = plan.counts()
    with recorded(None, Event.IMPORT_CHECKED, file, faults=len(faults), **counts):
        file.state = ImportState.FAULTY if faults else ImportState.CHECKED
        rows = len(sheet.table.rows) if sheet.table else 0
        file.summary = {
            **file.summary,
            **counts,
            "rows": rows,
            "faults": len(faults),
            "warnings": [warning.to_json() for warning in sheet.warnings[:KEPT_FAULTS]],
        }
        file.faults = [fault.to_json() for fault in faults[:KEPT_FAULTS]]


def write(file: ImportFile, *, by: User) -> None:
    """Have a checked file written: all of its rows, or none."""
    require(by, Permission.IMPORT_ROWS, file)
    with recorded(by, Event.IMPORT_STARTED, file, step="write"):
        held = db.session.get_one(ImportFile, file.id, with_for_update=True, populate_existing=True)
        if held.state != ImportState.CHECKED:
            raise RuleBroken(
                N_("점검을 마친 파일만 저장할 수 있습니다. 새로 고쳐 확인해 주십시오."), conflict=True
            )
        held.state, held.decided_at = ImportState.WRITING, utcnow()
        job = jobs.enqueue(WRITE, f"{WRITE}-{held.id}", {"import": held.id, "by": by.id})
        db.session.flush()
        held.job_id = job.id


def discard(file: ImportFile, *, by: User) -> None:
    """Drop a file that was not written."""
    require(by, Permission.IMPORT_ROWS, file)
    with recorded(by, Event.IMPORT_DISCARDED, file):
        held = db.session.get_one(ImportFile, file.id, with_for_update=True, populate_existing=True)
        if held.state in (ImportState.WRITING, ImportState.WRITTEN):
            raise RuleBroken(N_("이미 저장을 시작해 취소할 수 없습니다."), conflict=True)
        held.state, held.decided_at = ImportState.DISCARDED, utcnow()


@jobs.handles(WRITE)
def write_checked(job: Job) -> None:
    """Write every row in one transaction. A file that no longer fits what is there is handed back as faulty."""
    file = _loaded(job.payload["import"])
    if file.state != ImportState.WRITING:
        return
    by = db.session.get_one(User, job.payload["by"])
    sheet = _sheet(file, None)
    with recorded(by, Event.ROWS_IMPORTED, file, kind=file.kind) as record:
        jobs.settle()
        if file.programme_id is not None:
            hold(file.programme_id)  # nobody hands a request in between the look and the writing
        plan = _plan(file, sheet)
        if plan.faults:
            file.state = ImportState.FAULTY
            file.faults = [fault.to_json() for fault in plan.faults[:KEPT_FAULTS]]
            record.facts["faults"] = len(plan.faults)
        else:
            plan.write(invite=bool(file.summary.get("invite")))
            file.state = ImportState.WRITTEN
            record.facts.update(plan.counts())
        tell(
            by,
            Event.ROWS_IMPORTED,
            N_("‘%(name)s’ 파일의 저장이 끝났습니다.")
            if not plan.faults
            else N_("‘%(name)s’ 파일을 저장하지 못했습니다. 고칠 곳을 확인해 주십시오."),
            f"/imports/{file.id}",
            name=file.name,
        )


def faults_and_table(file: ImportFile, *, by: User) -> tuple[list[Fault], Any]:
    """All faults of a file and its cells, read again for the marked workbook."""
    require(by, Permission.IMPORT_ROWS, file)
    sheet = _sheet(_loaded(file.id), None)
    faults = list(sheet.faults)
    if not faults:
        faults = list(_plan(file, sheet).faults)
    return faults, sheet.table
