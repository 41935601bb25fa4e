"""A copy of the tree for each promise."""

from pathlib import Path

import pytest

from tests.support.tree_copy import TreeCopy


@pytest.fixture
def tree(tmp_path: Path) -> TreeCopy:
    return TreeCopy(tmp_path)
