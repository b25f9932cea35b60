"""Settings: the only reader of the environment. Production refuses to start without its secrets."""

from __future__ import annotations

import os
import secrets
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cryptography.fernet import Fernet

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parent
SECRET = 32  # characters: 256 bits as text are longer
CHANCE = 12  # different ones, which what a person types instead seldom has


class MissingSetting(RuntimeError):
    """Production was started without something it must not invent."""

    def __init__(self, name: str) -> None:
        said = "a secret has at least 32 characters, made by chance, and none is used twice."
        super().__init__(f"{name} must be set in production; {said}")


class Unsafe(RuntimeError):
    """Production was told to leave out what protects everybody's data."""

    def __init__(self) -> None:
        super().__init__("SECOND_FACTOR=off is for PUBLIC_URL=http://localhost alone.")


class Config:
    """What holds everywhere; each setting may be overridden by the environment.

    TALENT_HOME is the one folder for the SQLite database, keys and written mail.
    """

    ENV = "development"
    DEBUG = False
    TESTING = False
    DEMO = False
    SQLALCHEMY_TRACK_MODIFICATIONS = False
    SESSION_COOKIE_NAME = "talent"
    SESSION_COOKIE_HTTPONLY = True
    SESSION_COOKIE_SAMESITE = "Lax"
    SESSION_COOKIE_SECURE = False
    PERMANENT_SESSION_LIFETIME = timedelta(days=30)  # of the cookie; rows say who is in
    SESSION_REFRESH_EACH_REQUEST = False  # no session lasts longer than the cookie that began it
    PASSWORD_COST = MappingProxyType({"time_cost": 3, "memory_cost": 65536, "parallelism": 1})
    REMEMBER_COOKIE_HTTPONLY = True
    WTF_CSRF_TIME_LIMIT = None
    MAX_CONTENT_LENGTH = 10 * 1024 * 1024
    MAX_FORM_MEMORY_SIZE = 2 * 1024 * 1024
    BABEL_DEFAULT_LOCALE = "zh"
    BABEL_DEFAULT_TIMEZONE = "UTC"
    BABEL_TRANSLATION_DIRECTORIES = str(ROOT / "talent" / "translations")
    COMPRESS_EVALUATE_CONDITIONAL_REQUEST = False  # a view that marks its answer asks by itself
    COMPRESS_MIMETYPES = ("text/html", "image/svg+xml", "text/csv", "application/json")
    HELP_CONTACT = ""
    LOG_LEVEL = "INFO"
    LOG_FORMAT = "plain"  # or "json", a line for a machine

    def __init__(self, home: Path | None = None) -> None:
        env = os.environ.get
        self.TALENT_HOME = Path(home or env("TALENT_HOME") or ROOT / "instance").resolve()
        self.TALENT_HOME.mkdir(parents=True, exist_ok=True)
        self.HOST = env("HOST") or "127.0.0.1"
        self.PORT = int(env("PORT") or 8000)
        self.PUBLIC_URL = (env("PUBLIC_URL") or f"http://localhost:{self.PORT}").rstrip("/")
        self.HELP_CONTACT = env("HELP_CONTACT") or self.HELP_CONTACT
        self.SECURITY_CONTACT = env("SECURITY_CONTACT") or ""
        self.SQLALCHEMY_DATABASE_URI = _database(env("DATABASE_URL"), self.TALENT_HOME)
        self.SECRET_KEY = self.secret("SECRET_KEY", secrets.token_urlsafe)
        self.DATA_KEYS = self.secret("DATA_KEYS", lambda: Fernet.generate_key().decode()).split(",")
        self.INDEX_KEY = self.secret("INDEX_KEY", secrets.token_urlsafe)
        self.SECRET_KEY_FALLBACKS = _older("SECRET_KEY")
        self.INDEX_KEY_FALLBACKS = _older("INDEX_KEY")
        self.WTF_CSRF_SECRET_KEY = [*reversed(self.SECRET_KEY_FALLBACKS), self.SECRET_KEY]
        self.BACKUP_KEY = self.backup_keys()
        self.BACKUP_FOLDER = Path(given) if (given := env("BACKUP_FOLDER")) else None
        self.SECOND_FACTOR = self.second_factor(env("SECOND_FACTOR") or "")
        self.TRUSTED_PROXIES = int(env("TRUSTED_PROXIES") or 0)
        self.METRICS_TOKEN = env("METRICS_TOKEN") or _from_file(env("METRICS_TOKEN_FILE")) or ""
        self.METRICS_LOOPBACK = env("METRICS_LOOPBACK") == "1"
        self.LOG_FORMAT = env("LOG_FORMAT") or self.LOG_FORMAT
        self.LOG_LEVEL = env("LOG_LEVEL") or self.LOG_LEVEL
        self.VERSION = env("TALENT_VERSION") or _checked_out()
        self.WORKER_LEASE = float(env("WORKER_LEASE") or 10)
        self.MAIL_FROM = env("MAIL_FROM") or "Talent <talent@localhost>"
        self.MAIL_DEFAULT_SENDER = self.MAIL_FROM
        self.MAIL_SERVER = env("MAIL_SERVER") or ""
        self.MAIL_PORT = int(env("MAIL_PORT") or 25)
        self.MAIL_USERNAME = env("MAIL_USERNAME") or None
        self.MAIL_PASSWORD = env("MAIL_PASSWORD") or None
        self.MAIL_USE_TLS = env("MAIL_USE_TLS") == "1"
        self.MAIL_USE_SSL = env("MAIL_USE_SSL") == "1"
        self.MAIL_TIMEOUT = 20
        self.MAIL_FOLDER = self.TALENT_HOME / "mail"

    def secret(self, name: str, invent: Callable[[], str]) -> str:
        """Read a secret, or on a machine for development invent it once and keep it in the home."""
        if given := os.environ.get(name) or _from_file(os.environ.get(f"{name}_FILE")):
            return given
        return _kept(self.TALENT_HOME / "keys" / name.lower(), invent)

    def second_factor(self, wished: str) -> bool:
        """Whether staff need a second step to sign in: outside production only if wished."""
        return wished == "required"

    def backup_keys(self) -> list[str]:
        """With what backups are sealed: the first seals, all of them open."""
        return self.secret("BACKUP_KEY", secrets.token_urlsafe).split(",")


