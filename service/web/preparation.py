"""Start without storage: every request gets 503 until the data is prepared. Only the health check works."""

import logging
import os
import threading
from collections.abc import Callable, Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from comments.errors import SettingsInvalid, StorageDown
from comments.storage.store_waits import retried

log = logging.getLogger(__name__)

#: The health check of the process itself, which needs no storage.
HEALTH_PATH = "/healthz"


class PreparedStorage:
    """A WSGI application that prepares the data before the first request reaches `app`.

    Without an answer of storage it goes on trying in a thread. Raises SettingsInvalid for data it cannot use.
    """

    def __init__(self, app: WSGIApplication, prepare: Callable[[], None]) -> None:
        self._app, self._prepare = app, prepare
        self._is_prepared = threading.Event()
        try:
            prepare()
            self._is_prepared.set()
        except StorageDown as error:
            log.warning("the server is unavailable, so requests get 503: %s", error)
            threading.Thread(target=self._prepare_later, name="prepare", daemon=True).start()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if self._is_prepared.is_set() or environ["PATH_INFO"] == HEALTH_PATH:
            return self._app(environ, start_response)
        raise StorageDown("storage did not answer since the start")

    def _prepare_later(self) -> None:
        try:
            retried(self._prepare)
        except SettingsInvalid as error:
            log.error("%s", error)
            os._exit(1)  # as at a start with storage; the server or the supervisor starts the process again
        self._is_prepared.set()
