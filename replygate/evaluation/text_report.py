"""Format a report as text, for a terminal."""

from collections.abc import Iterator, Sequence

from .classification_metrics import FALSE_POSITIVE_RATES, calibration_error
from .replay import Verdict
from .results import OUTCOMES, Outcomes, Report, outcomes

#: Characters shown of a comment.
EXCERPT = 100
HEADS = "".join(f"{name:>11}" for name in ("published", "review", "spam"))
LABELS = ((False, "honest"), (True, "spam"))


def report_lines(found: Report) -> Iterator[str]:
    first = found.verdicts[0].decision
    yield f"{len(found.verdicts)} comments: {found.honest.n} honest, {found.spam.n} spam"
    yield f"Thresholds: needs review from {first.hold_at:g} points, spam from {first.spam_at:g}"
    median, p99 = found.microseconds(0.5), found.microseconds(0.99)
    yield f"CPU time per comment: median {median:.0f} µs, p99 {p99:.0f} µs"
    yield from ("", f"{'per 1,000':20}{'':8}{'comments':>10}{HEADS}")
    yield from (_row("", name, of) for (_, name), of in zip(LABELS, (found.honest, found.spam), strict=True) if of.n)
    if chance := sum(v.by_chance for v in found.verdicts):
        yield f"Spot checks: {chance} of the comments for review"
    yield from _sources(found)
    yield from _stages(found)
    yield from ("", *_ranking(found), "", *_calibration(found), "", *_precision(found))
    for label, title in (
        (False, "Honest comments with the most points"),
        (True, "Published spam with the fewest points"),
    ):
        if worst := found.worst(label):
            yield from ("", title, *map(_error, worst))


def _row(of: str, label: str, shares: Outcomes) -> str:
    return f"{of[:19]:20}{label:8}{shares.n:>10}" + "".join(f"{1000 * shares.share(a):>11.1f}" for a in OUTCOMES)


def _sources(found: Report) -> Iterator[str]:
    """Yield the decisions for each source, if there are several."""
    sources = dict.fromkeys(v.example.source for v in found.verdicts)
    if len(sources) > 1:
        yield from ("", f"{'source, per 1,000':28}{'comments':>10}{HEADS}")
        for source in sorted(sources):
            yield from _labels(source or "no source", [v for v in found.verdicts if v.example.source == source])


def _stages(found: Report) -> Iterator[str]:
    """Yield the decisions while the site learned."""
    for n, stage in enumerate(found.stages()):
        if not n:
            yield from ("", f"{'lessons, per 1,000':28}{'comments':>10}{HEADS}")
        yield from _labels(str(stage[0].lessons), stage)


def _labels(of: str, verdicts: Sequence[Verdict]) -> Iterator[str]:
    for label, name in LABELS:
        if (shares := outcomes(verdicts, label)).n:
            yield _row(of, name, shares)


def _ranking(found: Report) -> Iterator[str]:
    if not found.has_both:
        yield "Areas and recall need both labels; this file has only one."
        return
    head = "".join(f"{f'recall at {100 * rate:g} %':>18}" for rate in FALSE_POSITIVE_RATES)
    yield f"{'':16}{'ROC area':>10}{'PR area':>10}{head}"
    for name, of in (("all filters", found.points), ("model alone", found.learned)):
        recalls = "".join(f"{of.recall_at(rate).recall:>18.3f}" for rate in FALSE_POSITIVE_RATES)
        yield f"{name:16}{of.area:>10.3f}{of.average_precision:>10.3f}{recalls}"


def _calibration(found: Report) -> Iterator[str]:
    off = calibration_error(found.bins)
    yield f"Calibration of the model: mean error {off:.3f}, Brier score {found.brier:.3f}"
    yield from (f"  predicted {b.predicted:.2f}, actual {b.actual:.2f} ({b.n} comments)" for b in found.bins)


def _precision(found: Report) -> Iterator[str]:
    yield f"{'signal':26}{'spam':>8}{'honest':>8}{'precision':>11}"
    yield from (f"{s.signal:26}{s.spam:>8}{s.honest:>8}{s.precision:>11.2f}" for s in found.signals)


def _error(verdict: Verdict) -> str:
    reasons = ", ".join(s.name for s in verdict.decision.signals if s.points > 0 or s.holds) or "no signal"
    return f"  {verdict.decision.score:5.1f}  {comment_excerpt(verdict)}  ({reasons})"


def comment_excerpt(verdict: Verdict) -> str:
    return " ".join(verdict.example.comment.content.split())[:EXCERPT]
