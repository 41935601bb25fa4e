"""The image's steps, run without a container engine: each COPY and RUN of the Dockerfile in a directory of its own."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.builders import SECRET
from tests.support.ports import free_port
from tests.support.wait import wait_until

ROOT = Path(__file__).parents[3]
DOCKERFILE = re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text())
BASE = "python:3.11-slim-bookworm"
DIGEST = "sha256:" + "0123456789abcdef" * 4
#: A name, a tag that is not `latest`, and perhaps a digest.
REFERENCE = re.compile(r"[a-z0-9./_-]+:(?!latest\b)[\w.-]+(@sha256:[0-9a-f]{64})?")


def steps(text: str) -> list[tuple[str, str]]:
    """Return the instructions of a Dockerfile with their arguments."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [tuple(line.split(" ", 1)) for line in lines]  # type: ignore[misc]


class Image:
    """Runs the steps below a directory, which stands for `/`. The Python of the tests is that of the base image."""

    def __init__(self, root: Path) -> None:
        self.root, self.directory = root, root
        self.env = {"PATH": f"{Path(sys.executable).parent}:{os.defpath}:/usr/sbin", "HOME": str(root)}
        self.commands: dict[str, list[str]] = {}
        (root / "etc").mkdir()
        for file in ("passwd", "group"):
            (root / "etc" / file).write_text("root:x:0:0:root:/root:/bin/sh\n" if file == "passwd" else "root:x:0:\n")

    def run(self, kind: str, words: str) -> None:
        if kind == "ENV":
            pairs = dict(pair.split("=", 1) for pair in shlex.split(words))
            self.env |= {name: self._below(value).replace("$PATH", self.env["PATH"]) for name, value in pairs.items()}
        elif kind == "WORKDIR":
            self.directory = self.root / words.lstrip("/")
            self.directory.mkdir(parents=True, exist_ok=True)
        elif kind == "COPY" and "--from=" not in words:  # the stages share the directory
            *sources, target = words.split()
            for source in sources:
                copy = shutil.copytree if (ROOT / source).is_dir() else shutil.copy
                copy(ROOT / source, self.directory / target)  # type: ignore[operator]
        elif kind == "RUN":
            line = self._below(words).replace("useradd ", f"useradd --prefix {self.root} ")
            done = subprocess.run(
                ["/bin/sh", "-ec", line], cwd=self.directory, env=self.env, capture_output=True, text=True
            )
            assert done.returncode == 0, done.stdout + done.stderr
        elif kind in ("CMD", "HEALTHCHECK"):
            self.commands[kind] = json.loads(words[words.index("[") :])

    def _below(self, words: str) -> str:
        return words.replace("/opt/replygate", str(self.root / "opt/replygate"))


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Image]:
    built = Image(tmp_path_factory.mktemp("image"))
    for kind, words in steps(DOCKERFILE):
        built.run(kind, words)
    yield built
    shutil.rmtree(built.root)


def test_the_built_image_runs_its_command_and_passes_its_health_check(image: Image, valkey_url: str) -> None:
    port = str(free_port())
    of_store = {"REPLYGATE_REDIS_URL": valkey_url, "REPLYGATE_SECRET_KEY": SECRET}
    env = image.env | of_store | {"REPLYGATE_HOST": "127.0.0.1", "REPLYGATE_PORT": port, "REPLYGATE_WEB_PROCESSES": "1"}
    check = [word.replace("8000", port) for word in image.commands["HEALTHCHECK"]]
    web = subprocess.Popen(image.commands["CMD"], cwd=image.directory, env=env, executable=program(image, "replygate"))
    try:
        wait_until(lambda: healthy(check, env), "the health check passes")
        assert int((image.root / "etc/passwd").read_text().splitlines()[-1].split(":")[2]) == 10001
    finally:
        web.terminate()
        web.wait(20)


def healthy(check: list[str], env: dict[str, str]) -> bool:
    return subprocess.run(check, env=env, capture_output=True).returncode == 0


def program(image: Image, name: str) -> str:
    found = shutil.which(name, path=image.env["PATH"])
    assert found
    assert Path(found).is_relative_to(image.root), "installed by the steps, not for the tests"
    return found


def references() -> list[str]:
    """Return all images of other projects that the Dockerfile and the manifests name."""
    manifests = [ROOT / "docker-compose.yml", ROOT / "deploy/caddy/compose.yml", *ROOT.glob("deploy/kubernetes/*.yaml")]
    found = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    found += [name for file in manifests for name in re.findall(r"^\s+image: (\S+)", file.read_text(), re.MULTILINE)]
    return [name for name in found if not name.startswith("replygate:")]


def test_every_image_has_a_version_and_may_have_a_digest() -> None:
    assert len(references()) >= 5
    assert [name for name in references() if not REFERENCE.fullmatch(name)] == []
    assert REFERENCE.fullmatch(f"{BASE}@{DIGEST}")
    assert not REFERENCE.fullmatch("python")
    assert not REFERENCE.fullmatch(f"{BASE}@sha256:12")


@pytest.mark.parametrize("before", [BASE, f"{BASE}@sha256:{'f' * 64}"])
def test_the_command_of_the_docs_pins_the_base_image(before: str, tmp_path: Path) -> None:
    page = (ROOT / "docs/operators.md").read_text()
    (block,) = [
        text for text in re.findall(r"^```sh\n(.*?)^```", page, re.DOTALL | re.MULTILINE) if "imagetools" in text
    ]
    (tmp_path / "docker").write_text(f"#!/bin/sh\necho {DIGEST}\n")
    (tmp_path / "docker").chmod(0o755)
    (tmp_path / "Dockerfile").write_text((ROOT / "Dockerfile").read_text().replace(BASE, before))
    subprocess.run(["/bin/sh", "-ec", block], cwd=tmp_path, env={"PATH": f"{tmp_path}:{os.defpath}"}, check=True)
    assert re.findall(r"^FROM (\S+)", (tmp_path / "Dockerfile").read_text(), re.MULTILINE) == [f"{BASE}@{DIGEST}"] * 2
