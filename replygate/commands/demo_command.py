"""`replygate demo`: fills a site with a believable week, by the ways that visitors, filters and moderators take."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

import click

from comments.errors import Invalid, NotFound, ReplygateError
from comments.lifecycle import Action, Role, actions_for
from comments.model import Comment
from comments.pseudonyms import ID_LETTERS, Pseudonyms, id_of, new_id
from comments.settings import Settings
from comments.site import Site
from comments.storage.interfaces import Storage
from comments.storage.values import Admission
from replygate.deployment import installation
from service import deps as web
from service.accounts.invitations import sign_in_link
from service.demo import SITE
from service.review.decisions import Step, settle
from workers import deps as workers
from workers.jobs import CALLABLES, judge

from .demo_story import ARTICLE, NETWORKS, STORY, TEAM, Said, Settling
from .moderator_commands import person

#: What `replygate up` calls the site that it makes, and what a paper about a shore is called.
UNNAMED, NAME = "Demo", "Low Water"
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:139.0) Gecko/20100101 Firefox/139.0"


class HasComments(ReplygateError):
    """Raised when a site that is to be filled with made-up comments has comments already."""


@dataclass
class Clock:
    """The time that the story has come to."""

    at: datetime

    def __call__(self) -> datetime:
        return self.at


class ImmediateJobs:
    """Does each job where it is asked for, so that the story never waits and always ends in the same way."""

    def enqueue(self, job: str, site: str, token: str = "") -> None:
        CALLABLES[job](site, token)


@click.command("demo")
@click.option("--site", "id", default=SITE, show_default=True, metavar="ID", help="The site to fill.")
@click.option("--seed", default=1, show_default=True, help="The same seed makes the same comments.")
@click.option("--again", is_flag=True, help="Also if the site has comments: they stay, and these come in addition.")
def demo(id: str, seed: int, again: bool) -> None:
    """Fill a site with made-up comments, decisions and people, to see what this is like.

    Meant for what `replygate up` runs. The comments are dated over the last days; nothing is sent to anybody.
    """
    here = installation()
    told = fill(here.storage, here.settings, id, seed, here.now(), again=again)
    click.echo(f"Filled {id}: " + ", ".join(f"{n} {status}" for status, n in sorted(told.items())) + ".")
    click.echo(f"Sign in as {(name := next(iter(TEAM)))}: {sign_in_link(here.storage, here.settings.public_url, name)}")


def fill(storage: Storage, settings: Settings, id: str, seed: int, now: datetime, *, again: bool) -> Counter[str]:
    """Play the story; gives how many comments of it stand in each status. Raises HasComments."""
    accepted = storage.comments.counters(id).accepted
    if accepted and not again:
        raise HasComments(f"{id} has comments already; --again adds to them")
    site = _furnished(storage, settings, id, now)
    clock = Clock(now)
    workers.install(replace(workers.build_deps(settings), storage=storage, jobs=ImmediateJobs(), now=clock))
    # Two fillings of one site must not give the same ids.
    told = Telling(site, web.Deps(settings, storage, ImmediateJobs(), Pseudonyms(settings.secret_key), clock), clock)
    told.tell(now, Random(f"{seed}/{accepted}"))  # noqa: S311 - made-up comments, no secrets
    return Counter(comment.status.value for comment in told.loaded())


def _furnished(storage: Storage, settings: Settings, id: str, now: datetime) -> Site:
    """The site, and the people who look after it."""
    try:
        site = storage.sites.get(id)
    except NotFound:
        site = Site(id, UNNAMED, now, origins=(settings.public_url,))
    site = replace(site, name=NAME) if site.name == UNNAMED else site
    storage.sites.put(site)
    for name, role in TEAM.items():
        storage.people.put(person(storage, name, {id: role}, operator=False))
    return site


class Telling:
    """The story as it goes on upon one site."""

    def __init__(self, site: Site, deps: web.Deps, clock: Clock) -> None:
        self._site, self._deps, self._clock = site, deps, clock
        self._ids: dict[Said, str] = {}
        self._keys: dict[str, str] = {}

    def tell(self, now: datetime, chance: Random) -> None:
        """Each comment and each decision at its time; `chance` moves them by some minutes, and makes the ids."""
        for at, said, step in sorted(_events(now, chance), key=lambda event: event[0]):
            self._clock.at = at
            if step is None:
                self._submit(said, chance)
            elif said in self._ids:
                self._decide(self._ids[said], step)

    def loaded(self) -> Iterator[Comment]:
        found = self._deps.storage.comments.load(self._site.id, list(self._ids.values()))
        return (comment for comment in found if comment is not None)

    def _submit(self, said: Said, chance: Random) -> None:
        comment = self._comment(said, id_of(chance.randbytes(ID_LETTERS)))
        try:
            self._deps.storage.comments.accept(comment, Admission(fingerprint=comment.id))
        except Invalid:
            return  # what it answers was not published this time
        self._ids[said] = self._keys[said.key] = comment.id
        judge(self._site.id, new_id())

    def _comment(self, said: Said, id: str) -> Comment:
        email = f"{'.'.join(said.who.lower().replace('.', '').split())}@example.com"
        settings, names = self._deps.settings, self._deps.pseudonyms
        return Comment(
            id=id,
            site=self._site.id,
            thread=f"{settings.public_url.rstrip('/')}/demo/" if said.thread == ARTICLE else said.thread,
            received=self._clock.at,
            parent=self._keys.get(said.to, "") if said.to else "",
            author=said.who,
            email=email,
            url=said.url,
            content=said.text,
            origin=names.origin(NETWORKS[said.who]),
            identity=names.author(email),
            user_agent=AGENT,
            trap=said.trap,
        )

    def _decide(self, id: str, step: Settling) -> None:
        """As far as it can be done: the filters may have come to the same verdict themselves."""
        comment = self._deps.storage.comments.get(self._site.id, id)
        undo = step.action is Action.UNDO and comment.can_undo
        if undo or step.action in actions_for(Role.MODERATOR, comment.status):
            settle(self._deps, self._site.id, Step(id, comment.version, step.action), step.by)


def _events(now: datetime, chance: Random) -> Iterator[tuple[datetime, Said, Settling | None]]:
    """Every comment, and every decision about one, with its time."""
    for said in STORY:
        # Minutes and seconds only: the order of the story, which answers to one another, stays.
        moved = timedelta(seconds=chance.randrange(0, 240))
        at = (now - timedelta(hours=said.ago) + moved).replace(microsecond=0)
        yield at, said, None
        for step in said.then:
            yield at + timedelta(hours=step.after), said, step
