"""Forms of accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, PasswordField, RadioField, SelectField, StringField
from wtforms.validators import ValidationError

from talent.accounts.factors.service import NotProved
from talent.accounts.grants import GRANTED, NotGranted
from talent.accounts.resets import NotSet
from talent.accounts.service import NoLogin
from talent.accounts.signing import NotIn
from talent.forms import Form, at_most, required
from talent.i18n import LANGUAGES, label, named, sentence
from talent.offices.models import OfficeKind
from talent.rules.names import Unnamed
from talent.rules.reason import Because
from talent.rules.signing_in import LEAST, MOST, Weak

if TYPE_CHECKING:
    from collections.abc import Iterable

    from talent.access import Role
    from talent.offices.models import Office

TONGUES = {"zh": "中文", "en": "English"}
assert TONGUES.keys() == LANGUAGES.keys()  # noqa: S101 - two lists of the same languages

FIELDS: dict[Any, str] = {
    **dict.fromkeys(NoLogin, "login"),
    **dict.fromkeys(Unnamed, "name"),
    **dict.fromkeys(Weak, "password"),
    NotProved.CODE: "code",
    NotSet.OLD_WRONG: "old",
    NotIn.CODE: "code",
    NotGranted.MAIL_NEEDED: "login",
    NotGranted.UNPROVED: "login",
    NotGranted.HELD: "role",
    NotGranted.BEYOND: "role",
}
_FROM_THE_LIST = _l("Please choose one from the list.")


def not_endless(_form: Any, field: Any) -> None:
    """Refuse what is longer than a password can be. No browser is told: it would cut it off."""
    if len(field.data) > MOST:
        raise ValidationError(sentence(Because(Weak.LONG, {"most": MOST})))


class OneOf(SelectField):
    """One of a list, with our own sentence for anything else."""

    def pre_validate(self, form: Any) -> None:
        try:
            super().pre_validate(form)
        except ValidationError as error:
            raise ValidationError(str(_FROM_THE_LIST)) from error


def login_field(autocomplete: str = "username") -> StringField:
    """A mail address or a phone number."""
    return StringField(
        _l("Mail address or phone number"),
        [required(), at_most(254)],
        render_kw={"autocomplete": autocomplete, "autocapitalize": "none", "spellcheck": "false"},
    )


def name_field() -> StringField:
    """What somebody is called."""
    return StringField(_l("Name"), [required(), at_most(50)], render_kw={"autocomplete": "name"})


def new_password_field() -> PasswordField:
    """A password that is chosen now."""
    return PasswordField(
        _l("New password"),
        [required()],
        description=_l(
            "At least %(least)d characters of any kind; several words are easy to remember.",
            least=LEAST,
        ),
        render_kw={"autocomplete": "new-password"},
    )


class SignInForm(Form):
    """The way in."""

    login = login_field()
    password = PasswordField(
        _l("Password"),
        [required(), not_endless],
        render_kw={"autocomplete": "current-password"},
    )


class SignUpForm(Form):
    """A new account."""

    name = name_field()
    login = login_field()
    password = new_password_field()


class ForgotForm(Form):
    """Where the link goes."""

    login = StringField(
        _l("Mail address"),
        [required(), at_most(254)],
        render_kw={"autocomplete": "email", "inputmode": "email"},
    )


class ResetForm(Form):
    """A password by a link."""

    password = new_password_field()


class PasswordForm(Form):
    """Another password for the one that is known."""

    old = PasswordField(
        _l("Present password"),
        [required(), not_endless],
        render_kw={"autocomplete": "current-password"},
    )
    password = new_password_field()


class LoginForm(Form):
    """Another way to sign in."""

    login = login_field("email")
    old = PasswordField(
        _l("Present password"),
        [required(), not_endless],
        render_kw={"autocomplete": "current-password"},
    )


def code_field() -> StringField:
    """A code of the app, or a recovery code in its place."""
    return StringField(
        _l("Code"),
        [required(), at_most(40)],
        description=_l("Six digits that your app shows now, or one of your recovery codes."),
        render_kw={
            "autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false",
        },
    )  # fmt: skip


class CodeForm(Form):
    """The second step."""

    code = code_field()


class AnswerForm(Form):
    """What a passkey answered; a script fills it in."""

    credential = HiddenField()


class NewPasskeyForm(AnswerForm):
    """A passkey that is added."""

    name = StringField(
        _l("Name of the passkey"),
        [required(), at_most(50)],
        description=_l("So that you know later which one it is, as “my phone”."),
    )


class NewAppForm(Form):
    """An app that shows codes."""

    code = StringField(
        _l("The code that the app shows now"),
        [required(), at_most(40)],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )


class ProofForm(Form):
    """Who sits there."""

    proof_password = PasswordField(
        _l("Password"),
        [required(), not_endless],
        render_kw={"autocomplete": "current-password"},
    )
    proof_code = code_field()
    credential = HiddenField()


class TakeForm(Form):
    """Why somebody's second step is taken away."""

    why = StringField(
        _l("How do you know who asks, and what was lost?"),
        [required(), at_most(200)],
        description=_l("As “came to the office, identity card seen, phone stolen”."),
    )


class SettingsForm(Form):
    """What the holder decides about the account."""

    name = name_field()
    language = RadioField(_l("Language of pages and messages"), choices=TONGUES)


class FirstStartForm(Form):
    """The root office and its administrator."""

    office_name = StringField(_l("Name of the office, in Chinese"), [required(), at_most(100)])
    office_kind = OneOf(_l("Kind"))
    name = name_field()
    login = login_field()
    password = new_password_field()
    code = StringField(
        _l("Setup code"),
        [required(), at_most(40)],
        description=_l("“flask setup --code” prints it on the server."),
        render_kw={"autocomplete": "off"},
    )

    def __init__(self, *args: Any, code_needed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.office_kind.choices = {kind.value: label(kind) for kind in OfficeKind}
        if not code_needed:
            del self.code


class GrantForm(Form):
    """A role at an office."""

    office_id = OneOf(_l("Office"), coerce=int)
    role = OneOf(_l("Role"))

    def offer(self, offices: Iterable[Office]) -> None:
        """The offices to choose from, and every role that is granted."""
        self.office_id.choices = {office.id: named(office) for office in offices}
        self.role.choices = {role.value: label(role) for role in GRANTED}

    @property
    def chosen_role(self) -> Role:
        """The role that was chosen."""
        return next(role for role in GRANTED if role.value == self.role.data)


class InviteForm(GrantForm):
    """A role for somebody who is told by mail."""

    name = name_field()
    login = StringField(
        _l("Mail address"),
        [required(), at_most(254)],
        render_kw={"autocomplete": "off", "inputmode": "email"},
    )
