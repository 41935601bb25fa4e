"""One-time codes for receipts. An address may carry a code, but never the receipt: addresses end up in logs."""

from typing import Protocol


class ReceiptCodes(Protocol):
    def issue(self, site: str, comment: str, seconds: int) -> str:
        """Return a new code for the comment's receipt, valid once and for this many seconds."""

    def redeem(self, site: str, comment: str, code: str) -> bool:
        """Use up a code. Return False if it is unknown, of another comment, used or expired."""

    def is_valid(self, site: str, comment: str, code: str) -> bool:
        """Return True if `redeem` would, without using the code up."""
