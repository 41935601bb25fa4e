"""Link accounts of chat services to people, by a code that the person got on a page."""

from dataclasses import replace

from comments.audit import AuditAction, AuditEntry
from comments.errors import StaleVersion
from comments.person import Person
from service.deps import Deps

from .notice_pages import chat_code_digest

#: Attempts of one chat account in 15 minutes, and accounts that one person can link.
PER_CHAT_USER, WINDOW, MAX_CHAT_USERS = 5, 900, 10


def link_chat_account(deps: Deps, user: str, code: str) -> str:
    """Link the account and return the person's name. Raises NotFound for a wrong code, and TooMany.

    An account belongs to one person: linking it again moves it.
    """
    people = deps.storage.people
    people.attempt(f"chat code {user}", PER_CHAT_USER, WINDOW)
    person = people.get(people.take_link(chat_code_digest(code)))
    for other in people.all():
        if user in other.chat_users and other.name != person.name:
            _replace(deps, other, tuple(each for each in other.chat_users if each != user), AuditAction.CHAT_UNLINK)
    kept = [each for each in person.chat_users if each != user][-MAX_CHAT_USERS + 1 :]
    _replace(deps, person, (*kept, user), AuditAction.CHAT_LINK)
    return person.name


def _replace(deps: Deps, person: Person, chat_users: tuple[str, ...], action: AuditAction) -> None:
    kind = (set(chat_users) ^ set(person.chat_users) or {""}).pop().partition(":")[0]
    entry = AuditEntry(person.name, action, after=kind, via=kind)
    if not deps.storage.people.compare_and_set(person, replace(person, chat_users=chat_users), entry):
        raise StaleVersion("Someone else changed this account. Try again.")
