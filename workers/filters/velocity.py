"""Velocity: many comments at once, from one network, here or on other sites too, or upon one site."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from comments.model import Comment, Signal

from .base import Facts, Filter, Weight, Window

ORIGIN, ELSEWHERE, SITE = "velocity.origin", "velocity.elsewhere", "velocity.site"
TEN_MINUTES = 600


def _origin(comment: Comment) -> str:
    return comment.origin


def _site(comment: Comment) -> str:
    return comment.site


@dataclass(frozen=True)
class Velocity(Filter):
    """One network's comments in ten minutes, here and elsewhere, and the whole site's in one."""

    name = "velocity"
    # A network may be a school; a rush upon a site may be news. Hence the first may hold, and the second only adds.
    weights: ClassVar[Mapping[str, Weight]] = {ORIGIN: 4.0, ELSEWHERE: 2.5, SITE: 1.0}
    windows: ClassVar[tuple[Window, ...]] = (
        Window(ORIGIN, TEN_MINUTES, _origin),
        Window(ELSEWHERE, TEN_MINUTES, _origin, shared=True, told=True),
        Window(SITE, 60, _site),
    )

    #: Other comments that are nothing unusual, and at which the signal has its full strength.
    usual_origin: int = 5
    most_origin: int = 20
    usual_site: int = 60
    most_site: int = 300

    def __call__(self, comment: Comment, facts: Facts) -> Iterator[Signal]:
        from_origin, on_site = facts.counts.get(ORIGIN, 0), facts.counts.get(SITE, 0)
        elsewhere = facts.counts.get(ELSEWHERE, 0) - from_origin
        if from_origin > self.usual_origin:
            evidence = f"{from_origin} other comments from this network in 10 minutes"
            yield Signal(ORIGIN, _strength(from_origin, self.usual_origin, self.most_origin), evidence)
        if elsewhere > self.usual_origin:
            evidence = f"{elsewhere} comments from this network on other sites in 10 minutes"
            yield Signal(ELSEWHERE, _strength(elsewhere, self.usual_origin, self.most_origin), evidence)
        if on_site > self.usual_site:
            evidence = f"{on_site} other comments on this site in a minute"
            yield Signal(SITE, _strength(on_site, self.usual_site, self.most_site), evidence)


def _strength(n: int, usual: int, most: int) -> float:
    return min(1.0, (n - usual) / (most - usual))
