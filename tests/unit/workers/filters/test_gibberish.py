"""Random letters are held; honest text of any language, code, hashes and laughter are not."""

import random
import string

import pytest

from comments.lifecycle import Action
from tests.support.builders import NOW, a_comment
from tests.unit.workers.about import policy, seen
from tests.unit.workers.text.test_profanity_languages import HARMLESS
from workers.filters.gibberish import GibberishFilter

RUSSIAN = "абвгдежзийклмнопрстуфхцчшщъыьэюя"


def _random_letters(seed: int, n: int, spaces: float, alphabet: str) -> str:
    draw = random.Random(seed)
    return "".join(" " if draw.random() < spaces else draw.choice(alphabet) for _ in range(n))


def is_held(content: str) -> bool:
    return "gibberish.text" in seen(GibberishFilter(), a_comment(content=content))


@pytest.mark.parametrize("alphabet", [string.ascii_lowercase, string.ascii_letters, RUSSIAN])
@pytest.mark.parametrize("spaces", [0.0, 0.12])
def test_160_random_letters_are_held(alphabet: str, spaces: float) -> None:
    held = [is_held(_random_letters(seed, 160, spaces, alphabet)) for seed in range(50)]
    assert sum(held) >= 49


def test_gibberish_holds_and_is_never_spam() -> None:
    found = seen(GibberishFilter(), a_comment(content=_random_letters(1, 160, 0.1, string.ascii_lowercase)))
    assert policy(GibberishFilter()).decide(found.values(), NOW).action is Action.HOLD


@pytest.mark.parametrize(
    "honest",
    [
        "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogoch is a village in Wales",
        "Mae'r ysgol yng nghanol y dref, wrth ymyl y llyfrgell newydd, diolch yn fawr",
        "W Szczebrzeszynie chrząszcz brzmi w trzcinie i Szczebrzeszyn z tego słynie",
        "Strč prst skrz krk, čtvrtsmršť mlž hltl krt pln skvrn vtrhl v hrst",
        "Epäjärjestelmällistyttämättömyydelläänsäkäänköhän on pitkä sana suomeksi",
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
        "Cam on ban da chia se, bai viet rat hay va bo ich, minh se thu ngay hom nay",
        "ahahahahahahahahahahahahahahahahahaha wkwkwkwkwkwkwkwkwkwk kkkkkkkkkkkkkkkk",
        "Nooooooooooooooooooooooooooooooooooo way!!!!!!!!!!!",
        "d41d8cd98f00b204e9800998ecf8427e is the MD5 of nothing, da39a3ee5e6b4b0d3255bfef95601890afd80709 the SHA-1",
        "https://cdn.example/xkqzjwvbnmtrplkjhgfd/qwrtpsdfghjklzxcvbnm?k=zxqjvkwbmzxqjvkw",
        'Traceback (most recent call last):\n  File "app.py", line 3\n    np.linalg.lstsq(xs, ys, rcond=None)',
        "ssh -i ~/.ssh/id_rsa user@host; grep -rn fstab /etc; ls -lht | xargs wc -l; fsck.ext4 -fy /dev/sdb1",
        "mysqldump -h localhost -u root -p wpdb > wpdb.sql && tar czf wp.tgz wpdb.sql; scp wp.tgz srv:/tmp",
        "KDE, GNOME, XFCE, LXDE, MATE, CDE: GTK vs. QT, X11 vs. DRM/KMS, NVIDIA vs. AMDGPU",
        "std::vector<std::pair<int, char*>> vec; vec.push_back(std::make_pair(1, ptr)); printf(fmt, str);",
        "Hrvat tvrdi da je trg prepun; smrt, vrt, krv, prst, grm, crn i brz su obične riječi",
    ],
)
def test_honest_text_code_and_hashes_are_not_held(honest: str) -> None:
    assert not is_held(honest)


@pytest.mark.parametrize("text", [text for _, text in HARMLESS])
def test_no_language_is_gibberish(text: str) -> None:
    assert not is_held(text * 3)
