"""Put items into the queues of the people and chat channels that chose them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from .moderator_notices import OWNER_TOPICS, NoticeChoice, NoticeTopic, next_notice
from .notice_links import CHAT_RECEIVER, EMAIL_RECEIVER
from .person import Person
from .site import Site
from .storage.interfaces import Storage
from .storage.notices import NoticeItem

ItemsByTopic = Mapping[NoticeTopic, Sequence[NoticeItem]]


def queue_notices(storage: Storage, site: Site, items: ItemsByTopic, now: datetime, sends_mail: bool = True) -> None:
    """Queue items for everyone who wants them. Queueing the same items again changes nothing."""
    if not any(items.values()):
        return
    people = storage.people.all() if sends_mail else []
    for receiver, choice, topics in _receivers(site, people):
        wanted = [item for topic in topics if choice.wants(topic) for item in items.get(topic, ())]
        storage.notices.add(site.id, receiver, wanted, next_notice(choice, now), now)


def _receivers(site: Site, people: Sequence[Person]) -> Iterator[tuple[str, NoticeChoice, Sequence[NoticeTopic]]]:
    """Yield each receiver of a site with its choices and the topics that it may choose."""
    for person in people:
        if may_receive(person, site.id):
            yield EMAIL_RECEIVER + person.name, person.notice_choice(site.id), topics_for(person, site.id)
    for channel in site.chat_receivers:
        if channel.enabled:
            yield CHAT_RECEIVER + channel.id, channel.choice, tuple(NoticeTopic)


def may_receive(person: Person, site: str) -> bool:
    """True for a moderator of the site with a confirmed address."""
    return person.email_confirmed and bool(person.email) and person.moderates(site)


def topics_for(person: Person, site: str) -> Sequence[NoticeTopic]:
    """Return the topics that a person may choose for a site."""
    return [topic for topic in NoticeTopic if person.owns(site) or topic not in OWNER_TOPICS]
