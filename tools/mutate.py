"""Measure what the tests notice: `python -m tools.mutate`. See CONTRIBUTING.md, *Mutation tests*.

One process collects the tests. For each mutant it forks a child, changes one function, constant or script in the memory
of the child, and runs the tests that are nearest to it until one fails. No file is changed. Tests that do not call the
changed function are left after a few. A mutant that no test notices names a missing test, or a line without an effect.
"""

import argparse
import gc
import json
import os
import random
import resource
import signal
import sys
import tempfile
import time
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from types import FunctionType

import pytest
from _pytest.runner import runtestprotocol

from tools.mutants import Mutant, mutants_of
from tools.nearest_tests import NearestTests
from tools.patched import PatchError, calls, patch

ROOT = Path(__file__).parents[1]
PACKAGES = ("comments/storage", "workers", "service")
#: Tests in one process. The browser and the killed processes of the others take minutes for each mutant.
TESTS = ("tests/contract", "tests/integration", "tests/unit")
LEFT_OUT = (
    *("clients", "docs", "replygate", "widget", "test_demo.py", "test_demo_reasons.py", "jobs/test_worker_process.py"),
    *("compat/test_akismet_clients.py", "review/test_two_moderators.py", "web/test_every_address.py"),
    *("web/test_openapi.py", "web/test_signed_users_on_sockets.py"),
)
#: CPU time of the tests of one mutant that call the changed function, and of all its tests.
CPU_SECONDS, ALL_TESTS = 10, 2
#: The time after which the child of a mutant is ended: it waits for ever. CPU time of one test that loops for ever.
WALL_SECONDS, LOOP_SECONDS = 300, 60
#: Tests of a file that do not call the changed function before the next file is tried.
TESTS_WITHOUT_CALL = 3
CAUGHT, SURVIVED, ENDLESS, NO_TESTS, NOT_TRIED = "caught", "survived", "endless", "no test", "not tried"
Files = list[list[pytest.Item]]


class Mutations:
    """A plugin that replaces the loop over all tests by one over all mutants."""

    def __init__(self, mutants: list[Mutant], cpu_seconds: float) -> None:
        self._mutants, self._cpu_seconds = mutants, cpu_seconds
        self._broken: set[str] = set()
        self.results = Counter[str]()

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        nearest, functions = NearestTests(ROOT, session.items), functions_of_packages()
        gc.freeze()  # so that the children share the memory
        for mutant in self._mutants:
            started = time.monotonic()
            result, by = self._tried(mutant, nearest.of(mutant), functions)
            self.results[result] += 1
            print(f"{result:9} {mutant}  [{time.monotonic() - started:.0f} s] {by}", flush=True)
        return True

    def _tried(self, mutant: Mutant, files: Files, functions: dict[str, list[FunctionType]]) -> tuple[str, str]:
        """Return the result and the test that noticed. A test that also fails without the mutant does not count."""
        while files := _without(self._broken, files):
            result, by = self._in_child(mutant, files, functions)
            failed = [item for items in files for item in items if item.nodeid == by]
            if not failed or self._in_child(None, [failed], functions)[0] == SURVIVED:
                return result, by
            self._broken.add(by)
        return NO_TESTS, ""

    def _in_child(
        self, mutant: Mutant | None, files: Files, functions: dict[str, list[FunctionType]]
    ) -> tuple[str, str]:
        with tempfile.NamedTemporaryFile("r") as answer:
            child = os.fork()
            if child == 0:
                os.setsid()
                resource.setrlimit(resource.RLIMIT_CPU, (int(ALL_TESTS * self._cpu_seconds) + LOOP_SECONDS,) * 2)
                try:
                    found = _run_child(mutant, files, functions, self._cpu_seconds)
                    Path(answer.name).write_text(json.dumps(found))
                finally:
                    os._exit(0)  # no answer: the mutant broke the end of a test
            status = _status(child, WALL_SECONDS)
            found = json.loads(answer.read() or f'["{CAUGHT}", "the process ended"]')
        if status is None or os.WIFSIGNALED(status):
            with suppress(ProcessLookupError):
                os.killpg(child, signal.SIGKILL)  # also its servers
            if status is None:
                os.waitpid(child, 0)
            return ENDLESS, ""
        return found[0], found[1]


def _without(broken: set[str], files: Files) -> Files:
    left = [[item for item in items if item.nodeid not in broken] for items in files]
    return [items for items in left if items]


