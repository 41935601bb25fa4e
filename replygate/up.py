"""Everything on one machine: Valkey, web, workers and sweep, kept running; what they keep is one directory."""

import fcntl
import http.client
import secrets
import socket
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import click

from comments import logs
from comments.errors import NotFound, SettingsInvalid
from comments.settings import PREFIX, TRUE, Settings
from comments.site import Person, Site
from comments.storage.interfaces import Storage
from comments.storage.redis import open_redis
from service.accounts.invitations import sign_in_link

from . import embedded_valkey
from .deployment import ADDRESS_FILE, KEY_FILE
from .supervisor import Part, Supervisor

#: What a first start makes, so that there is something to look at.
SITE, PERSON = "demo", "admin"
#: Whom the mail is from that a demo without a mail server writes into files.
DEMO_SENDER = "replies@demo.example"
#: Bytes of the parts' log from which on the next start puts it aside.
LONG_LOG = 10_000_000
#: Seconds for Valkey to write what is left. The others are gone by then.
VALKEY_GRACE = 30.0
#: Seconds; the web part's own grace and a little.
PORT_PATIENCE = 6.0
#: Addresses that stand for all of a machine's; nobody can go there.
EVERYWHERE = ("0.0.0.0", "::", "")  # noqa: S104 - nothing is bound here


