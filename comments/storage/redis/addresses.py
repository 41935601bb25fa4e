"""Check the address of the server: redis-py ignores a path or option that it does not understand."""

from urllib.parse import parse_qsl, urlsplit

from comments.errors import SettingsInvalid

_NAME = "REPLYGATE_REDIS_URL"
_EXAMPLE = "for example redis://127.0.0.1:6379/0 or unix:///path/to/socket?db=0"


def check_url(url: str) -> None:
    """Raises SettingsInvalid for a database that is not a number, and for malformed options."""
    try:
        parts = urlsplit(url)
        options = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    except ValueError as error:
        raise SettingsInvalid(f"{_NAME} has malformed options after the question mark, {_EXAMPLE}") from error
    if parts.fragment:
        raise SettingsInvalid(f"{_NAME} has a part after #: write %23 for a # in a password")
    databases = [value for name, value in options if name == "db"]
    if parts.scheme in ("redis", "rediss") and parts.path not in ("", "/"):
        databases.append(parts.path.removeprefix("/"))
    for database in databases:
        if not (database.isascii() and database.isdigit()):
            raise SettingsInvalid(f"{_NAME}: the database must be a number, {_EXAMPLE}")
