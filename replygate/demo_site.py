"""Prepare the data of `replygate up`: the demo site, its owner, and a link to sign in.

A process of its own, because storage and the service take 60 MB of memory, which a supervisor does not need.
"""

import json
import os
from dataclasses import asdict, replace
from datetime import UTC, datetime

import click

from comments import logs
from comments.errors import NotFound
from comments.person import Person
from comments.settings import Settings
from comments.site import Site
from comments.storage.interfaces import Storage
from comments.storage.redis import open_redis
from service.accounts.invitations import sign_in_link
from service.web.site_cache import DEMO_SITE

from .demo_preparation import DEMO_ACCOUNT, PreparedDemo
from .expected_errors import expected_errors


def prepare(storage: Storage, settings: Settings) -> PreparedDemo:
    """Migrate the stored data, and create the demo site and its owner on the first start.

    The sign-in link is new each time, until a password is set.
    """
    storage.server.prepare()
    existing = next((site for site in storage.sites.all() if site.id == DEMO_SITE), None)
    site = existing or Site(DEMO_SITE, "Demo", datetime.now(UTC))
    if settings.public_url not in site.origins:  # the port may have changed since the last start
        storage.sites.put(replace(site, origins=(*site.origins, settings.public_url)))
    if not storage.people.all():
        storage.people.put(Person(DEMO_ACCOUNT, {DEMO_SITE: "owner"}, operator=True))
    has_comments = bool(storage.comments.counters(DEMO_SITE).accepted)
    return PreparedDemo(_sign_in_link(storage, settings), has_comments)


def _sign_in_link(storage: Storage, settings: Settings) -> str:
    try:
        if storage.people.get(DEMO_ACCOUNT).password:
            return ""
    except NotFound:  # the account was removed
        return ""
    return sign_in_link(storage, settings.public_url, DEMO_ACCOUNT)


@click.command()
def main() -> None:
    """Prepare the data of the server that the environment names. Print the result as JSON."""
    with expected_errors():
        settings = Settings.from_env(os.environ)
        logs.configure(settings.log_level, "up", settings.log_format)
        click.echo(json.dumps(asdict(prepare(open_redis(settings), settings))))


if __name__ == "__main__":
    main()
