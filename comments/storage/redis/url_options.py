"""Options after the question mark of a server's address: those that may be there, and their values.

redis-py takes any argument of its connections there, for example one that decodes replies, and no value is too small.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from comments.allowed_values import AllowedValues


def _is_number(text: str, most: float) -> bool:
    try:
        return 0 < float(text) <= most
    except ValueError:
        return False


_SECONDS = AllowedValues("must be a number of seconds above 0, at most 3600", lambda text: _is_number(text, 3600))
_WHOLE_SECONDS = AllowedValues(
    "must be a whole number of seconds from 0 to 3600",
    lambda text: text.isascii() and text.isdigit() and int(text[:9]) <= 3600,
)
# redis-py takes any other word for true.
_BOOLEAN = AllowedValues("must be true or false", lambda text: text in ("true", "false"))
_TEXT = AllowedValues("must not be empty", bool)
_FILE = AllowedValues("must be a file that exists", lambda text: "\0" not in text and Path(text).is_file())
_DIRECTORY = AllowedValues("must be a directory that exists", lambda text: "\0" not in text and Path(text).is_dir())
_CHECKS = ("none", "optional", "required")

_OPTIONS: Mapping[str, AllowedValues] = MappingProxyType(
    {
        "db": AllowedValues("must be a number", lambda text: text.isascii() and text.isdigit()),
        "username": _TEXT,
        "password": _TEXT,
        "client_name": AllowedValues("must not have spaces", lambda text: text.isascii() and len(text.split()) == 1),
        "socket_timeout": _SECONDS,
        "socket_connect_timeout": _SECONDS,
        "socket_keepalive": _BOOLEAN,
        "health_check_interval": _WHOLE_SECONDS,
        "protocol": AllowedValues("must be 2 or 3", lambda text: text in ("2", "3")),
    }
)
_TLS_OPTIONS: Mapping[str, AllowedValues] = MappingProxyType(
    {
        "ssl_cert_reqs": AllowedValues(f"must be one of {', '.join(_CHECKS)}", lambda text: text in _CHECKS),
        "ssl_ca_certs": _FILE,
        "ssl_ca_path": _DIRECTORY,
        "ssl_certfile": _FILE,
        "ssl_keyfile": _FILE,
        "ssl_password": _TEXT,
        "ssl_check_hostname": _BOOLEAN,
    }
)


def option_problem(scheme: str, options: Iterable[tuple[str, str]]) -> str:
    """Return what is wrong with the first wrong option, or ""."""
    allowed = {**_OPTIONS, **_TLS_OPTIONS} if scheme == "rediss" else _OPTIONS
    for name, value in options:
        if name in _TLS_OPTIONS and name not in allowed:
            return f"the option {name} needs an address that begins with rediss://"
        if name not in allowed:
            return f"{name!r} is not an option. There are {', '.join(allowed)}"
        if not allowed[name].accepts(value):
            return f"the option {name} {allowed[name].sentence}"
    return ""
