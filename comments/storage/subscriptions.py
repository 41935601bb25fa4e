"""Protocol of the store for email subscriptions. Authors have keyed names; their addresses stay with the comments."""

from datetime import datetime
from typing import Protocol

#: Seconds until an author may be asked again: after no reply, and after they unsubscribed.
ASK_AGAIN, ASK_AGAIN_AFTER_NO = 7 * 86_400, 30 * 86_400


class Subscriptions(Protocol):
    """Subscriptions to replies, with double opt-in. `who` is Comment.identity. Each holds for one site."""

    def reserve_request(self, site: str, who: str, comment: str) -> bool:
        """True if a confirmation request may be mailed to the author because of this comment.

        The first comment reserves the request and gets True until `request_sent`. Any other comment gets False, for a
        week. Authors who confirmed get no request.
        """

    def request_sent(self, site: str, who: str) -> None:
        """Record that the request was mailed: no second one for a week, from any comment."""

    def cancel_request(self, site: str, who: str, comment: str) -> None:
        """Give the reservation up, so that another comment can reserve the request."""

    def confirm(self, site: str, who: str) -> None:
        """Record that the author wants email."""

    def prove(self, site: str, who: str, browser: str) -> None:
        """Record that the owner of the address confirmed a comment that this browser sent (Comment.browser)."""

    def has_proved(self, site: str, who: str, browser: str) -> bool: ...

    def confirmed_at(self, site: str, who: str) -> datetime | None:
        """Return when the author confirmed; None for an author who did not, or unsubscribed."""

    def unsubscribe(self, site: str, who: str) -> None:
        """Record that the author wants no email. There is no new request for a month."""

    def has_unsubscribed(self, site: str, who: str) -> bool:
        """True for a month after the author unsubscribed, unless they confirmed again."""

    def mute(self, site: str, comment: str) -> None:
        """Record that the author of this comment wants no email about replies to it."""

    def wants_mail(self, site: str, who: str, comment: str) -> bool:
        """True if the author confirmed and did not mute this comment."""

    def mark_notified(self, site: str, reply: str) -> None:
        """Record that email about a reply was sent."""

    def was_notified(self, site: str, reply: str) -> bool: ...
