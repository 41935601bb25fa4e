"""`replygate demo`: fill a site with a week of realistic comments, judged and moderated by the real code."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

import click

from comments.errors import Invalid, NotFound, ReplygateError
from comments.lifecycle import Action, Role, Status, actions_for
from comments.model import Comment
from comments.pseudonyms import ID_LETTERS, Pseudonyms, id_of, new_id
from comments.settings import Settings
from comments.site import Site
from comments.storage.interfaces import Storage
from comments.storage.values import Admission
from comments.thread_addresses import thread_key
from replygate.deployment import current_deployment
from service import deps as web
from service.accounts.invitations import sign_in_link
from service.demo import article_address
from service.review.decisions import ModeratorDecision, decide_comment
from service.web.site_cache import DEMO_SITE
from workers import deps as workers
from workers.filters import BUILT_IN
from workers.jobs import CALLABLES, judge
from workers.judging.policy import catalogue

from .demo_story import ARTICLE_TITLES, ESSAY, NETWORKS, STORY, TEAM, Post, StoryDecision
from .moderator_commands import person

#: The name that `replygate up` gives the demo site, and the name that replaces it.
_DEFAULT_SITE_NAME, _DEMO_SITE_NAME = "Demo", "Low Water"
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:139.0) Gecko/20100101 Firefox/139.0"


class HasComments(ReplygateError):
    """Raised when the site has comments already."""


@dataclass
class Clock:
    """The current time of the story."""

    at: datetime

    def __call__(self) -> datetime:
        return self.at


class ImmediateJobs:
    """Runs each job at once, so that the result is always the same."""

    def enqueue(self, job: str, site: str, token: str = "") -> None:
        CALLABLES[job](site, token)


@click.command("demo")
@click.option("--site", "id", default=DEMO_SITE, show_default=True, metavar="ID", help="The site to fill.")
@click.option("--seed", default=1, show_default=True, help="The same seed creates the same comments.")
@click.option("--again", is_flag=True, help="Add the comments even if the site has some already.")
def demo(id: str, seed: int, again: bool) -> None:
    """Fill a site with sample comments, decisions and accounts, to try Replygate.

    The comments are dated over the last week. No webhook or mail is sent.
    """
    deployment = current_deployment()
    counts = fill(deployment.storage, deployment.settings, id, seed, deployment.now(), again=again)
    click.echo(f"Filled {id}: " + ", ".join(f"{n} {label}" for label, n in counts.items()) + ".")
    owner = next(iter(TEAM))
    click.echo(f"Sign in as {owner}: {sign_in_link(deployment.storage, deployment.settings.public_url, owner)}")


def fill(storage: Storage, settings: Settings, id: str, seed: int, now: datetime, *, again: bool) -> Counter[str]:
    """Play the story and return its number of comments by label of their status. Raises HasComments."""
    accepted = storage.comments.counters(id).accepted
    if accepted and not again:
        raise HasComments(f"{id} has comments already; use --again to add more")
    site = _create_site(storage, settings, id, now)
    clock = Clock(now)
    workers.set_deps(replace(workers.build_deps(settings), storage=storage, jobs=ImmediateJobs(), now=clock))
    # The number of comments goes into the seed, so that --again creates other ids.
    pseudonyms = Pseudonyms(settings.secret_key)
    web_deps = web.Deps(settings, storage, ImmediateJobs(), pseudonyms, clock, signals=catalogue(BUILT_IN))
    story = StoryPlayer(site, web_deps, clock)
    story.play(now, Random(f"{seed}/{accepted}"))  # noqa: S311 - made-up comments, no secrets
    statuses = Counter(comment.status for comment in story.load())
    counts: Counter[str] = Counter()
    for status in Status:
        if statuses[status]:
            counts[status.label] += statuses[status]
    return counts


def _create_site(storage: Storage, settings: Settings, id: str, now: datetime) -> Site:
    """Create the site and its team."""
    try:
        site = storage.sites.get(id)
    except NotFound:
        site = Site(id, _DEFAULT_SITE_NAME, now, origins=(settings.public_url,))
    # The story is about reviewing, so each author's first comment needs review.
    site = replace(site, name=_DEMO_SITE_NAME, moderation="first") if site.name == _DEFAULT_SITE_NAME else site
    storage.sites.put(site)
    for name, role in TEAM.items():
        storage.people.put(person(storage, name, {id: role}, operator=False))
    return site


class StoryPlayer:
    """Submits the comments of the story to one site, and decides them."""

    def __init__(self, site: Site, deps: web.Deps, clock: Clock) -> None:
        self._site, self._deps, self._clock = site, deps, clock
        self._ids: dict[Post, str] = {}
        self._keys: dict[str, str] = {}

    def play(self, now: datetime, chance: Random) -> None:
        """Play every comment and decision at its time. `chance` shifts the times by minutes and makes the ids."""
        for name, title in ARTICLE_TITLES.items():
            self._deps.storage.thread_details.put(self._site.id, self._thread(name), title, None, only_missing=True)
        for at, post, step in sorted(_events(now, chance), key=lambda event: event[0]):
            self._clock.at = at
            if step is None:
                self._submit(post, chance)
            elif post in self._ids:
                self._decide(self._ids[post], step)

    def load(self) -> Iterator[Comment]:
        found = self._deps.storage.comments.load(self._site.id, list(self._ids.values()))
        return (comment for comment in found if comment is not None)

    def _submit(self, post: Post, chance: Random) -> None:
        comment = self._comment(post, id_of(chance.randbytes(ID_LETTERS)))
        try:
            self._deps.storage.comments.accept(comment, Admission(fingerprint=comment.id))
        except Invalid:
            return  # its parent was not published this time
        self._ids[post] = self._keys[post.key] = comment.id
        judge(self._site.id, new_id())

    def _comment(self, post: Post, id: str) -> Comment:
        email = f"{'.'.join(post.who.lower().replace('.', '').split())}@example.com"
        names = self._deps.pseudonyms
        return Comment(
            id=id,
            site=self._site.id,
            thread=self._thread(post.thread),
            received=self._clock.at,
            parent=self._keys.get(post.to, "") if post.to else "",
            author=post.who,
            email=email,
            url=post.url,
            content=post.text,
            origin=names.origin(NETWORKS[post.who]),
            identity=names.author(email),
            user_agent=AGENT,
            trap=post.trap,
        )

    def _thread(self, name: str) -> str:
        return thread_key(article_address(self._deps.settings), self._site) if name == ESSAY else name

    def _decide(self, id: str, step: StoryDecision) -> None:
        """Decide the comment, unless the filters already made the same decision."""
        comment = self._deps.storage.comments.get(self._site.id, id)
        undo = step.action is Action.UNDO and comment.can_undo
        if undo or step.action in actions_for(Role.MODERATOR, comment.status):
            decide_comment(self._deps, self._site.id, ModeratorDecision(id, comment.version, step.action), step.by)


def _events(now: datetime, chance: Random) -> Iterator[tuple[datetime, Post, StoryDecision | None]]:
    """Yield every comment and every decision with its time."""
    for post in STORY:
        # Less than the story's intervals, so that replies stay after their parents.
        shift = timedelta(seconds=chance.randrange(0, 240))
        at = (now - timedelta(hours=post.ago) + shift).replace(microsecond=0)
        yield at, post, None
        for step in post.then:
            yield at + timedelta(hours=step.after), post, step