def _status(child: int, seconds: float) -> int | None:
    """Wait for the end of a process. Return None if it has not ended in time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return status
        time.sleep(0.05)
    return None


def _run_child(
    mutant: Mutant | None, files: Files, functions: dict[str, list[FunctionType]], cpu_seconds: float
) -> tuple[str, str]:
    """Change the code of this process, run the tests, and end their servers."""
    log = os.open(os.devnull, os.O_WRONLY)
    os.dup2(log, 1)
    os.dup2(log, 2)
    try:
        is_counted = patch(ROOT, mutant, functions) if mutant else False
    except PatchError as error:
        return NOT_TRIED, str(error)
    result = _result(files, is_counted, cpu_seconds)
    files[0][0].session._setupstate.teardown_exact(None)
    return result


def _result(files: Files, is_counted: bool, cpu_seconds: float) -> tuple[str, str]:
    """Run the tests until one fails. Without a failure, the text says how many tests called the changed function.

    A file whose first tests do not call it comes again after all the others.
    """
    began, spent, n_calling, n = time.process_time(), 0.0, 0, 0
    queue = deque(files)
    while queue:
        items, calling_before = queue.popleft(), n_calling
        for tried, item in enumerate(items, 1):
            rest = items[tried:]
            following = next(iter(rest or (queue[0] if queue else [])), None)
            before, started = calls(), time.process_time()
            n += 1
            if any(report.failed for report in runtestprotocol(item, nextitem=following, log=False)):
                return CAUGHT, item.nodeid
            if calls() > before or not is_counted:
                n_calling += 1
                spent += time.process_time() - started
            if spent > cpu_seconds or time.process_time() - began > ALL_TESTS * cpu_seconds:
                return SURVIVED, f"{n_calling} of {n} tests call it"
            if tried == TESTS_WITHOUT_CALL and n_calling == calling_before and rest and queue:
                item.session._setupstate.teardown_exact(queue[0][0])
                queue.append(rest)
                break
    return SURVIVED, f"{n_calling} of {n} tests call it"


def functions_of_packages() -> dict[str, list[FunctionType]]:
    """Return the functions in memory by their file."""
    found: dict[str, list[FunctionType]] = {}
    for function in gc.get_objects():
        if isinstance(function, FunctionType):
            found.setdefault(function.__code__.co_filename, []).append(function)
    return found


def sampled(paths: list[str], n: int, seed: int) -> Iterator[Mutant]:
    """Yield a random sample of the mutants of all files below the paths."""
    files = [f for path in paths for f in ((ROOT / path).rglob("*") if (ROOT / path).is_dir() else [ROOT / path])]
    names = sorted({f.relative_to(ROOT).as_posix() for f in files if f.suffix in (".py", ".lua")})
    every = [mutant for name in names for mutant in mutants_of(name, (ROOT / name).read_text())]
    random.Random(seed).shuffle(every)
    yield from islice((mutant for mutant in every if mutant.is_valid), n)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.mutate", description=__doc__)
    parser.add_argument("paths", nargs="*", default=PACKAGES, help="packages or files to change")
    parser.add_argument("--sample", type=int, default=100, help="number of mutants")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same sample")
    parser.add_argument("--line", type=int, default=0, help="only the mutants of this line")
    parser.add_argument("--change", default="", help='only mutants with this text, such as "-> nothing"')
    parser.add_argument("--cpu-seconds", type=float, default=CPU_SECONDS, help="for the tests of one mutant")
    parser.add_argument("--tests", nargs="*", default=TESTS, help="directories or files of tests")
    return parser.parse_args()


def main() -> None:
    given = arguments()
    some = sampled(list(given.paths), given.sample, given.seed)
    mutants = [m for m in some if given.line in (0, m.line) and given.change in str(m)]
    loop = Mutations(mutants, given.cpu_seconds)
    ignored = [f"--ignore=tests/integration/{name}" for name in LEFT_OUT] + ["--ignore=tests/unit/training"]
    words = ["-q", "-q", "-n", "0", "-p", "no:cacheprovider", "--capture=no"]
    status = pytest.main([*words, *ignored, *given.tests], plugins=[loop])
    caught, tried = loop.results[CAUGHT] + loop.results[ENDLESS], loop.results.total() - loop.results[NOT_TRIED]
    if not tried:
        sys.exit(f"nothing was tried: pytest ended with {status}")
    print(f"{caught} of {tried} caught ({caught / tried:.1%}), {dict(loop.results)}")


if __name__ == "__main__":
    main()
