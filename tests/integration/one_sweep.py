"""Run a sweep process with the settings in JSON: `python -m tests.integration.one_sweep JSON`."""

import json
import sys

from tests.support.builders import settings
from workers.sweep import run_sweep

if __name__ == "__main__":
    run_sweep(settings(**json.loads(sys.argv[1])))
