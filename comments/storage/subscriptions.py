"""Who wants mail about replies. Authors by their keyed names: no address is kept here, it stays with the comment."""

from typing import Protocol

#: Seconds until an author may be asked again: one who did not answer, and one who said no.
ASK_AGAIN, ASK_AGAIN_AFTER_NO = 7 * 86_400, 30 * 86_400


class Subscriptions(Protocol):
    """`who` is Comment.identity. Everything holds for one site."""

    def reserve_request(self, site: str, who: str, comment: str) -> bool:
        """Whether an author is to be asked, because of this comment, whether they want mail.

        The first comment gets to ask; for it the answer stays the same until `asked`. For all others it is no, for
        a week, and for whoever said yes.
        """

    def request_sent(self, site: str, who: str) -> None:
        """The mail that asks is sent: no second one this week, whichever comment it is for."""

    def cancel_request(self, site: str, who: str, comment: str) -> None:
        """The comment that got to ask has no business to any more, so another one may."""

    def confirm(self, site: str, who: str) -> None:
        """They said yes."""

    def unsubscribe(self, site: str, who: str) -> None:
        """They want no mail at all, and not to be asked again for a month."""

    def mute(self, site: str, comment: str) -> None:
        """The author of this comment wants no mail about replies to it."""

    def wants_mail(self, site: str, who: str, comment: str) -> bool:
        """Whether they said yes, and are still interested in replies to this comment of theirs."""

    def mark_notified(self, site: str, reply: str) -> None:
        """Note that mail was sent about a reply."""

    def was_notified(self, site: str, reply: str) -> bool: ...
