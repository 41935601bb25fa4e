"""Several commands in one round trip, without a transaction."""

from collections.abc import Mapping
from typing import Any

from redis.client import Pipeline
from redis.exceptions import NoScriptError, ResponseError


class RoundTrip(Pipeline):
    """A pipeline on a connection that its client keeps, without redis-py's metrics, events and retries.

    redis-py asks the server first, in a round trip of its own, which scripts it has. This pipeline takes for granted
    that it has all, and sends the calls of a missing one again, after the other commands.
    """

    def __init__(self, client: Any) -> None:
        super().__init__(client.connection_pool, client.response_callbacks, False, None)
        self._client = client

    def execute(self, raise_on_error: bool = True) -> list[Any]:
        if self.watching or self.explicit_transaction:
            return list(super().execute(raise_on_error))
        try:
            return self._execute(self.command_stack, raise_on_error)
        finally:
            self.reset()

    def _execute(self, stack: list[Any], raise_on_error: bool) -> list[Any]:
        replies = self._sent(stack)
        missing = [n for n, reply in enumerate(replies) if isinstance(reply, NoScriptError)]
        if missing:
            for script in self.scripts:
                self._client.script_load(script.script)
            for n, reply in zip(missing, self._sent([stack[n] for n in missing]), strict=True):
                replies[n] = reply
        if raise_on_error:
            self.raise_first_error(stack, replies)  # type: ignore[no-untyped-call]
        return replies

    def _sent(self, stack: list[Any]) -> list[Any]:
        if not stack:
            return []
        connection, is_ready = self._client.take_connection(), False
        try:
            connection.send_packed_command(connection.pack_commands([words for words, _ in stack]))
            replies = [self._reply(connection, words[0], options) for words, options in stack]
            is_ready = True
            return replies
        finally:
            self._client.return_connection(connection, is_ready)

    def _reply(self, connection: Any, name: Any, options: Mapping[str, Any]) -> Any:
        try:
            return self.parse_response(connection, name, **options)  # type: ignore[no-untyped-call]
        except ResponseError as error:
            return error
