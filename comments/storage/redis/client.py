"""The one place where a failure of the server becomes StorageDown."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import redis

from comments.errors import StorageDown

P = ParamSpec("P")
R = TypeVar("R")
C = TypeVar("C", bound=type)

#: redis-py types every reply as a union with an awaitable, so values get their types where they are read.
Client = Any

#: Error replies of a server that runs but cannot write now. Any other error reply is a bug in this program.
UNABLE = ("OOM", "MISCONF", "NOREPLICAS", "READONLY", "LOADING", "BUSY", "MASTERDOWN")


def guarded(cls: C) -> C:
    """Make every public method of a store raise StorageDown if the server does not reply or cannot write."""
    for name, method in list(vars(cls).items()):
        if callable(method) and not name.startswith("_"):
            setattr(cls, name, _guard(method))
    return cls


def _guard(method: Callable[P, R]) -> Callable[P, R]:
    @wraps(method)
    def guarded_method(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return method(*args, **kwargs)
        except (redis.ConnectionError, redis.TimeoutError) as error:
            raise StorageDown(str(error)) from error
        except redis.ResponseError as error:
            if str(error).startswith(UNABLE):
                raise StorageDown(str(error)) from error
            raise

    return guarded_method


def text(value: bytes) -> str:
    return value.decode()
