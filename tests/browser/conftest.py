"""A real browser and a real service: Valkey, the web service on a free port, and the shipped filters."""

import re
import shutil
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from werkzeug.serving import make_server

from comments.lifecycle import Status
from comments.model import Comment
from comments.person import Person
from comments.pseudonyms import Pseudonyms, new_id, token_digest
from comments.settings import Settings
from comments.storage.interfaces import Storage
from service import create_app
from service.deps import Deps
from tests.browser.pages import Website, open_website
from tests.support.builders import a_site
from tests.support.immediate_jobs import ImmediateJobs
from tests.support.mail_server import MailServer
from tests.support.wordpress import WordPress, open_wordpress
from workers import deps as workers
from workers.delivery.smtp import Mailer
from workers.filters import BUILT_IN
from workers.judging.policy import build_policy, catalogue

#: Flags that switch off background network traffic, other hosts (pages of WordPress wait for pictures) and the GPU.
FLAGS = [
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
#: Milliseconds to wait for a page. Only a busy machine needs more than a moment.
TIMEOUT_MS = 30_000


@dataclass(frozen=True)
class Live:
    """The running service and its storage."""

    url: str
    storage: Storage

    def link(self, name: str = "mo", **roles: str) -> str:
        """Return a one-time sign-in link for an account with these roles."""
        self.storage.people.put(Person(name, roles or {"demo": "moderator"}))
        token = new_id()
        self.storage.people.put_link(token_digest(token), name, 60)
        return f"{self.url}/link/{token}"

    def one(self, status: Status) -> Comment:
        (comment,) = self.storage.comments.by_status("demo", status, 2).rows
        return comment

    def status(self, comment: Comment) -> Status:
        return self.storage.comments.get(comment.site, comment.id).status


@pytest.fixture
def public_path() -> str:
    """Return the path below which the service is public. A module may define another one."""
    return ""


@pytest.fixture
def live(valkey_settings: Settings, redis_storage: Storage, public_path: str) -> Iterator[Live]:
    listening = socket.create_server(("127.0.0.1", 0))
    origin = f"http://127.0.0.1:{listening.getsockname()[1]}"
    url = origin + public_path
    settings = replace(valkey_settings, public_url=url, demo=True)
    pseudonyms, jobs = Pseudonyms(settings.secret_key), ImmediateJobs()
    redis_storage.sites.put(
        a_site(id="demo", name="The Daily Loaf", origins=(origin,), per_minute=0, moderation="first")
    )
    policy = build_policy(BUILT_IN, {})
    workers.set_deps(workers.Deps(settings, redis_storage, workers.now, jobs, BUILT_IN, policy))
    app = create_app(Deps(settings, redis_storage, jobs, pseudonyms, workers.now, signals=catalogue(BUILT_IN)))
    server = make_server("127.0.0.1", 0, app, threaded=True, fd=listening.fileno())
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Live(url, redis_storage)
    server.shutdown()
    thread.join()
    server.server_close()
    listening.close()


@pytest.fixture
def website(live: Live) -> Iterator[Website]:
    with open_website() as website:
        site = a_site(id="demo", origins=(live.url, website.url), per_minute=0, moderation="suspicious")
        live.storage.sites.put(site)
        yield website


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Start Chromium. A missing Chromium is an error, because these tests cover the daily work of a moderator.

    It stops after this package: while it runs, Playwright's event loop is running, and no test can start another one.
    """
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert path, "the browser tests need Chromium on the PATH"
    with sync_playwright() as playwright:
        expect.set_options(timeout=TIMEOUT_MS)
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def wordpress_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WordPress]:
    """A WordPress without plugins. Modules that use it deactivate theirs."""
    with open_wordpress(tmp_path_factory.mktemp("wordpress")) as wordpress:
        yield wordpress


class Desktop:
    """Opens pages, and collects their script errors, dialogs and policy violations."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self.errors: list[str] = []

    def open(self, width: int = 1100, **options: object) -> Page:
        """Open an empty page. It has no transitions, so that no measurement meets a colour half-way."""
        size = {"width": width, "height": 800}
        context = self._browser.new_context(viewport=size, **{"reduced_motion": "reduce", **options})
        self._contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(TIMEOUT_MS)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("dialog", lambda dialog: (self.errors.append(dialog.message), dialog.dismiss()))
        page.on("console", lambda message: self._record(message.text))
        return page

    def _record(self, text: str) -> None:
        if "Content Security Policy" in text or "Refused" in text:
            self.errors.append(text)

    def close(self) -> None:
        for context in self._contexts:
            context.close()


@pytest.fixture
def desktop(chromium: Browser) -> Iterator[Desktop]:
    """Open pages, and fail the test if one runs a visitor's text, breaks, or violates the content security policy."""
    desktop = Desktop(chromium)
    yield desktop
    desktop.close()
    assert desktop.errors == []


def sign_in(page: Page, link: str) -> None:
    """Sign in with a request of the browser, which takes less time than two pages."""
    answer = page.request.post(link, max_redirects=0)
    assert answer.status == 303, answer.text()


def press_sign_in(page: Page, link: str) -> None:
    """Sign in as people do, and wait for the page that follows."""
    page.goto(link)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile(r"/(review|setup)$"))


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer() as listening:
        yield listening


@pytest.fixture
def mailing(live: Live, valkey_settings: Settings, server: MailServer) -> Live:
    """Let the service send mail to the mail server."""
    workers.set_deps(replace(workers.deps(), mailer=Mailer(server.settings, valkey_settings.mail_from)))
    return live
