"""A scorer for Replygate: P(spam) from phrases that an operator sees often.

As a Python function: `PYTHONPATH=examples REPLYGATE_SCORER=phrase_scorer:score`. As an HTTP endpoint, for example in
front of a language model on another computer: `python examples/phrase_scorer.py 8090`, then
`REPLYGATE_SCORER=http://127.0.0.1:8090/ REPLYGATE_SCORER_HTTP_ALLOW=127.0.0.1:8090`.
Replace `score` by a call of your own model.
"""

import json
import sys
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

#: Phrases, and the share of spam among the comments that contain them.
PHRASES = {"guaranteed approval": 0.97, "essay writing service": 0.95, "write to our whatsapp": 0.99, "call me": 0.3}


def score(comment: Mapping[str, str]) -> dict[str, object]:
    """Return P(spam) of a comment with the fields text, name, website, language, thread and title, and the reason."""
    text = f"{comment['name']} {comment['text']}".lower()
    found = {phrase: share for phrase, share in PHRASES.items() if phrase in text}
    if not found:
        return {"spam": 0.02}
    worst = max(found, key=lambda phrase: found[phrase])
    return {"spam": found[worst], "reason": f"contains “{worst}”"}


class Endpoint(BaseHTTPRequestHandler):
    """Answers each POST request with the score of the comment in its body."""

    def do_POST(self) -> None:
        comment = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        answer = json.dumps(score(comment)).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing: the default would write each request to stderr."""


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Endpoint).serve_forever()
