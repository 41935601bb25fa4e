"""The installed package has everything the widget is made of."""

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

from comments.translations import translations
from service.widget.bundle import bundle

ROOT = Path(__file__).parents[3]


def test_the_wheel_has_the_source_of_the_widget(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with ZipFile(wheel) as files:
        files.extractall(tmp_path / "installed")
    assert bundle(tmp_path / "installed/service/widget/source") == bundle()
    locales = tmp_path / "installed/comments/locales"
    assert {path.stem for path in locales.glob("*.json")} == set(translations())
