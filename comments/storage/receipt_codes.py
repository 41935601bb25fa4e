"""One-time codes for receipts. An address may carry a code, but never the receipt: addresses end up in logs.

A code is signed, so only its use is stored.
"""

from typing import Protocol


class ReceiptCodes(Protocol):
    def use(self, site: str, code: str, seconds: int) -> bool:
        """Use up a signed code. Return False if it was used in the last `seconds`."""
