"""Serve another WSGI application on the shipped web server, to compare it with the service.

python -m bench.served_app bench.bare_app:app
"""

import os
import sys

from comments.part_process import part_process
from replygate.web_server import serve

if __name__ == "__main__":
    with part_process("web", os.environ) as settings:
        serve(settings, sys.argv[1])
