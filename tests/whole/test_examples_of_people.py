"""The examples for those who work in a notebook or in R: run on the record, and what they say compared with what is written."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.whole import notebook
from tests.whole.conftest import ROOT, Warehouse

EXAMPLES = ROOT / "docs" / "examples"
RSCRIPT = shutil.which("Rscript")


def said(warehouse: Warehouse, *command: str) -> str:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = {**warehouse.environment(), "PATH": path}
    done = subprocess.run(command, cwd=EXAMPLES, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.ipynb")), ids=lambda path: path.stem)
def test_a_notebook_gives_what_is_saved_in_it(record: Warehouse, path: Path) -> None:
    """``BILATERAL_RENEW_EXAMPLES=1`` saves what it gives instead."""
    outputs = json.loads(said(record, sys.executable, notebook.__file__, path.name))
    if os.environ.get("BILATERAL_RENEW_EXAMPLES"):
        notebook.save(path, outputs)
    assert outputs == notebook.saved_in(path), "what was meant to change: run this test with BILATERAL_RENEW_EXAMPLES=1"
    assert notebook.has_pictures(path), "a chart without a picture: pip install -e '.[examples]', then renew the examples"


@pytest.mark.skipif(RSCRIPT is None, reason="R is not installed (apt install r-base-core)")
def test_the_r_script_ends_with_the_sentences_of_the_notebook(record: Warehouse, tmp_path: Path) -> None:
    out = said(record, str(RSCRIPT), "--vanilla", "around_the_summit.R", str(picture := tmp_path / "acts.pdf"))
    *_, (answer,) = notebook.saved_in(EXAMPLES / "around_the_summit.ipynb")
    assert out.endswith("".join(answer["text"]))
    assert "2023-05-31     112024    112893   2023-10-11        869" in out
    assert picture.read_bytes().startswith(b"%PDF")


def test_the_python_of_the_page_runs_on_the_sample(sample: Warehouse) -> None:
    page = (EXAMPLES.parent / "tools.md").read_text(encoding="utf-8")
    (block,) = (block.partition("```")[0] for block in page.split("```python\n")[1:])
    space: dict[str, object] = {}
    exec(block.replace("warehouse/bilateral.duckdb", str(sample.file)), space)
    assert "bilateral_warehouse" in space
