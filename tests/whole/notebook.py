"""Runs a Jupyter notebook without Jupyter: cell by cell in one namespace, what the last line of a cell gives as its output.

A kernel with what it needs would be dozens of packages for one test. What this leaves out (magics, widgets) is not used here.
"""

import ast
import contextlib
import io
import json
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

_CHART = "application/vnd.vegalite.v6+json"
_PICTURE = "image/svg+xml"


def outputs_of(path: Path) -> list[list[dict[str, Any]]]:
    """The outputs of each code cell, as Jupyter would save them, but for the numbers of the executions."""
    space: dict[str, Any] = {"__name__": "__main__"}
    return [_run("".join(cell["source"]), space) for cell in _code(_book(path))]


def saved_in(path: Path) -> list[list[dict[str, Any]]]:
    return [[_compared(output) for output in cell["outputs"]] for cell in _code(_book(path))]


def save(path: Path, outputs: list[list[dict[str, Any]]]) -> None:
    """Put outputs into a notebook. A chart gets a picture where the extra ``examples`` is installed."""
    for number, (cell, found) in enumerate(zip(_code(book := _book(path)), outputs, strict=True), 1):
        cell["execution_count"] = number
        cell["outputs"] = [o | ({"execution_count": number} if o["output_type"] == "execute_result" else {}) for o in found]
        for data in (output["data"] for output in cell["outputs"] if _CHART in output.get("data", {})):
            if find_spec("vl_convert"):
                data[_PICTURE] = import_module("vl_convert").vegalite_to_svg(data[_CHART]).splitlines(keepends=True)
    path.write_text(json.dumps(book, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def has_pictures(path: Path) -> bool:
    """Whether every chart in it is saved as a picture too: what sites that show notebooks draw."""
    return all(_PICTURE in o["data"] for cell in _code(_book(path)) for o in cell["outputs"] if _CHART in o.get("data", {}))


def _book(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text(encoding="utf-8")))


def _compared(output: dict[str, Any]) -> dict[str, Any]:
    kept = {k: v for k, v in output.items() if k != "execution_count"}
    return kept | {"data": {k: v for k, v in kept["data"].items() if k != _PICTURE}} if "data" in kept else kept


def _code(book: dict[str, Any]) -> list[dict[str, Any]]:
    return [cell for cell in book["cells"] if cell["cell_type"] == "code"]


def _run(source: str, space: dict[str, Any]) -> list[dict[str, Any]]:
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    printed = io.StringIO()
    value = None
    with contextlib.redirect_stdout(printed):
        exec(compile(tree, "<cell>", "exec"), space)
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), "<cell>", "eval"), space)
    found: list[dict[str, Any]] = []
    if text := printed.getvalue():
        found.append({"name": "stdout", "output_type": "stream", "text": text.splitlines(keepends=True)})
    if value is not None:
        found.append({"data": _shown(value), "metadata": {}, "output_type": "execute_result"})
    return found


def _shown(value: Any) -> dict[str, Any]:
    """The forms of a value that a viewer may choose from; a chart as what it is drawn from, whatever renderer is set."""
    if hasattr(value, "to_dict") and "$schema" in (drawn := value.to_dict()):
        return {_CHART: drawn}
    data = {"text/plain": repr(value)} | ({"text/html": value._repr_html_()} if hasattr(value, "_repr_html_") else {})
    return {kind: form.splitlines(keepends=True) for kind, form in sorted(data.items())}


if __name__ == "__main__":
    json.dump(outputs_of(Path(sys.argv[1])), sys.stdout)
