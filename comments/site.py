"""The choices of a site that are one of a few words, and these words."""

from collections.abc import Mapping

SITE_CHOICES: Mapping[str, tuple[str, ...]] = {
    "moderation": ("all", "first", "suspicious"),
    "refusals": ("none", "1 in 3000", "1 in 1000", "1 in 100"),
    "profanity": ("hold", "mask", "off"),
    "profanity_tier": ("slur", "strong", "mild"),
    "toxicity": ("blatant", "clear", "possible", "off"),
    "form_token": ("off", "expected"),
    "proof_of_work": ("off", "auto"),
}
