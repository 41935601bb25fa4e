"""Keys of who is told what: the outbox, deliveries to webhooks and by mail, and who wants mail."""

from dataclasses import dataclass

from .names import Names


@dataclass(frozen=True, slots=True)
class DeliveryKeys(Names):
    def outbox(self, site: str) -> str:
        """stream; one entry a decision; decide.lua; the delivery job; until delivered."""
        return self._of(site, "outbox")

    def deliveries(self, site: str) -> str:
        """hash; delivery id -> Delivery as JSON; put.lua, settle.lua; Deliveries; while it is pending or in the log."""
        return self._of(site, "deliveries")

    def deliveries_pending(self, site: str) -> str:
        """sorted set; ids of deliveries by the ms they were put; put.lua, settle.lua; ops; until over."""
        return self._of(site, "deliveries:pending")

    def deliveries_over(self, site: str) -> str:
        """sorted set; ids of deliveries by the ms they ended; settle.lua; ops, settle.lua; the last 200."""
        return self._of(site, "deliveries:over")

    def rests(self, site: str) -> str:
        """hash; webhook -> ms until which it rests, failures in a row; take.lua, settle.lua; take.lua; until well."""
        return self._of(site, "deliveries:rests")

    def lanes(self, site: str, webhook: str) -> str:
        """sorted set; comment ids by the ms of the next attempt; put.lua, settle.lua; take.lua; until over."""
        return self._of(site, f"webhook:{webhook}:lanes")

    def versions(self, site: str, webhook: str) -> str:
        """sorted set; ids of pending deliveries, sorted by name; put.lua, settle.lua; take.lua; until over."""
        return self._of(site, f"webhook:{webhook}:versions")

    def subscribers(self, site: str) -> str:
        """hash; author's name (Comment.identity) -> ms since when; Subscriptions; Subscriptions; until they leave."""
        return self._of(site, "subscribers")

    def asked(self, site: str, who: str) -> str:
        """string; comment for which an author is asked, or "sent"; Subscriptions; Subscriptions; a week, or a month."""
        return self._of(site, f"asked:{who}")

    def muted(self, site: str) -> str:
        """set; comments whose authors want no more mail about them; Subscriptions; Subscriptions; for ever."""
        return self._of(site, "muted")

    def told(self, site: str) -> str:
        """set; replies that mail was sent about; Subscriptions; Subscriptions; for ever."""
        return self._of(site, "told")
