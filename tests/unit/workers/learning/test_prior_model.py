"""The shipped prior model is small and exact, and fair to honest texts."""

import math
import subprocess
import sys
from array import array
from importlib.resources import files

import pytest

from comments.model import Comment
from tests.support.builders import a_comment
from training.plain_points import HARMLESS, SUSPICIOUS, WORDS
from workers.learning.features import (
    BUCKETS,
    SIZE,
    Family,
    bucket_values,
    features,
)
from workers.learning.prior_model import PriorModel, shipped_prior
from workers.learning.prior_weights import MAGIC, InvalidModelFile, PriorWeights, quantize

#: Written for this test, in several languages and styles.
HONEST = (
    "The premier should have read the report before he cut the transit budget.",
    "I disagree. Free trade cost my town 400 jobs, and nobody in Ottawa noticed.",
    "Thanks, that fixed it! I had an old version of the plugin in my Gemfile.",
    "Have you tried `bundle exec jekyll serve`? See https://jekyllrb.com/docs/ for the flags.",
    "haha this song was everywhere when I was at school",
    "Who else is still watching this? So good",
    "My doctor would not prescribe it, and the pharmacy charged me $85.",
    "Interesting point about casinos: ours closed after two years and left a parking lot.",
    "Lovely photos. We walked that trail in 1998, in the rain of course.",
    "Subscribed to the paper for thirty years; this column is why.",
    "Vielen Dank für den Artikel, bei mir klappt es leider noch nicht.",
    "Merci pour cet article, je ne suis pas d'accord avec la fin.",
    "Спасибо за выпуск, было интересно послушать про базы данных.",
    "videonya lucu banget bang, ditunggu part 2 ya",
    "とても参考になりました。ありがとうございます。",
    "شكرا على المقال، أختلف معك في الرأي",
    "😂😂😂",
    "No.",
)
SPAM = (
    "Buy cheap viagra online without prescription http://cheap-pills24.example.xyz/?ref=77",
    "hey guys please check out my channel and subscribe, i will sub back!! http://bit.ly/x7y2",
    "I earn $5000 a week working from home! Contact on WhatsApp +1 555 010 0199",
    '<a href="http://best-casino-bonus.example.top">best casino bonus</a> play now and win',
)


@pytest.mark.parametrize("content", HONEST)
def test_an_honest_comment_is_more_likely_honest(content: str) -> None:
    assert shipped_prior().score(a_comment(author="", content=content)).probability < 0.5


@pytest.mark.parametrize("content", SPAM)
def test_plain_advertising_is_more_likely_spam(content: str) -> None:
    assert shipped_prior().score(a_comment(author="", content=content)).probability > 0.5


@pytest.mark.parametrize("content", [*HONEST, *SPAM, ""])
def test_the_reasons_add_up_to_the_score(content: str) -> None:
    comment = a_comment(author="Ada", url="https://ada.example.org", content=content)
    judged = shipped_prior().score(comment)
    assert math.isclose(sum(part.logit for part in judged.contributions), judged.logit, abs_tol=1e-9)
    assert math.isclose(shipped_prior().logit(comment), judged.logit, abs_tol=1e-9)
    assert math.isclose(_by_hand(shipped_prior().model, comment), judged.logit, abs_tol=1e-9)


def _by_hand(model: PriorWeights, comment: Comment) -> float:
    family = [family for family in Family for _ in range(BUCKETS[family])]
    found = features(comment)
    shares = {f: model.below_website if found.address and f in WORDS else 1.0 for f in Family}
    parts = ((family[at], model.weights[at] * worth) for at, worth in bucket_values(comment))
    hashed = (model.scales[of] * shares[of] * value for of, value in parts)
    return model.bias + sum(hashed) + sum(model.plain.get(name, 0.0) for name in (*found.traits, *found.shapes))


def test_the_strongest_reason_comes_first_and_in_words() -> None:
    reasons = shipped_prior().score(a_comment(content=SPAM[0])).contributions
    assert [abs(r.logit) for r in reasons] == sorted((abs(r.logit) for r in reasons), reverse=True)
    assert "a link" in {r.evidence for r in reasons}
    assert "“viagra”" in {r.evidence for r in reasons}


def test_reasons_about_a_website_quote_its_words_and_describe_its_name() -> None:
    reasons = [r.evidence for r in shipped_prior().score(a_comment(url="https://cheap-viagra24.com")).contributions]
    assert "“viagra” in the website" in reasons
    assert any(reason.startswith("a website that ") and "part" not in reason for reason in reasons)
    assert not any(reason.startswith("“ends") for reason in reasons)


@pytest.mark.parametrize("n", range(40))
def test_one_name_or_host_adds_at_most_half_a_point(n: int) -> None:
    host = f"invented{n}.example.com"
    comment = a_comment(author=f"Invented{n}", url=f"https://{host}", content=f"I wrote about it: https://{host}")
    parts = shipped_prior().score(comment).contributions
    named = [p for p in parts if p.evidence.startswith(("the name Inv", "“inv", "a website that", "links to inv"))]
    assert len(named) >= 3
    assert all(abs(part.logit) <= 0.55 for part in named), named


def test_a_suspicious_shape_never_speaks_for_a_comment_and_a_harmless_one_hardly() -> None:
    plain = shipped_prior().model.plain
    assert all(plain.get(name, 0.0) >= 0 for name in SUSPICIOUS)
    assert all(-1 <= plain.get(name, 0.0) <= 0 for name in HARMLESS)


def test_the_package_holds_at_most_100_kilobytes_of_weights() -> None:
    assert len(files("workers.learning").joinpath("prior.bin").read_bytes()) <= 100_000


def test_a_model_is_written_as_it_was_read() -> None:
    packed = files("workers.learning").joinpath("prior.bin").read_bytes()
    assert PriorWeights.parse(packed).to_bytes() == packed


def test_quantized_weights_differ_by_at_most_half_a_step() -> None:
    weights = [math.sin(n) for n in range(SIZE)]
    whole, scales = quantize(weights)
    assert (
        max(abs(whole[n] * scales[Family.WORDS] - weights[n]) for n in range(1000)) <= scales[Family.WORDS] / 2 + 1e-9
    )


def test_a_model_without_weights_scores_its_bias() -> None:
    model = PriorWeights(array("b", bytes(SIZE)), (1.0,) * len(Family), -2.0, {}, 1.0, 1.0, 0.0, "")
    assert PriorModel(model).score(a_comment()).logit == -2.0


def test_words_count_less_below_a_website() -> None:
    model = PriorWeights(array("b", [1] * SIZE), (1.0,) * len(Family), 0.0, {}, 0.75, 1.0, 0.0, "")

    def of_words(url: str) -> float:
        parts = PriorModel(model).score(a_comment(url=url)).contributions
        return sum(part.logit for part in parts if part.evidence.startswith("“") and part.evidence.endswith("”"))

    assert math.isclose(of_words("https://ada.example.org"), 0.75 * of_words(""), rel_tol=1e-9)


@pytest.mark.parametrize("packed", [b"", b"something else", MAGIC + b"\0\0\0\x02{}"])
def test_a_damaged_file_is_refused(packed: bytes) -> None:
    with pytest.raises(InvalidModelFile):
        PriorWeights.parse(packed)


def test_judging_needs_no_numpy() -> None:
    code = (
        "import sys; from workers.learning import prior_model as m; m.shipped_prior(); sys.exit('numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
