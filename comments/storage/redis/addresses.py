"""Check and read the address of the server: redis-py ignores a path or option that it does not understand.

redis-py has no form for Sentinels. Ours is `redis+sentinel://user:password@host-1:26379,host-2,host-3/name/0`. User and
password are those of the servers; `sentinel_username` and `sentinel_password` in the query those of the Sentinels. That
of a cluster is `redis+cluster://user:password@host-1:6379,host-2,host-3`.
"""

from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from comments.errors import SettingsInvalid

from .url_options import option_problem

_NAME = "REPLYGATE_REDIS_URL"
_EXAMPLE = "for example redis://127.0.0.1:6379/0 or unix:///path/to/socket?db=0"
_SENTINEL_EXAMPLE = "for example redis+sentinel://host-1:26379,host-2:26379,host-3:26379/mymaster/0"
_SENTINEL_SCHEMES = ("redis+sentinel", "rediss+sentinel")
_SENTINEL_PORT = 26379
_CLUSTER_EXAMPLE = "for example redis+cluster://host-1:6379,host-2:6379,host-3:6379"
_CLUSTER_SCHEMES = ("redis+cluster", "rediss+cluster")
_CLUSTER_PORT = 6379


@dataclass(frozen=True, slots=True)
class SentinelAddress:
    """The hosts of some Sentinels, and the name by which they watch a primary and its replicas."""

    hosts: tuple[tuple[str, int], ...]
    service: str
    server: dict[str, object]  # arguments of connections to the primary
    sentinel: dict[str, object]  # arguments of connections to Sentinels


@dataclass(frozen=True, slots=True)
class ClusterAddress:
    """Some hosts of a cluster, which name the others."""

    hosts: tuple[tuple[str, int], ...]
    server: dict[str, object]  # arguments of all connections


def check_url(url: str) -> None:
    """Raises SettingsInvalid for a database that is not a number, and for malformed options."""
    try:
        parts = urlsplit(url)
        options = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    except ValueError as error:
        raise SettingsInvalid(f"{_NAME} has malformed options after the question mark, {_EXAMPLE}") from error
    if parts.fragment:
        raise SettingsInvalid(f"{_NAME} has a part after #: write %23 for a # in a password")
    database = parts.path.removeprefix("/") if parts.scheme in ("redis", "rediss") else ""
    if database and not (database.isascii() and database.isdigit()):
        raise SettingsInvalid(f"{_NAME}: the database must be a number, {_EXAMPLE}")
    if parts.scheme in ("redis", "rediss", "unix") and (problem := option_problem(parts.scheme, options)):
        raise SettingsInvalid(f"{_NAME}: {problem}, {_EXAMPLE}")


def is_sentinel_url(url: str) -> bool:
    return url.partition("://")[0] in _SENTINEL_SCHEMES


def sentinel_address(url: str) -> SentinelAddress:
    """Read an address of Sentinels. Raises SettingsInvalid."""
    parts = urlsplit(url)
    service, _, database = parts.path.removeprefix("/").partition("/")
    hosts = parts.netloc.rpartition("@")[2]
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    unknown = set(options) - {"sentinel_username", "sentinel_password"}
    if not service or unknown or not (database or "0").isdigit():
        raise SettingsInvalid(f"{_NAME} does not name hosts, a service and a number, {_SENTINEL_EXAMPLE}")
    return SentinelAddress(
        hosts=tuple(_host_and_port(host, _SENTINEL_PORT, _SENTINEL_EXAMPLE) for host in hosts.split(",")),
        service=unquote(service),
        server={"db": int(database or "0")} | _connection(parts),
        sentinel={name.removeprefix("sentinel_"): value for name, value in options.items()},
    )


def is_cluster_url(url: str) -> bool:
    return url.partition("://")[0] in _CLUSTER_SCHEMES


def cluster_address(url: str) -> ClusterAddress:
    """Read an address of a cluster. Raises SettingsInvalid."""
    parts = urlsplit(url)
    if parts.path not in ("", "/", "/0") or parts.query:
        raise SettingsInvalid(f"{_NAME}: a cluster has no other databases and no options, {_CLUSTER_EXAMPLE}")
    hosts = parts.netloc.rpartition("@")[2].split(",")
    return ClusterAddress(
        tuple(_host_and_port(host, _CLUSTER_PORT, _CLUSTER_EXAMPLE) for host in hosts), _connection(parts)
    )


def _connection(parts: SplitResult) -> dict[str, object]:
    """Return the arguments for user, password and encryption."""
    user, has_user, _ = parts.netloc.rpartition("@")
    name, _, password = user.partition(":") if has_user else ("", "", "")
    given = {"username": unquote(name), "password": unquote(password)}
    ssl: dict[str, object] = {"ssl": parts.scheme.startswith("rediss")}
    return ssl | {name: value for name, value in given.items() if value}


def _host_and_port(text: str, default_port: int, example: str) -> tuple[str, int]:
    try:
        parts = urlsplit(f"//{text}")
        host, port = parts.hostname, parts.port or default_port
    except ValueError as error:
        raise SettingsInvalid(f"{_NAME} has a host that cannot be read, {example}") from error
    if not host:
        raise SettingsInvalid(f"{_NAME} has an empty host, {example}")
    return host, port
