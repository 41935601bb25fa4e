"""What every store shares: the scripts, and the one place where a server's failure becomes StorageDown."""

from collections.abc import Callable
from functools import wraps
from importlib.resources import files
from typing import Any, ParamSpec, TypeVar

import redis

from comments.errors import StorageDown

P = ParamSpec("P")
R = TypeVar("R")
C = TypeVar("C", bound=type)

#: redis-py types every answer as a union with an awaitable; this is where bytes become values.
Client = Any

#: Answers by which a living server says that it cannot write now; any other refusal is a mistake of ours.
UNABLE = ("OOM", "MISCONF", "NOREPLICAS", "READONLY", "LOADING", "BUSY", "MASTERDOWN")


def guarded(cls: C) -> C:
    """Let every public method of a store raise StorageDown when the server does not answer or cannot write."""
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


def script(client: Client, *names: str) -> Any:
    """The Lua files of these names, one after the other, as one script."""
    folder = files("comments.storage") / "lua"
    return client.register_script("\n".join((folder / f"{name}.lua").read_text() for name in names))


def text(value: bytes) -> str:
    return value.decode()
