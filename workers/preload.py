"""Load the models and word lists before the first job, so that a process that says it is ready has no long first job.

Processes that fork from this one share what is loaded.
"""

from datetime import UTC, datetime

from comments.model import Comment
from comments.site import Site

from .filters import BUILT_IN, Facts
from .judging.judge import run_filters

#: Texts that use models and word lists of several scripts. What other texts need is small, and loaded with them.
SAMPLES = (
    "Thank you for this post, you idiot. I bought cheap pills at https://shop.example/pills?a=1 and they work.",
    "Спасибо за статью, очень интересно. Купить дёшево тут: http://shop.example",
    "Danke für den Beitrag, das war sehr hilfreich. Merci beaucoup pour cet article, c'est très intéressant.",
    "谢谢你的文章，写得很好。",
)


def load_models() -> None:
    """Run the filters on sample comments, which loads what they use."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    facts = Facts(Site("sample", "Sample", at), at)
    for n, text in enumerate(SAMPLES):
        comment = Comment(
            f"sample{n}",
            "sample",
            "/",
            at,
            author="Ann Ray",
            email="ann@mail.example",
            content=text,
            url="http://ray.example",
        )
        run_filters(comment, facts, BUILT_IN)
