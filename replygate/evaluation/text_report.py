"""The report in lines of text, for a terminal."""

from collections.abc import Iterator, Sequence

from .classification_metrics import COSTS, calibration_error
from .replay import Verdict
from .results import OUTCOMES, Outcomes, Report, outcomes

#: Characters of a comment that are shown.
EXCERPT = 100
HEADS = "".join(f"{name:>10}" for name in ("approved", "held", "spam"))
LABELS = ((False, "honest"), (True, "spam"))


def lines(found: Report) -> Iterator[str]:
    first = found.verdicts[0].decision
    yield f"{len(found.verdicts)} comments: {found.honest.n} honest, {found.spam.n} spam"
    yield f"held from {first.hold_at:g} points on, spam from {first.spam_at:g}"
    usual, most = found.microseconds(0.5), found.microseconds(0.99)
    yield f"half of them judged within {usual:.0f} µs of processor time, 99 of 100 within {most:.0f} µs"
    yield from ("", f"{'of 1,000':20}{'':8}{'comments':>10}{HEADS}")
    yield from (_row("", name, of) for (_, name), of in zip(LABELS, (found.honest, found.spam), strict=True) if of.n)
    if chance := sum(v.by_chance for v in found.verdicts):
        yield f"Of those held, {chance} are shown to a person by chance."
    yield from _sources(found)
    yield from _stages(found)
    yield from ("", *_ranking(found), "", *_calibration(found), "", *_precision(found))
    for label, title in (
        (False, "Honest comments furthest from being published"),
        (True, "Spam furthest from being held"),
    ):
        if worst := found.worst(label):
            yield from ("", title, *map(_error, worst))


def _row(of: str, label: str, became: Outcomes) -> str:
    return f"{of[:19]:20}{label:8}{became.n:>10}" + "".join(f"{1000 * became.share(a):>10.1f}" for a in OUTCOMES)


def _sources(found: Report) -> Iterator[str]:
    """Of each source, where there are several, what became of its honest comments and of its spam."""
    sources = dict.fromkeys(v.example.source for v in found.verdicts)
    if len(sources) > 1:
        yield from ("", f"{'of each source':28}{'comments':>10}{HEADS}")
        for source in sorted(sources):
            yield from _labels(source or "no source", [v for v in found.verdicts if v.example.source == source])


def _stages(found: Report) -> Iterator[str]:
    """What became of them while the site learned."""
    for n, stage in enumerate(found.stages()):
        if not n:
            yield from ("", f"{'after lessons':28}{'comments':>10}{HEADS}")
        yield from _labels(str(stage[0].lessons), stage)


def _labels(of: str, verdicts: Sequence[Verdict]) -> Iterator[str]:
    for label, name in LABELS:
        if (became := outcomes(verdicts, label)).n:
            yield _row(of, name, became)


def _ranking(found: Report) -> Iterator[str]:
    if not found.has_both:
        yield "Areas and recall need honest comments and spam; here are only the one."
        return
    head = "".join(f"{f'recall at {100 * cost:g} %':>18}" for cost in COSTS)
    yield f"{'':16}{'ROC area':>10}{'PR area':>10}{head}"
    for name, of in (("points", found.points), ("learned alone", found.learned)):
        recalls = "".join(f"{of.recall_at(cost).recall:>18.3f}" for cost in COSTS)
        yield f"{name:16}{of.area:>10.3f}{of.average_precision:>10.3f}{recalls}"


def _calibration(found: Report) -> Iterator[str]:
    off = calibration_error(found.bins)
    yield f"Calibration of the learned probability: {off:.3f} off on average, Brier {found.brier:.3f}"
    yield from (f"  said {b.said:.2f}, was {b.was:.2f} of {b.n}" for b in found.bins)


def _precision(found: Report) -> Iterator[str]:
    yield f"{'signal':26}{'spam':>8}{'honest':>8}{'precision':>11}"
    yield from (f"{s.signal:26}{s.spam:>8}{s.honest:>8}{s.precision:>11.2f}" for s in found.signals)


def _error(verdict: Verdict) -> str:
    reasons = ", ".join(s.name for s in verdict.decision.signals if s.points > 0 or s.holds) or "nothing against it"
    return f"  {verdict.decision.score:5.1f}  {excerpt(verdict)}  ({reasons})"


def excerpt(verdict: Verdict) -> str:
    return " ".join(verdict.example.comment.content.split())[:EXCERPT]
