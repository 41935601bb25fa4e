"""Settings of a deployment: one frozen dataclass, read once from the environment when a process starts.

A variable is `REPLYGATE_` and the field's name in capitals. `REPLYGATE_..._FILE` names a file that contains the value.
A process does not start with an unknown or malformed variable.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self
from urllib.parse import urlsplit

from .errors import SettingsInvalid
from .shared_learning import ALONE, LearningGroups, parse_learning_groups
from .smtp_settings import SMTPSettings, parse_smtp_url
from .validation import is_email

PREFIX = "REPLYGATE_"
TRUE, FALSE = "true", "false"


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


@dataclass(frozen=True, slots=True)
class Settings:
    """`.env.example` explains each setting; a test checks that both agree."""

    secret_key: str = field(repr=False, default="")
    redis_url: str = field(repr=False, default="redis://127.0.0.1:6379/0")
    queue_redis_url: str = field(repr=False, default="")
    prefix: str = "rg"
    wait_replicas: int = 0
    public_url: str = "http://127.0.0.1:8000"
    host: str = "127.0.0.1"
    port: int = 8000
    web_processes: int = 2
    web_threads: int = 4
    judges: int = 2
    trusted_proxies: int = 0
    max_body: int = 65_536
    ops_token: str = field(repr=False, default="")
    policy: Path | None = None
    share_repute: bool = False
    learn_together: LearningGroups = ALONE
    log_level: str = "INFO"
    log_format: str = "auto"
    demo: bool = False
    owners_create_sites: bool = False
    metrics_dir: Path | None = None
    socket_timeout: float = 1.0
    lease: float = 10.0
    judge_seconds: float = 2.0
    batch: int = 100
    sweep_seconds: float = 1.0
    webhook_http_allow: str = ""
    smtp_url: SMTPSettings | None = field(repr=False, default=None)
    mail_from: str = ""
    slack_signing_secret: str = field(repr=False, default="")
    telegram_bot_token: str = field(repr=False, default="")
    telegram_api: str = "https://api.telegram.org"
    scorer: str = field(repr=False, default="")
    scorer_token: str = field(repr=False, default="")
    scorer_http_allow: str = ""
    scorer_seconds: float = 0.5
    scorer_batch_seconds: float = 1.0
    scorer_hold_at: float = 0.9

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
                text = env[name] if plain == name else Path(env[name]).read_text().strip()
                values[by_name[plain].name] = PARSERS[by_name[plain].type](text)
            except (ValueError, OSError) as error:
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
