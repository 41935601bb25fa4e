"""Memory and time of `replygate import` for a generated WordPress export of any size.

    python -m bench.imports --megabytes 1000 --dry-run
    python -m bench.imports --megabytes 100

Prints the peak of the resident memory of the import's process, and comments per second. An import needs a Valkey, which
is started for it and keeps the comments in memory: about 1.5 kB each.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import click

from comments.settings import Settings
from comments.site import Site
from comments.storage.redis import open_redis
from replygate.embedded_valkey import start
from workers.deps import now

#: Characters of an article, and comments below it.
ARTICLE, COMMENTS_BELOW = 20_000, 20
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    ' xmlns:wp="http://wordpress.org/export/1.2/"><channel><wp:base_blog_url>https://pier.example</wp:base_blog_url>\n'
)
ITEM = (
    "<item><title>Page {n}</title><link>https://pier.example/{n}/</link><content:encoded><![CDATA[{text}]]>"
    "</content:encoded><wp:post_id>{n}</wp:post_id><wp:comment_status>open</wp:comment_status>"
    "<wp:status>publish</wp:status>\n{comments}</item>\n"
)
COMMENT = (
    "<wp:comment><wp:comment_id>{id}</wp:comment_id><wp:comment_author><![CDATA[Reader {who}]]></wp:comment_author>"
    "<wp:comment_author_email><![CDATA[reader{who}@mail.example]]></wp:comment_author_email>"
    "<wp:comment_author_IP><![CDATA[198.51.100.{ip}]]></wp:comment_author_IP>"
    "<wp:comment_date_gmt><![CDATA[2020-01-01 10:00:00]]></wp:comment_date_gmt>"
    "<wp:comment_content><![CDATA[<p>The water at pier {id} was <b>high</b>. {text}</p>]]></wp:comment_content>"
    "<wp:comment_approved><![CDATA[1]]></wp:comment_approved><wp:comment_type><![CDATA[comment]]></wp:comment_type>"
    "<wp:comment_parent>{parent}</wp:comment_parent><wp:comment_user_id>0</wp:comment_user_id></wp:comment>\n"
)


def write_export(path: Path, size: int) -> int:
    """Write an export of about `size` bytes. Returns the number of comments."""
    words = "Letters in bottles take three years from the Wash to the Danish coast. "
    article, text, n, id = (words * (ARTICLE // len(words))), words * 5, 0, 0
    with path.open("w") as file:
        file.write(HEAD)
        while file.tell() < size:
            n += 1
            rows = []
            for of_page in range(COMMENTS_BELOW):
                id += 1
                parent = id - 1 if of_page % 3 else 0
                rows.append(COMMENT.format(id=id, who=id % 997, ip=id % 250, text=text, parent=parent))
            file.write(ITEM.format(n=n, text=article, comments="".join(rows)))
        file.write("</channel></rss>\n")
    return id


@click.command()
@click.option("--megabytes", default=100, show_default=True)
@click.option("--dry-run", is_flag=True)
def main(megabytes: int, dry_run: bool) -> None:
    with tempfile.TemporaryDirectory(prefix="rg") as directory:
        path = Path(directory) / "export.xml"
        comments = write_export(path, megabytes * 1_000_000)
        server = start(Path(directory) / "data", fsync="no")
        try:
            seconds, peak = run_import(server.url, path, dry_run)
        finally:
            server.stop()
    verb = "checked" if dry_run else "imported"
    click.echo(
        f"{megabytes} MB, {comments} comments {verb} in {seconds:.0f} s ({comments / seconds:.0f}/s);"
        f" at most {peak / 1024:.0f} MB of memory"
    )


def run_import(url: str, path: Path, dry_run: bool) -> tuple[float, int]:
    """Run the command. Returns its seconds and its largest resident memory in KiB."""
    secret = "a secret for measurements only, long enough"
    open_redis(Settings(redis_url=url, secret_key=secret)).sites.put(
        Site("blog", "Blog", now(), origins=("https://pier.example",))
    )
    environment = {**os.environ, "REPLYGATE_REDIS_URL": url, "REPLYGATE_SECRET_KEY": secret}
    command = [sys.executable, "-m", "replygate", "import", "wxr", str(path), "--site", "blog"]
    started = time.monotonic()
    subprocess.run([*command, *["--dry-run"] * dry_run], env=environment, check=True)
    return time.monotonic() - started, children_peak()


def children_peak() -> int:
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss


if __name__ == "__main__":
    main()
