"""Forms of sign-in, sign-up and accounts: shape only, rules are in the actions."""

from __future__ import annotations

import unicodedata
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, PasswordField, SelectMultipleField
from wtforms.validators import Email, EqualTo, Optional, Regexp

from marketplace.access import ROLE_LABELS, Role
from marketplace.accounts.models import ORGANISATION_LABELS
from marketplace.accounts.passwords import LEAST, MOST
from marketplace.i18n import LANGUAGES
from marketplace.web.fields import ChoiceField, Needed, RadiosField, TextField, options

REQUIRED = Needed()


class EmailField(TextField):
    """An e-mail address in lower case."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        shape = Email(_l("이메일 주소를 name@example.com처럼 입력해 주십시오."))
        render = {
            "type": "email",
            "autocomplete": "email",
            "inputmode": "email",
            **kwargs.pop("render_kw", {}),
        }
        super().__init__(label, [*(validators or []), shape], limit=254, render_kw=render, **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        if self.data:
            self.data = unicodedata.normalize("NFKC", self.data).lower()


class PhoneField(TextField):
    """A phone number: digits, spaces, hyphens, a leading plus."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        shape = Regexp(
            r"^\+?[0-9][0-9 ()\-]{6,28}$", message=_l("전화번호를 010-1234-5678처럼 입력해 주십시오.")
        )
        render = {"type": "tel", "autocomplete": "tel", "inputmode": "tel"}
        super().__init__(label, [*(validators or []), shape], limit=30, render_kw=render, **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        if self.data:
            self.data = unicodedata.normalize("NFKC", self.data)


def name_field(label: Any = None) -> Any:
    """A person's name."""
    return TextField(label or _l("이름"), [REQUIRED], limit=120, render_kw={"autocomplete": "name"})


def new_password_field(label: Any = None) -> Any:
    """A password that is being chosen."""
    hint = _l(
        "%(least)d자 이상 %(most)d자 이내. 낱말 여러 개를 이어 쓰면 외우기 쉽고 안전합니다.",
        least=LEAST,
        most=MOST,
    )
    return PasswordField(
        label or _l("비밀번호"), [REQUIRED], description=hint, render_kw={"autocomplete": "new-password"}
    )


def repeated_field(name: str = "password") -> Any:
    """The password once more."""
    return PasswordField(
        _l("비밀번호 확인"),
        [REQUIRED, EqualTo(name, _l("두 비밀번호가 다릅니다. 같은 비밀번호를 입력해 주십시오."))],
        render_kw={"autocomplete": "new-password"},
    )


class SignInForm(FlaskForm):
    """E-mail and password."""

    email = EmailField(_l("이메일"), [REQUIRED], render_kw={"autocomplete": "username"})
    password = PasswordField(_l("비밀번호"), [REQUIRED], render_kw={"autocomplete": "current-password"})


class CodeForm(FlaskForm):
    """A code of the authenticator app, or a recovery code."""

    code = TextField(
        _l("인증번호"),
        [REQUIRED],
        limit=20,
        render_kw={"autocomplete": "one-time-code", "spellcheck": "false", "autocapitalize": "none"},
    )


class ConsentForm(FlaskForm):
    """Texts to agree to; the view sets the choices."""

    consents = SelectMultipleField(_l("동의"), coerce=int, validate_choice=False)


class EmailForm(FlaskForm):
    """An e-mail address to which a link is sent."""

    email = EmailField(_l("이메일"), [REQUIRED])


class NewPasswordForm(FlaskForm):
    """A new password, twice."""

    password = new_password_field(_l("새 비밀번호"))
    repeated = repeated_field()


class ConfirmForm(FlaskForm):
    """Nothing but a button."""


class JoinForm(ConsentForm):
    """Sign-up of a person."""

    name = name_field()
    email = EmailField(_l("이메일"), [REQUIRED])
    phone = PhoneField(_l("휴대전화"), [REQUIRED])
    password = new_password_field()
    repeated = repeated_field()


class JoinCompanyForm(JoinForm):
    """Sign-up of a firm's person."""

    firm_name = TextField(_l("기업명"), [REQUIRED], limit=120, render_kw={"autocomplete": "organization"})
    brn = TextField(
        _l("사업자등록번호"),
        [REQUIRED],
        limit=20,
        description=_l("숫자 10자리. 예: 123-45-67890"),
        render_kw={"inputmode": "numeric"},
    )


class AcceptForm(ConsentForm):
    """A password and consents, for a person who was invited."""

    password = new_password_field()
    repeated = repeated_field()


class ChangePasswordForm(NewPasswordForm):
    """The old password and a new one."""

    old = PasswordField(_l("지금 비밀번호"), [REQUIRED], render_kw={"autocomplete": "current-password"})


class AccountForm(FlaskForm):
    """What a person changes in the own account."""

    name = name_field()
    phone = PhoneField(_l("휴대전화"), [Optional()])
    language = ChoiceField(_l("언어"), choices=options(LANGUAGES.items()))


class PasswordForm(FlaskForm):
    """The own password once more, before something that weakens the account."""

    password = PasswordField(_l("비밀번호"), [REQUIRED], render_kw={"autocomplete": "current-password"})


class ColleagueForm(FlaskForm):
    """A colleague to invite."""

    name = TextField(_l("이름"), [REQUIRED], limit=120)
    email = EmailField(_l("이메일"), [REQUIRED], render_kw={"autocomplete": "off"})


def _number_or_none(text: Any) -> int | None:
    return int(text) if text not in (None, "", "None") else None


class PlaceForm(FlaskForm):
    """Role and organisation of a person; the view sets the organisations."""

    name = TextField(_l("이름"), [REQUIRED], limit=120)
    role = RadiosField(
        _l("역할"), coerce=Role, choices=options((role, _l(label)) for role, label in ROLE_LABELS.items())
    )
    organisation_id = ChoiceField(
        _l("기관"),
        coerce=_number_or_none,
        description=_l("운영기관, 중앙부처, 참여 대기업 담당자만 고릅니다."),
    )
    brn = TextField(
        _l("기업의 사업자등록번호"),
        limit=20,
        description=_l("기업 담당자만 입력합니다."),
        render_kw={"inputmode": "numeric"},
    )


class InviteForm(PlaceForm):
    """An account to be made."""

    email = EmailField(_l("이메일"), [REQUIRED], render_kw={"autocomplete": "off"})


class EditAccountForm(PlaceForm):
    """An account to be changed."""

    member = BooleanField(_l("기관에 소속되어 있음"), default=True)


class OrganisationForm(FlaskForm):
    """An organisation; the kind is asked only once."""

    name = TextField(_l("기관명"), [REQUIRED], limit=120)
    kind = RadiosField(
        _l("종류"), choices=options((kind.value, _l(label)) for kind, label in ORGANISATION_LABELS.items())
    )
    brn = TextField(
        _l("사업자등록번호"),
        limit=20,
        description=_l("숫자 10자리. 기업은 반드시 입력합니다."),
        render_kw={"inputmode": "numeric"},
    )
