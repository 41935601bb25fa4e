"""Settings of a deployment: one frozen dataclass, read once from the environment when a process starts.

A variable is `REPLYGATE_` and the field's name in capitals. `REPLYGATE_..._FILE` names a file that contains the value.
A process does not start with an unknown or malformed variable.
"""

from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self
from urllib.parse import urlsplit

from .allowed_values import ALLOWED_VALUES, HOSTS, HTTP_URLS, limited, matching, numbers, whole_numbers, words_among
from .errors import SettingsInvalid
from .logs import LEVELS, LOG_FORMATS
from .shared_learning import ALONE, LearningGroups, parse_learning_groups
from .smtp_settings import SMTPSettings, parse_smtp_url
from .validation import is_email

PREFIX = "REPLYGATE_"
TRUE, FALSE = "true", "false"


#: Longest value of numbers of seconds: more is a mistake.
_DAY = 86_400


def _integer(text: str) -> int:
    return int(text, 10)


def _boolean(text: str) -> bool:
    if text not in (TRUE, FALSE):
        raise ValueError(f"must be {TRUE} or {FALSE}")
    return text == TRUE


def _path(text: str) -> Path | None:
    return Path(text) if text else None


PARSERS: Mapping[Any, Callable[[str], Any]] = MappingProxyType(
    {
        str: str,
        int: _integer,
        float: float,
        bool: _boolean,
        Path | None: _path,
        SMTPSettings | None: parse_smtp_url,
        LearningGroups: parse_learning_groups,
    }
)


def _file_content(name: str) -> str:
    try:
        return Path(name).read_text().strip()
    except OSError as error:
        raise ValueError(f"{name} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise ValueError("must be the name of a file with text") from error


def _value(field: Field[Any], text: str) -> Any:
    """Read the value of a setting. Raises ValueError, whose message says which values are allowed."""
    allowed = field.metadata.get(ALLOWED_VALUES)
    if allowed is None:
        return PARSERS[field.type](text)
    try:
        value = PARSERS[field.type](text)
    except ValueError:
        raise ValueError(allowed.sentence) from None
    if not allowed.accepts(value):
        raise ValueError(allowed.sentence)
    return value


@dataclass(frozen=True, slots=True)
class Settings:
    """`.env.example` explains each setting; a test checks that both agree."""

    secret_key: str = field(repr=False, default="")
    redis_url: str = field(repr=False, default="redis://127.0.0.1:6379/0")
    queue_redis_url: str = field(repr=False, default="")
    prefix: str = limited("rg", matching(r"[A-Za-z0-9_.:-]{1,64}", "must be 1 to 64 letters, digits or any of - _ . :"))
    wait_replicas: int = limited(0, whole_numbers(0, 100))
    public_url: str = limited("http://127.0.0.1:8000", HTTP_URLS)
    host: str = "127.0.0.1"
    port: int = limited(8000, whole_numbers(1, 65_535))
    web_processes: int = limited(2, whole_numbers(1, 256))
    web_threads: int = limited(4, whole_numbers(1, 256))
    judges: int = limited(2, whole_numbers(1, 256))
    trusted_proxies: int = limited(0, whole_numbers(0, 100))
    max_body: int = limited(65_536, whole_numbers(1_000, 100_000_000))
    ops_token: str = field(repr=False, default="")
    policy: Path | None = None
    share_repute: bool = False
    learn_together: LearningGroups = ALONE
    log_level: str = limited("INFO", words_among(LEVELS))
    log_format: str = limited("auto", words_among(LOG_FORMATS))
    demo: bool = False
    owners_create_sites: bool = False
    metrics_dir: Path | None = None
    socket_timeout: float = limited(1.0, numbers(0.01, 3600))
    lease: float = limited(10.0, numbers(0.1, _DAY))
    judge_seconds: float = limited(2.0, numbers(0.01, _DAY))
    batch: int = limited(100, whole_numbers(1, 10_000))
    sweep_seconds: float = limited(1.0, numbers(0.01, 3600))
    webhook_http_allow: str = limited("", HOSTS)
    smtp_url: SMTPSettings | None = field(repr=False, default=None)
    mail_from: str = ""
    slack_signing_secret: str = field(repr=False, default="")
    telegram_bot_token: str = field(repr=False, default="")
    telegram_api: str = limited("https://api.telegram.org", HTTP_URLS)
    scorer: str = field(repr=False, default="")
    scorer_token: str = field(repr=False, default="")
    scorer_http_allow: str = limited("", HOSTS)
    scorer_seconds: float = limited(0.5, numbers(0.001, 3600))
    scorer_batch_seconds: float = limited(1.0, numbers(0.001, 3600))
    scorer_hold_at: float = limited(0.9, numbers(0.001, 1))

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """Read the environment. Raises SettingsInvalid, which names every unknown, malformed or missing variable."""
        wrong: list[str] = []
        by_name = {PREFIX + f.name.upper(): f for f in fields(cls)}
        values: dict[str, Any] = {}
        for name in sorted(n for n in env if n.startswith(PREFIX)):
            plain = name.removesuffix("_FILE") if name not in by_name else name
            if plain not in by_name:
                wrong.append(f"{name} is not a setting")
                continue
            try:
                text = env[name] if plain == name else _file_content(env[name])
                values[by_name[plain].name] = _value(by_name[plain], text)
            except ValueError as error:
                wrong.append(f"{name}: {error}")
        if len(values.get("secret_key", "")) < 32:
            wrong.append(f"{PREFIX}SECRET_KEY must have at least 32 random characters")
        sender = values.get("mail_from", "")
        if values.get("smtp_url") and not (sender.isascii() and is_email(sender)):
            wrong.append(f"{PREFIX}MAIL_FROM must be the sender's email address")
        if wrong:
            raise SettingsInvalid("; ".join(wrong))
        return cls(**values)

    @property
    def sends_mail(self) -> bool:
        return self.smtp_url is not None

    @property
    def max_form(self) -> int:
        """Bytes of the largest form that is read: percent-encoding triples a text. A refused form may be larger."""
        return 4 * self.max_body

    @property
    def public_path(self) -> str:
        """The path of the public address, with which all our addresses begin; "" or for example "/replies"."""
        return urlsplit(self.public_url).path.rstrip("/")

    def site_path(self, site: str, path: str = "") -> str:
        """Return the path of a site's API, or of a `path` such as "/comments" below it, as clients see it."""
        return f"{self.public_path}/v1/sites/{site}{path}"

    def comment_path(self, site: str, id: str = "") -> str:
        """Return the path of a comment in the API; without an id that of the site's comments."""
        return self.site_path(site, f"/comments/{id}" if id else "/comments")

    @property
    def secure(self) -> bool:
        """True if the service is reached over https, so that cookies can be restricted to it."""
        return self.public_url.startswith("https://")