class Development(Config):
    """One machine, one person: secrets are made on the first start, mail is written to files."""

    DEBUG = True


class Testing(Config):
    """Tests: as production, but for a database and keys that last as long as a test."""

    ENV = "testing"
    TESTING = True
    LOG_LEVEL = "WARNING"
    PASSWORD_COST = MappingProxyType({"time_cost": 1, "memory_cost": 64, "parallelism": 1})
    WTF_CSRF_ENABLED = False


class Local(Config):
    """`make run`: an office tries it on its own computer. No debugger, secrets made once."""

    ENV = "local"

    def __init__(self, home: Path | None = None) -> None:
        super().__init__(home)
        self.DEMO = os.environ.get("DEMO", "1") == "1"
        self.BACKUP_FOLDER = self.BACKUP_FOLDER or self.TALENT_HOME / "backups"


class Production(Config):
    """An office at work: every secret is given from outside, cookies travel over TLS only."""

    ENV = "production"
    LOG_FORMAT = "json"
    SESSION_COOKIE_SECURE = True
    REMEMBER_COOKIE_SECURE = True

    def __init__(self, home: Path | None = None) -> None:
        super().__init__(home)
        if not os.environ.get("PUBLIC_URL"):
            raise MissingSetting("PUBLIC_URL")  # noqa: EM101 - a name, not a sentence
        if self.SECRET_KEY == self.INDEX_KEY:
            raise MissingSetting("INDEX_KEY")  # noqa: EM101 - a name, not a sentence
        if self.on_own_machine():
            self.SESSION_COOKIE_SECURE = False

    def secret(self, name: str, _invent: Callable[[], str]) -> str:
        """A secret of production is given or the start is refused."""
        given = os.environ.get(name) or _from_file(os.environ.get(f"{name}_FILE"))
        if not given or len(given) < SECRET or len(set(given)) < CHANCE:
            raise MissingSetting(name)
        return given

    def on_own_machine(self) -> bool:
        """Whether nobody reaches it but who sits there: it is tried out."""
        place = urlsplit(self.PUBLIC_URL)
        return (place.scheme, place.hostname) == ("http", "localhost")

    def second_factor(self, wished: str) -> bool:
        """Always, but on one's own machine, where it is tried out."""
        if wished == "off" and not self.on_own_machine():
            raise Unsafe
        return wished != "off"

    def backup_keys(self) -> list[str]:
        """None is needed to serve pages; without one `flask backup` refuses."""
        given = os.environ.get("BACKUP_KEY") or _from_file(os.environ.get("BACKUP_KEY_FILE"))
        return given.split(",") if given else []


KINDS = {kind.ENV: kind for kind in (Development, Testing, Local, Production)}


def chosen() -> Config:
    """The configuration that TALENT_ENV names; without a word it is development."""
    return KINDS[os.environ.get("TALENT_ENV") or "development"]()


def _database(url: str | None, home: Path) -> str:
    if not url:
        return f"sqlite:///{home / 'talent.sqlite3'}"
    for scheme in ("postgres://", "postgresql://"):
        if url.startswith(scheme):
            return "postgresql+psycopg://" + url.removeprefix(scheme)
    return url


def _checked_out() -> str:
    """The version that lies here, as its source is called; "unknown" without its history."""
    try:
        head = (ROOT / ".git" / "HEAD").read_text(encoding="utf-8").strip()
        name = head.removeprefix("ref: ")
        if name != head:
            head = (ROOT / ".git" / name).read_text(encoding="utf-8").strip()
    except OSError:
        return "unknown"
    return head[:10]


def _older(name: str) -> list[str]:
    """Keys that were replaced and still open what they once closed: NAME_FALLBACKS, with commas."""
    title = f"{name}_FALLBACKS"
    given = os.environ.get(title) or _from_file(os.environ.get(f"{title}_FILE")) or ""
    return [key for key in given.split(",") if key]


def _from_file(path: str | None) -> str | None:
    return Path(path).read_text(encoding="utf-8").strip() if path else None


def _kept(path: Path, invent: Callable[[], str]) -> str:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            path.chmod(0o600)
            file.write(invent())
    except FileExistsError:
        pass
    return path.read_text(encoding="utf-8").strip()
