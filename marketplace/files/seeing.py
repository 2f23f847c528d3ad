"""Who may see a file: whoever brought it, and whoever may see the thing that holds it.

This slice does not know what holds a file. A slice that does says so once, when it is imported::

    seen_by(lambda file, user: …)  # whether one of its things holds the file and the user may see that thing
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from marketplace.accounts.models import User
from marketplace.database import db
from marketplace.errors import NotFound
from marketplace.files.models import StoredFile

Resolver = Callable[[StoredFile, User], bool]
_resolvers: list[Resolver] = []


def seen_by(resolver: Resolver) -> Resolver:
    """Let a slice open files that its things hold; asked only about other people's uploads."""
    if resolver not in _resolvers:
        _resolvers.append(resolver)
    return resolver


def may_see(file: StoredFile, user: User) -> bool:
    """Whether the file is the user's own, or held by something that the user may see."""
    return user.is_active and (file.belongs_to(user) or any(sees(file, user) for sees in _resolvers))


def file_for(user: User, file_id: int) -> StoredFile:
    """The file, for somebody who may see it. Raises NotFound otherwise.

    A quarantined one is found by staff alone, who are told why; it is never handed out.
    """
    query = select(StoredFile).where(StoredFile.id == file_id).options(joinedload(StoredFile.uploaded_by))
    found = db.session.scalar(query)
    if found is None or not may_see(found, user) or (found.is_quarantined and not user.is_staff):
        raise NotFound(file_id)
    return found
