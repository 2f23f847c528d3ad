"""Names for the codes of a profile, in the reader's language, read once for a page."""

from __future__ import annotations

import re
from datetime import date

from marketplace.codes.actions import current_codebook
from marketplace.codes.book import by_section
from marketplace.experts.models import ExpertSkill
from marketplace.taxonomy.actions import current_vocabulary
from marketplace.taxonomy.vocabulary import compact

_CONTACT = re.compile(
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?<!\d)(?:\+?82[-. ]?)?0?1[016789][-. )]?\d{3,4}[-. ]?\d{4}(?!\d)"
    r"|(?<!\d)0\d{1,2}[-. )]\d{3,4}[-. ]\d{4}(?!\d)"
)


class Labels:
    """Looks up terms, industries and regions; three statements for a page, however many profiles it shows."""

    def __init__(self, language: str, on: date) -> None:
        self.language = language
        self.on = on
        self.vocabulary = current_vocabulary()
        self.book = current_codebook()

    def term(self, code: str) -> str:
        """The name of a taxonomy id; the id itself when unknown."""
        term = self.vocabulary.terms.get(code)
        return term.label(self.language) if term else code

    def skill(self, skill: ExpertSkill) -> str:
        """The name of the term that the skill was resolved to, else the expert's own words."""
        return self.term(skill.term) if skill.term else skill.words

    def terms_named(self, words: str) -> list[str]:
        """The ids of the terms whose name or synonym, in either language, holds these words."""
        wanted = compact(words)
        return [
            term.id
            for term in self.vocabulary.terms.values()
            if wanted and any(wanted in compact(name) for name in (term.ko, term.en, *term.synonyms))
        ]

    def industry(self, code: str) -> str:
        """Name and code of a KSIC division; the code itself when unknown."""
        found = self.book.industries.get(code)
        return f"{found.en if self.language == 'en' else found.ko} ({code})" if found else code

    def industries_by_section(self) -> dict[str, list[tuple[str, str]]]:
        """Code and name of every division under the name of its section, manufacturing first."""
        return {
            section.label(self.language): [(row.code, self.industry(row.code)) for row in rows]
            for section, rows in by_section(self.book.industries.values())
        }

    def region(self, code: str) -> str:
        """The short name of a 시도 as it is called today; the code itself when unknown."""
        found = self.book.regions.get(self.book.region(code, self.on) or code)
        return (found.en if self.language == "en" else found.short) if found else code

    def industry_names(self, codes: list[str]) -> str:
        """The names of several divisions in one line."""
        return ", ".join(self.industry(code) for code in codes)

    def region_names(self, codes: list[str]) -> str:
        """The names of several 시도 in one line, each once."""
        return ", ".join(dict.fromkeys(self.region(code) for code in codes))

    def region_today(self, code: str) -> str:
        """The code that stands today for a code that may be older."""
        return self.book.region(code, self.on) or code

    def region_codes(self, code: str) -> list[str]:
        """A region's code with the codes that led to it, so that older profiles are found as well."""
        return sorted({old for old in self.book.regions if self.region_today(old) == code} | {code})


def without_contacts(text: str | None) -> str:
    """Text as a firm may read it: addresses and phone numbers that somebody typed in are hidden."""
    return _CONTACT.sub("●●●", text or "")


def masked_email(email: str) -> str:
    """ho***@example.com"""
    name, _, host = email.partition("@")
    return f"{name[:2]}***@{host}"


def masked_phone(phone: str | None) -> str:
    """010-****-1234; empty when there is none."""
    digits = re.sub(r"\D", "", phone or "")
    return f"{digits[:3]}-****-{digits[-4:]}" if len(digits) > 7 else "****" if digits else ""
