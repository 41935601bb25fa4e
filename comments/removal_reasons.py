"""Reasons that moderators may give an author for taking a comment down."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a moderator removes a comment: `label` for moderators, `told` for its author, in words that hurt nobody."""

    code: str
    label: str
    told: str


REASONS = (
    Reason("off-topic", "Off topic", "It is not about what the page is about."),
    Reason("tone", "Tone", "Its tone is not what we want here. You are welcome to say it in other words."),
    Reason("private", "Private", "It tells something private about somebody."),
    Reason("advertising", "Advertising", "It advertises something."),
    Reason("repeated", "Repeated", "It was said here before."),
)
