"""The one place where a failure of the server becomes StorageDown."""

import contextlib
import os
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

import redis
from redis.exceptions import (
    AskError,
    ClusterDownError,
    NoPermissionError,
    NoScriptError,
    OutOfMemoryError,
    ReadOnlyError,
    TryAgainError,
)

from comments.errors import ReplygateError, SettingsInvalid, StorageDown, StorageRefuses

from .breaker import Breaker
from .round_trips import RoundTrip

P = ParamSpec("P")
R = TypeVar("R")
C = TypeVar("C", bound=type)

#: redis-py types every reply as a union with an awaitable, so values get their types where they are read.
Client = Any

#: Errors of a server that does not answer, and error replies of one that runs but cannot work now. redis-py removes the
#: code from the text of an error that has a type. MasterDownError is a ClusterDownError, MovedError an AskError.
#: NoScriptError only escapes redis-py if the server restarted in between.
UNAVAILABLE = (
    redis.ConnectionError, redis.TimeoutError, OutOfMemoryError, ReadOnlyError, ClusterDownError, NoPermissionError,
    NoScriptError, AskError, TryAgainError,
)  # fmt: skip
#: Codes of the same kind for which redis-py has no type. Any other error reply is a bug in this program.
UNAVAILABLE_CODES = (
    "MISCONF ", "NOREPLICAS ", "BUSY ", "UNBLOCKED ", "EXECABORT ", "ACL failure ",
    "Wrong number of response items",  # redis-py, about a transaction that a former primary refuses
    "WAIT cannot be used with replica",  # the primary became a replica after it stored the comment
)  # fmt: skip
#: Reply to the choice of a database.
_NO_DATABASE = "DB index is out of range"
#: Reply of a Sentinel to commands of a server, and the other way round.
_UNKNOWN_COMMAND = re.compile(r"unknown command .(\w+)", re.IGNORECASE)
#: redis-py puts the command before the error of a command in a pipeline.
_IN_PIPELINE = "of pipeline caused error: "


def is_unavailable(error: redis.RedisError) -> bool:
    """Return True if the server does not answer or cannot work now, so that waiting helps."""
    if isinstance(error, UNAVAILABLE):
        return True
    return isinstance(error, redis.ResponseError) and _reply(error).startswith(UNAVAILABLE_CODES)


def _reply(error: redis.RedisError) -> str:
    """Return the server's own text, without the arguments of the command, which are personal data."""
    return str(error).rpartition(_IN_PIPELINE)[2]


def _wrong_server(error: redis.RedisError) -> str:
    """Return why this is the address of another server, or ""."""
    if _NO_DATABASE in str(error):
        return "names a database that the server does not have"
    if isinstance(error, redis.InvalidResponse):
        return "names a server that is neither Redis nor Valkey"
    unknown = _UNKNOWN_COMMAND.search(_reply(error))
    if unknown and unknown[1].upper() == "SENTINEL":
        return "names a host that is no Sentinel: the address of a server begins with redis://"
    if unknown:
        return (
            f"names a server without the command {unknown[1]}: the address of Sentinels begins with redis+sentinel://"
        )
    return ""


class StoreClient(redis.Redis):
    """A client with the breaker that all stores on it share. A client of a cluster has several servers."""

    is_cluster = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.breaker = Breaker()
        self._idle: list[Any] = []  # connections that no call uses
        self._process = os.getpid()

    def execute_command(self, *words: Any, **options: Any) -> Any:
        """Run a command without the metrics, events and retries of redis-py, which take two fifths of its time.

        Sentinel's pool has to see every call, because it replaces connections to a former primary.
        """
        if not self._keeps_connections():
            return super().execute_command(*words, **options)  # type: ignore[no-untyped-call]
        connection, is_ready = self.take_connection(), False
        try:
            connection.send_command(*words)
            reply = self.parse_response(connection, words[0], **options)  # type: ignore[no-untyped-call]
            is_ready = True
            return reply
        except redis.ResponseError:
            is_ready = True
            raise
        finally:
            self.return_connection(connection, is_ready)

    def pipeline(self, transaction: bool = True, shard_hint: str | None = None) -> Any:
        if transaction or not self._keeps_connections():
            return super().pipeline(transaction, shard_hint)
        return RoundTrip(self)

    def _keeps_connections(self) -> bool:
        return not self.connection and type(self.connection_pool) is redis.ConnectionPool

    def take_connection(self) -> Any:
        """Return a connection for one call."""
        return self._idle_connection() or self.connection_pool.get_connection()

    def return_connection(self, connection: Any, is_ready: bool) -> None:
        """Keep the connection for the next call if it `is_ready`: every reply has come."""
        if is_ready:
            self._idle.append(connection)
        else:
            self._give_up(connection)  # a reply may still come

    def _idle_connection(self) -> Any:
        """Return a connection that is ready for a command, or None. A process that was forked uses none of before."""
        if self._process != os.getpid():
            self._idle, self._process = [], os.getpid()
        try:
            connection = self._idle.pop()
        except IndexError:
            return None
        with contextlib.suppress(redis.RedisError):
            if not connection.can_read():
                return connection
        self._give_up(connection)  # the server closed it, or something is left on it
        return None

    def _give_up(self, connection: Any) -> None:
        connection.disconnect()
        self.connection_pool.release(connection)  # which connects it when it is needed

    def servers(self) -> "Sequence[StoreClient]":
        """Return every server that has data."""
        return [self]

    def server_of(self, key: str) -> "StoreClient":
        """Return the server that has a key."""
        return self

    def info_of(self, key: str, section: str) -> Mapping[str, Any]:
        """Return a section of the figures of the server that has a key."""
        found: Mapping[str, Any] = self.info(section)
        return found

    def connection_of(self, key: str) -> AbstractContextManager[Any]:
        """Return one connection to the server that has a key."""
        connected: AbstractContextManager[Any] = self.client()  # type: ignore[no-untyped-call]
        return connected


def guarded(cls: C) -> C:
    """Make every public method of a store raise StorageDown if the server does not reply or cannot work now."""
    for name, method in list(vars(cls).items()):
        if callable(method) and not name.startswith("_"):
            setattr(cls, name, _guard(method))
    return cls


def _guard(method: Callable[Concatenate[Any, P], R]) -> Callable[Concatenate[Any, P], R]:
    @wraps(method)
    def guarded_method(store: Any, *args: P.args, **kwargs: P.kwargs) -> R:
        breaker: Breaker = store._client.breaker
        breaker.check()
        try:
            result = method(store, *args, **kwargs)
        except StorageDown:
            raise  # from a guarded method that this one called
        except redis.TimeoutError as error:
            breaker.open()
            raise StorageDown(str(error)) from error
        except redis.RedisError as error:
            if is_unavailable(error):
                kind = StorageRefuses if isinstance(error, redis.ResponseError) else StorageDown
                raise kind(_reply(error)) from error
            if problem := _wrong_server(error):
                raise SettingsInvalid(f"REPLYGATE_REDIS_URL {problem}") from error
            raise
        except ReplygateError:
            breaker.close()
            raise
        breaker.close()
        return result

    return guarded_method  # type: ignore[return-value]  # mypy names the first argument


def keys_from(start: str) -> str:
    """Return the pattern of SCAN for all keys that begin with `start`."""
    return re.sub(r"([*?\[\]\\^])", r"\\\1", start) + "*"


def text(value: bytes) -> str:
    return value.decode()
