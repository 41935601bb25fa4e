"""Keys of the outbox, of deliveries by webhook and email, and of email subscriptions."""

from dataclasses import dataclass

from .declarations import ExportClass, stored
from .names import Names


@dataclass(frozen=True, slots=True)
class DeliveryKeys(Names):
    @stored(ExportClass.TEMPORARY)
    def outbox(self, site: str) -> str:
        """stream; one entry for each decision; comments/decide; the delivery job; until delivered."""
        return self._of(site, "outbox")

    @stored(ExportClass.TEMPORARY)
    def deliveries(self, site: str) -> str:
        """hash; delivery id -> Delivery as JSON; delivery/enqueue, finish; Deliveries; while pending or in the log."""
        return self._of(site, "deliveries")

    @stored(ExportClass.TEMPORARY)
    def deliveries_pending(self, site: str) -> str:
        """sorted set; delivery ids by the ms they were enqueued; delivery/enqueue, delivery/finish; ops; until over."""
        return self._of(site, "deliveries:pending")

    @stored(ExportClass.TEMPORARY)
    def deliveries_finished(self, site: str) -> str:
        """sorted set; delivery ids by the ms they ended; delivery/finish; ops, delivery/finish; the last 200."""
        return self._of(site, "deliveries:over")

    @stored(ExportClass.TEMPORARY)
    def receiver_pauses(self, site: str) -> str:
        """hash; webhook -> ms its pause ends, failures in a row; delivery/claim, finish; the same; until it works."""
        return self._of(site, "deliveries:rests")

    @stored(ExportClass.TEMPORARY)
    def next_attempts(self, site: str, webhook: str) -> str:
        """sorted set; comment ids by the ms of the next attempt; delivery/*; delivery/claim; until over."""
        return self._of(site, f"webhook:{webhook}:lanes")

    @stored(ExportClass.TEMPORARY)
    def pending_versions(self, site: str, webhook: str) -> str:
        """sorted set; ids of pending deliveries, sorted by name; delivery/*; delivery/claim; until over."""
        return self._of(site, f"webhook:{webhook}:versions")

    @stored(ExportClass.EXPORTED, "keyed identity")
    def subscribers(self, site: str) -> str:
        """hash; author's key (Comment.identity) -> ms confirmed; Subscriptions; the same; until they unsubscribe."""
        return self._of(site, "subscribers")

    @stored(ExportClass.EXPORTED, "keyed identity and browser")
    def proved(self, site: str) -> str:
        """set; author's key @ Comment.browser that confirmed the address; Subscriptions; the same; for ever."""
        return self._of(site, "proved")

    @stored(ExportClass.TEMPORARY, "keyed identity")
    def confirmation_request(self, site: str, who: str) -> str:
        """string; a comment that asks, "sent" or "unsubscribed"; Subscriptions; Subscriptions; a week, or a month."""
        return self._of(site, f"asked:{who}")

    @stored(ExportClass.EXPORTED)
    def muted(self, site: str) -> str:
        """set; comments whose authors want no more email about them; Subscriptions; Subscriptions; for ever."""
        return self._of(site, "muted")

    @stored(ExportClass.EXPORTED)
    def notified(self, site: str) -> str:
        """set; replies that email was sent about; Subscriptions; Subscriptions; for ever."""
        return self._of(site, "told")
