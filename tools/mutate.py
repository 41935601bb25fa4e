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
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from types import FunctionType

import pytest
from _pytest.runner import runtestprotocol

from tools.covering_tests import CoveringTests, Recording
from tools.equivalent_mutants import FILE as EQUIVALENTS
from tools.equivalent_mutants import equivalents
from tools.mutants import Mutant, mutants_of
from tools.patched import PatchError, patch

ROOT = Path(__file__).parents[1]
PACKAGES = ("comments/storage", "workers", "service")
#: Tests in one process. The browser and the killed processes of the others take minutes for each mutant.
TESTS = ("tests/contract", "tests/integration", "tests/unit", "tests/faults/cluster")
LEFT_OUT = (
    *("clients", "docs", "replygate", "widget", "test_demo.py", "test_demo_reasons.py", "jobs/test_worker_process.py"),
    *("compat/test_akismet_clients.py", "review/test_two_moderators.py", "web/test_every_address.py"),
    *("web/test_openapi.py", "web/test_signed_users_on_sockets.py"),
)
#: Processor time of all tests of a mutant, and of one test that loops for ever.
CPU_SECONDS, LOOP_SECONDS = 30, 20
#: The time after which the child of a mutant is ended: it waits for ever, or the machine is too busy.
WALL_SECONDS = 300
RECORDING = ROOT / "report/tests_by_line"
CAUGHT, SURVIVED, ENDLESS, NO_TESTS = "caught", "survived", "endless", "no test"
NOT_TRIED, EQUIVALENT = "not tried", "equivalent"


class Mutations:
    """A plugin that replaces the loop over all tests by one over all mutants."""

    def __init__(self, mutants: list[Mutant], cpu_seconds: float, recording: Recording) -> None:
        self._mutants, self._cpu_seconds, self._recording = mutants, cpu_seconds, recording
        self._sound, self._broken = set[str](), set[str]()
        self.results = Counter[str]()
        self._runs_at_import = False

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self._recording.add(session.items, [ROOT / package for package in PACKAGES])
        tests, functions = CoveringTests(ROOT, PACKAGES, session.items, self._recording), functions_of_packages()
        for file in self._recording.changed_since({ROOT / mutant.file for mutant in self._mutants}):
            print(f"{file} changed since its tests were recorded: delete {self._recording.file} if lines moved")
        gc.freeze()  # so that the children share the memory
        without_effect = list(equivalents(EQUIVALENTS.read_text()))
        for mutant in self._mutants:
            started = time.monotonic()
            reasons = [row.reason for row in without_effect if row.matches(mutant)]
            self._runs_at_import = tests.runs_at_import(mutant)
            result, by = (EQUIVALENT, reasons[0]) if reasons else self._tried(mutant, tests.of(mutant), functions)
            self.results[result] += 1
            print(f"{result:10} {mutant}  [{time.monotonic() - started:.0f} s] {by}", flush=True)
        return True

    def _tried(
        self, mutant: Mutant, items: list[pytest.Item], functions: dict[str, list[FunctionType]]
    ) -> tuple[str, str]:
        """Return the result and the test that noticed. A test that also fails without the mutant does not count."""
        while items := [item for item in items if item.nodeid not in self._broken]:
            result, by = self._in_child(mutant, items, functions)
            failed = [item for item in items if item.nodeid == by]
            if not failed or by in self._sound or self._in_child(None, failed, functions)[0] == SURVIVED:
                self._sound.add(by)
                return result, by
            self._broken.add(by)
        return NO_TESTS, ""

    def _in_child(
        self, mutant: Mutant | None, items: list[pytest.Item], functions: dict[str, list[FunctionType]]
    ) -> tuple[str, str]:
        with tempfile.NamedTemporaryFile("r") as answer:
            child = os.fork()
            if child == 0:
                os.setsid()
                resource.setrlimit(resource.RLIMIT_CPU, (int(self._cpu_seconds) + LOOP_SECONDS,) * 2)
                try:
                    found = self._run(mutant, items, functions)
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
                return NOT_TRIED, f"its tests did not end in {WALL_SECONDS} s"
            return ENDLESS, ""
        return found[0], found[1]

    def _run(
        self, mutant: Mutant | None, items: list[pytest.Item], functions: dict[str, list[FunctionType]]
    ) -> tuple[str, str]:
        """Change the code of this process, run the tests, and end their servers."""
        log = os.open(os.devnull, os.O_WRONLY)
        os.dup2(log, 1)
        os.dup2(log, 2)
        try:
            if mutant:
                patch(ROOT, mutant, functions, self._runs_at_import)
        except PatchError as error:
            return NOT_TRIED, str(error)
        result = _result(items, self._cpu_seconds)
        items[0].session._setupstate.teardown_exact(None)
        return result