def up(directory: Path, env: Mapping[str, str], *, host: str = "", port: int = 0) -> None:
    """Run everything until SIGINT or SIGTERM. `host` and `port` go before those that `env` names.

    Raises SettingsInvalid when it cannot start: a setting is wrong, the port is taken, or it runs here already.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    environment = _environment(directory, env, host, port)
    settings = Settings.from_env(environment)
    logs.configure(settings.log_level, "up")
    with _alone(directory), _log(directory) as log, Supervisor(log) as supervisor:
        _check_port(settings)
        supervisor.start(_valkey(directory))
        storage = open_redis(settings)
        _furnish(storage, settings)
        (directory / ADDRESS_FILE).write_text(settings.public_url)
        for part in _parts(settings, environment):
            supervisor.start(part)
        click.echo(welcome(storage, settings, directory))
        supervisor.watch()


def _environment(directory: Path, env: Mapping[str, str], host: str, port: int) -> dict[str, str]:
    """The parts' environment: what the caller's does not say is made up here, except where Valkey is."""
    ours = {"DEMO": "true", "METRICS_DIR": str(directory / "metrics")}
    if f"{PREFIX}SECRET_KEY" not in env:
        ours["SECRET_KEY_FILE"] = str(_secret(directory))
    given = {
        "REDIS_URL": embedded_valkey.url(directory),
        **({"HOST": host} if host else {}),
        **({"PORT": str(port)} if port else {}),
    }
    if not {f"{PREFIX}SMTP_URL", f"{PREFIX}SMTP_URL_FILE"} & env.keys() and env.get(f"{PREFIX}DEMO", TRUE) == TRUE:
        ours |= {"SMTP_URL": (directory.resolve() / "mail").as_uri(), "MAIL_FROM": DEMO_SENDER}
    said = {**_prefixed(ours), **env, **_prefixed(given)}
    settings = Settings.from_env(said)
    here = "127.0.0.1" if settings.host in EVERYWHERE else settings.host
    return {**_prefixed({"PUBLIC_URL": f"http://{here}:{settings.port}"}), **said}


def _prefixed(values: Mapping[str, str]) -> dict[str, str]:
    return {PREFIX + name: value for name, value in values.items()}


def _secret(directory: Path) -> Path:
    """The file with this deployment's key, made at the first start and kept: all pseudonyms hang on it."""
    path = directory / KEY_FILE
    if not path.exists():
        fresh = directory / f"{KEY_FILE}.new"
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_hex(32))
        fresh.rename(path)  # whole or not at all
    return path


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """Hold this directory. Waits for the server of a predecessor that was killed, which may still be writing."""
    with (directory / "up.lock").open("w") as ours, embedded_valkey.lock(directory).open("w") as server:
        try:
            fcntl.flock(ours, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise SettingsInvalid(f"Replygate runs in {directory} already") from error
        fcntl.flock(server, fcntl.LOCK_EX)
        fcntl.flock(server, fcntl.LOCK_UN)
        yield


@contextmanager
def _log(directory: Path) -> Iterator[BinaryIO]:
    path = directory / "replygate.log"
    if path.exists() and path.stat().st_size > LONG_LOG:
        path.rename(directory / "replygate.log.1")
    with path.open("ab") as file:
        yield file


def _check_port(settings: Settings) -> None:
    """Wait a moment for the port: a predecessor that was killed may still be answering its last requests."""
    until = time.monotonic() + PORT_PATIENCE
    while True:
        try:
            socket.create_server((settings.host, settings.port)).close()
            return
        except OSError as error:
            if time.monotonic() > until:
                address = f"{settings.host}:{settings.port}"
                raise SettingsInvalid(f"cannot listen on {address}: {error.strerror}") from error
        time.sleep(0.1)


def _valkey(directory: Path) -> Part:
    return Part(
        "valkey",
        embedded_valkey.command(directory),
        ready=lambda: embedded_valkey.answers(directory),
        rank=2,
        grace=VALKEY_GRACE,
        delay=0.0,  # everything else waits for it
        settled=1.0,
        lock=embedded_valkey.lock(directory),
    )


def _parts(settings: Settings, environment: Mapping[str, str]) -> list[Part]:
    def part(name: str, *words: str, rank: int = 1) -> Part:
        return Part(name, [sys.executable, "-m", "replygate", *words], environment, rank=rank)

    return [
        part("sweep", "sweep"),
        *(part(f"judge {n + 1}", "work", "judge") for n in range(settings.judges)),
        part("background", "work", "background"),
        part("delivery", "work", "delivery"),
        replace(part("web", "web", rank=0), ready=lambda: _is_served(settings)),
    ]


def _is_served(settings: Settings) -> bool:
    connection = http.client.HTTPConnection(settings.host, settings.port, timeout=1.0)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _furnish(storage: Storage, settings: Settings) -> None:
    """What a first start lacks: the demo site and somebody to look after it."""
    storage.server.prepare()
    known = next((site for site in storage.sites.all() if site.id == SITE), None)
    site = known or Site(SITE, "Demo", datetime.now(UTC))
    if settings.public_url not in site.origins:  # the port may have changed since
        storage.sites.put(replace(site, origins=(*site.origins, settings.public_url)))
    if not storage.people.all():
        storage.people.put(Person(PERSON, {SITE: "owner"}, operator=True))


def _mail(settings: Settings, directory: Path) -> list[tuple[str, str]]:
    """Said, because visitors are offered mail that then reaches nobody."""
    folder = settings.smtp_url.folder if settings.smtp_url else None
    if folder and folder.is_relative_to(directory.resolve()):
        folder = directory / folder.relative_to(directory.resolve())
    return [("Mail", f"{folder} (files only; REPLYGATE_SMTP_URL sends)")] if folder else []


def welcome(storage: Storage, settings: Settings, directory: Path) -> str:
    """Where to go first. The link that signs in is new each time, until a password is chosen."""
    lines = [
        ("Demo article", f"{settings.public_url}/demo/"),
        ("Review page", f"{settings.public_url}/review"),
        ("Ops page", f"{settings.public_url}/ops"),
        *_mail(settings, directory),
        ("Logs", str(directory / "replygate.log")),
    ]
    try:
        if not storage.people.get(PERSON).password:
            link = sign_in_link(storage, settings.public_url, PERSON)
            lines.insert(2, (f"Sign in as {PERSON}", f"{link} (works once)"))
    except NotFound:
        pass  # somebody else looks after this
    width = max(len(name) for name, _ in lines)
    return "\n".join(["Replygate is up. Ctrl-C stops it.", *(f"  {name:<{width}}  {text}" for name, text in lines)])
