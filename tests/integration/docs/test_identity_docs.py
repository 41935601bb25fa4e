"""The examples of docs/identity.md sign tokens that the server accepts."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from comments.storage.interfaces import Storage
from tests.support.builders import a_site
from tests.support.public_app import SUBMIT, open_public_app
from tests.support.user_tokens import user_secret

PAGE = (Path(__file__).parents[3] / "docs/identity.md").read_text()


def example(language: str) -> str:
    found = re.search(rf"^```{language}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    assert found
    return found[1]


def signed_by_python(directory: Path) -> str:
    names: dict[str, object] = {}
    exec(example("python"), names)
    sign = names["user_token"]
    assert callable(sign)
    return str(sign(user_secret(), "42", "Zoë"))


def signed_by_node(directory: Path) -> str:
    call = f"\nconsole.log(userToken({json.dumps(user_secret())}, '42', 'Zoë'));\n"
    return _output("node", directory / "sign.mjs", example("js") + call)


def signed_by_php(directory: Path) -> str:
    call = f"\necho user_token({json.dumps(user_secret())}, '42', 'Zoë');\n"
    return _output("php", directory / "sign.php", example("php") + call)


def _output(program: str, script: Path, text: str) -> str:
    assert shutil.which(program), f"the examples need {program} on the PATH"
    script.write_text(text)
    return subprocess.run([program, str(script)], capture_output=True, check=True, text=True).stdout.strip()


@pytest.mark.parametrize("sign", [signed_by_python, signed_by_node, signed_by_php])
def test_the_server_accepts_a_token_of_each_example(storage: Storage, tmp_path: Path, sign) -> None:
    web = open_public_app(storage, a_site(user_keys=("k1",)))
    body = {"thread": "first-post", "content": "Signed."}
    answer = web.client.post(SUBMIT, json=body, headers={"Replygate-User": sign(tmp_path)})
    assert answer.status_code == 202, answer.json
    assert web.comment(answer.json["id"]).author == "Zoë"


def test_the_page_lists_every_code_of_a_token() -> None:
    source = (Path(__file__).parents[3] / "service/submission/signed_users.py").read_text()
    codes = set(re.findall(r'_invalid\(\s*"([a-z]+)"', source))
    assert len(codes) > 8
    assert [code for code in codes if f"`{code}`" not in PAGE] == []