def _status(child: int, seconds: float) -> int | None:
    """Wait for the end of a process. Return None if it has not ended in time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return status
        time.sleep(0.05)
    return None


def _result(items: list[pytest.Item], cpu_seconds: float) -> tuple[str, str]:
    """Run the tests until one fails or the time is over. Without a failure, the text says how many tests ran."""
    began, n = time.process_time(), 0
    for item, following in zip(items, [*items[1:], None], strict=True):
        n += 1
        if any(report.failed for report in runtestprotocol(item, nextitem=following, log=False)):
            return CAUGHT, item.nodeid
        if time.process_time() - began > cpu_seconds:
            break
    return SURVIVED, f"{n} of {len(items)} tests that run it"


def functions_of_packages() -> dict[str, list[FunctionType]]:
    """Return the functions in memory by their file."""
    found: dict[str, list[FunctionType]] = {}
    for function in gc.get_objects():
        if isinstance(function, FunctionType):
            found.setdefault(function.__code__.co_filename, []).append(function)
    return found


def sampled(paths: list[str], n: int, seed: int, suffixes: Sequence[str] = (".py", ".lua")) -> Iterator[Mutant]:
    """Yield a random sample of the mutants of all files below the paths."""
    files = [f for path in paths for f in ((ROOT / path).rglob("*") if (ROOT / path).is_dir() else [ROOT / path])]
    names = sorted({f.relative_to(ROOT).as_posix() for f in files if f.suffix in suffixes})
    every = [mutant for name in names for mutant in mutants_of(name, (ROOT / name).read_text())]
    random.Random(seed).shuffle(every)
    yield from islice((mutant for mutant in every if mutant.is_valid), n)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.mutate", description=__doc__)
    parser.add_argument("paths", nargs="*", default=PACKAGES, help="packages or files to change")
    parser.add_argument("--language", choices=("py", "lua"), help="only files of this language")
    parser.add_argument("--sample", type=int, default=100, help="number of mutants")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same sample")
    parser.add_argument("--line", type=int, default=0, help="only the mutants of this line")
    parser.add_argument("--change", default="", help='only mutants with this text, such as "-> nothing"')
    parser.add_argument("--cpu-seconds", type=float, default=CPU_SECONDS, help="for the tests of one mutant")
    parser.add_argument("--recording", default=RECORDING, help="tests by line; those that are missing run first")
    parser.add_argument("--tests", nargs="*", default=TESTS, help="directories or files of tests")
    return parser.parse_args()


def main() -> None:
    given = arguments()
    suffixes = (f".{given.language}",) if given.language else (".py", ".lua")
    some = sampled(list(given.paths), given.sample, given.seed, suffixes)
    mutants = [m for m in some if given.line in (0, m.line) and given.change in str(m)]
    loop = Mutations(mutants, given.cpu_seconds, Recording(Path(given.recording)))
    ignored = [f"--ignore=tests/integration/{name}" for name in LEFT_OUT] + ["--ignore=tests/unit/training"]
    words = ["-q", "-q", "-n", "0", "-p", "no:cacheprovider", "--capture=no"]
    status = pytest.main([*words, *ignored, *given.tests], plugins=[loop])
    caught = loop.results[CAUGHT] + loop.results[ENDLESS]
    tried = loop.results.total() - loop.results[NOT_TRIED] - loop.results[EQUIVALENT]
    if not tried:
        sys.exit(f"nothing was tried: pytest ended with {status}")
    print(f"{caught} of {tried} caught ({caught / tried:.1%}), {dict(loop.results)}")


if __name__ == "__main__":
    main()
