"""The vocabulary in force, and how staff change it: a new state is a new version; terms are never deleted."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from marketplace.access import Permission, require
from marketplace.audit import recorded
from marketplace.database import db
from marketplace.errors import N_, NotFound, RuleBroken
from marketplace.events import Event
from marketplace.taxonomy.models import Group, TaxonomyVersion, Term
from marketplace.taxonomy.vocabulary import Term as Entry
from marketplace.taxonomy.vocabulary import Vocabulary, compact


def newest_version() -> TaxonomyVersion | None:
    """The version in force."""
    return db.session.scalar(select(TaxonomyVersion).order_by(TaxonomyVersion.number.desc()).limit(1))


_by_digest: dict[str, Vocabulary] = {}


def current_vocabulary() -> Vocabulary:
    """The vocabulary in force; read from the database only when its version changed. One statement else."""
    version = newest_version()
    digest = version.digest if version else ""
    known = _by_digest.get(digest)
    if known is None:
        known = Vocabulary(_entries(), version=str(version.number) if version else "0")
        while len(_by_digest) >= 4:
            _by_digest.pop(next(iter(_by_digest)))
        _by_digest[digest] = known
    return known


def _entries() -> list[Entry]:
    return [
        Entry(
            id=term.code,
            group=term.group_code,
            ko=term.name_ko,
            en=term.name_en,
            synonyms=tuple(term.synonyms),
            replaced_by=term.replaced_by,
            symptoms=(*term.symptoms_ko, *term.symptoms_en),
            methods=tuple(term.methods_ko),
        )
        for term in db.session.scalars(select(Term).order_by(Term.code))
    ]


def groups() -> list[Group]:
    """The groups in their order."""
    return list(db.session.scalars(select(Group).order_by(Group.position)))


def terms(search: str = "", group: str = "") -> list[Term]:
    """Terms, current and replaced, by code; narrowed by group and by words in names or synonyms."""
    query = select(Term).order_by(Term.code)
    if group:
        query = query.where(Term.group_code == group)
    wanted = compact(search)
    return [
        term
        for term in db.session.scalars(query)
        if not wanted
        or any(wanted in compact(name) for name in (term.code, term.name_ko, term.name_en, *term.synonyms))
    ]


def choices() -> list[tuple[str, list[tuple[str, str, str]]]]:
    """Current terms for a picker: (group name in Korean, [(id, Korean, English)]) in order."""
    query = select(Term).where(Term.replaced_by.is_(None)).order_by(Term.code)
    by_group: dict[str, list[tuple[str, str, str]]] = {}
    for term in db.session.scalars(query):
        by_group.setdefault(term.group_code, []).append((term.code, term.name_ko, term.name_en))
    return [(group.name_ko, by_group.get(group.code, [])) for group in groups()]


def term_with(code: str) -> Term:
    """The term with this id, or NotFound."""
    found = db.session.scalar(select(Term).where(Term.code == code))
    if found is None:
        raise NotFound(code)
    return found


def put_version(note: str) -> TaxonomyVersion:
    """Give the present content the next number, within the running transaction."""
    db.session.flush()
    number = (db.session.scalar(select(func.max(TaxonomyVersion.number))) or 0) + 1
    digest = Vocabulary(_entries()).digest
    version = TaxonomyVersion(number=number, digest=digest, note=note)
    db.session.add(version)
    return version


def save_term(code: str, values: dict[str, Any], *, by: Any) -> Term:
    """Add or change a term; no name or synonym may mean two terms."""
    require(by, Permission.EDIT_REFERENCE)
    with recorded(by, Event.TERM_SAVED, None, term=code) as record:
        term = db.session.scalar(select(Term).where(Term.code == code))
        if term is None:
            number = (db.session.scalar(select(func.max(TaxonomyVersion.number))) or 0) + 1
            term = Term(code=code, since_version=number)
            db.session.add(term)
        before = {name: getattr(term, name) for name in values}
        for name, value in values.items():
            setattr(term, name, value)
        _refuse_two_meanings(term)
        put_version(f"{code} saved")
        record.thing = term
        record.facts["changed"] = {
            name: [before[name], value] for name, value in values.items() if before[name] != value
        }
    return term


def _refuse_two_meanings(term: Term) -> None:
    own = {compact(name) for name in (term.code, term.name_ko, term.name_en, *term.synonyms)}
    for other in db.session.scalars(select(Term).where(Term.code != term.code)):
        for name in (other.code, other.name_ko, other.name_en, *other.synonyms):
            if compact(name) in own:
                raise RuleBroken(
                    N_("‘%(name)s’은(는) 이미 %(code)s %(label)s의 이름입니다. 다른 낱말을 쓰십시오."),
                    field="synonyms",
                    name=name,
                    code=other.code,
                    label=other.name_ko,
                )


def replace_term(code: str, replacement: str, *, by: Any) -> None:
    """Let another term stand for this one from now on; what was recorded with the old one stays readable."""
    require(by, Permission.EDIT_REFERENCE)
    term, after = term_with(code), term_with(replacement)
    with recorded(by, Event.TERM_REPLACED, term, replaced_by=replacement):
        if after.replaced_by is not None or after.code == term.code:
            raise RuleBroken(N_("현재 쓰이는 다른 용어를 고르십시오."), field="replacement")
        for earlier in db.session.scalars(select(Term).where(Term.replaced_by == code)):
            earlier.replaced_by = replacement
        term.replaced_by = replacement
        put_version(f"{code} replaced by {replacement}")
