"""Velocity: many comments in a short time, from one network or on one site."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from comments.model import Comment, Signal
from comments.signals import SignalCatalogue, SignalInfo

from .base import Facts, Filter, Window

FROM_ORIGIN, ORIGIN_ON_ALL_SITES, ON_SITE = "velocity.origin", "velocity.elsewhere", "velocity.site"
TEN_MINUTES = 600


def _origin(comment: Comment) -> str:
    return comment.origin


def _site(comment: Comment) -> str:
    return comment.site


@dataclass(frozen=True)
class VelocityFilter(Filter):
    """Counts the comments of one network in ten minutes, and of the whole site in one minute."""

    name = "velocity"
    # A network may be a school, so it holds at most. A rush on a site may be news, so it only adds points.
    signals: ClassVar[SignalCatalogue] = {
        FROM_ORIGIN: SignalInfo(
            4.0,
            "more than five other comments from one network in ten minutes; full strength from twenty on",
            "fewer comments had come from the same network",
            gradual=True,
            harm=2.0,
            momentary=True,
            title="Busy network",
            sentence="{evidence}.",
            tone="warn",
        ),
        ORIGIN_ON_ALL_SITES: SignalInfo(
            2.5,
            "more than five comments from one network on other sites of this deployment in ten minutes, if "
            "`REPLYGATE_SHARE_REPUTE` is on; full strength from twenty on",
            "fewer comments had come from the same network to other sites",
            gradual=True,
            harm=2.0,
            momentary=True,
            title="Network busy elsewhere",
            sentence="{evidence}.",
            tone="warn",
        ),
        ON_SITE: SignalInfo(
            1.0,
            "more than sixty comments on the site in a minute; full strength from three hundred on",
            "fewer comments had come to this site",
            gradual=True,
            harm=2.0,
            momentary=True,
            title="Rush of comments",
            sentence="{evidence}.",
            tone="warn",
        ),
    }
    windows: ClassVar[tuple[Window, ...]] = (
        Window(FROM_ORIGIN, TEN_MINUTES, _origin),
        Window(ORIGIN_ON_ALL_SITES, TEN_MINUTES, _origin, shared=True, needs_sharing=True),
        Window(ON_SITE, 60, _site),
    )

    #: Other comments that are usual, and that give full strength.
    usual_origin: int = 5
    most_origin: int = 20
    usual_site: int = 60
    most_site: int = 300

    def __call__(self, comment: Comment, facts: Facts) -> Iterator[Signal]:
        from_origin, on_site = facts.counts.get(FROM_ORIGIN, 0), facts.counts.get(ON_SITE, 0)
        elsewhere = facts.counts.get(ORIGIN_ON_ALL_SITES, 0) - from_origin
        if from_origin > self.usual_origin:
            evidence = f"{from_origin} other comments came from this network in 10 minutes"
            yield Signal(FROM_ORIGIN, _strength(from_origin, self.usual_origin, self.most_origin), evidence)
        if elsewhere > self.usual_origin:
            evidence = f"{elsewhere} comments came from this network to other sites in 10 minutes"
            yield Signal(ORIGIN_ON_ALL_SITES, _strength(elsewhere, self.usual_origin, self.most_origin), evidence)
        if on_site > self.usual_site:
            evidence = f"{on_site} other comments came to this site in 1 minute"
            yield Signal(ON_SITE, _strength(on_site, self.usual_site, self.most_site), evidence)


def _strength(n: int, usual: int, most: int) -> float:
    return min(1.0, (n - usual) / (most - usual))
