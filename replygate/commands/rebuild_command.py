"""`replygate rebuild`: what a site learned, counted anew from what its moderators decided."""

from collections import Counter
from collections.abc import Iterable, Sequence

import click

from comments.lifecycle import Label
from comments.model import Comment
from comments.storage.corpus_lessons import counted_lessons, ham_ceiling, lesson_of
from comments.storage.interfaces import Storage
from comments.storage.values import TokenCounts
from replygate.deployment import installation
from workers.filters.reputation import domains
from workers.learning.lesson_quotas import quotas
from workers.learning.site_model import tokens

from .export_command import comments
from .site_commands import site_named

#: Comments loaded at once.
BATCH = 500


@click.command("rebuild")
@click.option("--site", "id", required=True, metavar="ID")
@click.option("--check", is_flag=True, help="Only say whether it is needed; ends with 1 if so.")
def rebuild(id: str, check: bool) -> None:
    """Count anew what the site ID learned, from its comments' histories.

    Needed after an upgrade that takes words apart in another way, and when other sites shall learn with this one: all
    that learn together are counted then. The service may go on meanwhile: what is decided is learned as ever.
    """
    here, site = installation(), site_named(id).id
    storage, sites = here.storage, here.settings.learn_together.of(site)
    if here.settings.share_repute and not check:
        tell(storage, site)
    wanted = recount(comment for of in sites for comment in comments(storage, of))
    if storage.corpus.snapshot(site) == wanted:
        click.echo(f"{id} knows exactly what its moderators taught: {_totals(wanted)}.")
    elif check:
        raise click.ClickException(f"{id} knows something else than its moderators taught; rebuild it")
    else:
        renew(storage, sites)
        click.echo(f"Counted {id} anew: {_totals(storage.corpus.snapshot(site))}.")


def _totals(counts: TokenCounts) -> str:
    return f"{counts.ham} ham, {counts.spam} spam, {len(counts.tokens)} words"


def recount(known: Iterable[Comment]) -> TokenCounts:
    """What the corpus must hold, by the histories of all comments that teach it and nothing else."""
    lessons = {c.id: lesson for c in known if (lesson := lesson_of(c, tokens(c), quotas(c)))}
    taught: Counter[Label] = Counter()
    seen: dict[Label, Counter[str]] = {label: Counter() for label in Label}
    for id in counted_lessons(lessons):
        taught[lessons[id].label] += 1
        seen[lessons[id].label].update(lessons[id].tokens)
    ham, spam = seen[Label.HAM], seen[Label.SPAM]
    pairs = {t: (ham[t], spam[t]) for t in {*ham, *spam}}
    return TokenCounts(taught[Label.HAM], taught[Label.SPAM], pairs, ham_ceiling(lessons))


def tell(storage: Storage, site: str) -> None:
    """Let other sites hear what this one's lessons say of linked domains, as if the setting had always been on."""
    for comment in comments(storage, site):
        if comment.lesson:
            storage.shared_reputation.update(site, comment.id, comment.lesson, domains(comment))


def renew(storage: Storage, sites: Sequence[str]) -> None:
    """Forget what these sites learned, and learn again. Interrupted, it leaves to the learn job what is still due."""
    teaching = {site: [comment.id for comment in comments(storage, site) if comment.lesson] for site in sites}
    storage.corpus.forget(sites[0], teaching)
    for site, ids in teaching.items():
        for start in range(0, len(ids), BATCH):
            for comment in storage.comments.load(site, ids[start : start + BATCH]):
                if comment is not None:
                    storage.corpus.learn(site, comment, tokens(comment), quotas(comment))
