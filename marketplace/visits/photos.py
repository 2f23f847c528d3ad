"""The photos of a visit log: which are taken, who sees them, and where one was handed in before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, select

from marketplace.access import Permission, may
from marketplace.accounts.models import User
from marketplace.database import db
from marketplace.errors import N_, RuleBroken
from marketplace.files.actions import Prepared
from marketplace.files.kinds import PICTURES
from marketplace.files.models import StoredFile
from marketplace.files.seeing import seen_by
from marketplace.visits.models import Visit, VisitPhoto, VisitVersion

FIELD = "photos"
MOST = 5


def added(photos: Sequence[Prepared], by: User, *, to: Sequence[StoredFile] = ()) -> list[StoredFile]:
    """The photos that a version shows: ``to`` and the new ones, each once, within the running transaction.

    Raises RuleBroken at ``photos`` when one is no picture, or when they are more than ``MOST``.
    """
    for photo in photos:
        if photo.kind not in PICTURES:
            raise RuleBroken(
                N_("‘%(name)s’ 파일은 사진이 아닙니다. JPEG, PNG, HEIC 사진을 골라 주십시오."),
                field=FIELD,
                name=photo.name,
            )
    files = {file.id: file for file in [*to, *(photo.row(by) for photo in photos)]}
    if len(files) > MOST:
        raise RuleBroken(
            N_("사진은 %(most)d장까지 올릴 수 있습니다. 골라서 다시 올려 주십시오."), field=FIELD, most=MOST
        )
    return list(files.values())


def shown_before(visit: Visit) -> list[Visit]:
    """Other visits of whose log a version shows a photo of this one's newest version; the oldest first.

    Staff are told, because a photo says little about a visit when it was handed in for another one.
    """
    hashes = [photo.file.sha256 for photo in visit.versions[-1].photos]
    if not hashes:
        return []
    query = _showing(StoredFile.sha256.in_(hashes)).where(Visit.id != visit.id)
    return list(db.session.scalars(query.order_by(Visit.starts_at, Visit.id).limit(20)))


def _showing(which: ColumnElement[bool]) -> Select[Any]:
    """The visits of whose log a version shows such a file."""
    shown = select(VisitVersion.visit_id).join(VisitVersion.photos).join(VisitPhoto.file).where(which)
    return select(Visit).where(Visit.id.in_(shown))


@seen_by
def _with_its_visit(file: StoredFile, user: Any) -> bool:
    """A photo is seen by whoever may see a visit that shows it."""
    visits = db.session.scalars(_showing(StoredFile.id == file.id))
    return any(may(user, Permission.SEE_MENTORSHIP, visit) for visit in visits)
