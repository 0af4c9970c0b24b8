"""What shapes the rows of a source, as one hash: when it changes, the source is staged and folded again from raw.

In it are the code of the source's functions and of every module of ``assets`` that they import, without comments and docstrings;
the data files that these declare (``FACTS``); the columns of its tables; the versions of libraries that shape rows; the numbers
by which snapshots are judged; what a user adds. Documents, labelled sentences and reviews are not.
"""

from __future__ import annotations

import ast
import hashlib
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, lru_cache, partial
from importlib.metadata import version
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple

from assets.contracts import CrossSource, DomainPackage, SourceCode
from assets.schema import declared
from pipelines.util.checksummed import sha256_of
from pipelines.util.state import State

PACKAGE = "assets"
ROOT = Path(__file__).resolve().parents[2]

LIBRARIES = {
    "ahocorasick_rs": ("ahocorasick-rs",),
    "anyascii": ("anyascii",),
    "fastexcel": ("fastexcel",),
    "feedparser": ("feedparser",),
    "lxml": ("lxml",),
    "numpy": ("numpy",),
    "onnxruntime": ("onnxruntime",),
    "polars": ("polars",),
    "rapidfuzz": ("rapidfuzz",),
    "rensa": ("rensa",),
    "trafilatura": ("trafilatura",),
    "zoneinfo": ("tzdata",),
}
"""Name under which code imports a library whose version shapes rows -> the distributions whose versions count."""

installed = cache(version)
"""Version of an installed distribution: read once, since all that a distribution says of itself is parsed for it."""


def fingerprint_of(
    made_by: SourceCode | CrossSource,
    package: DomainPackage,
    *judged_by: object,
    root: Path = ROOT,
    version_of: Callable[[str], str] = installed,
    modules_read: ModuleCache | None = None,
) -> str:
    """Hash of all that shapes the rows of a source, or of the tables made across the sources of a domain.

    ``judged_by``: values that count by their ``repr``. ``root``: holds ``assets``. ``modules_read``: found by earlier calls.
    """
    modules_read = ModuleCache(root) if modules_read is None else modules_read
    if isinstance(made_by, CrossSource):
        functions: tuple[Callable[..., Any], ...] = (made_by.derive,)
    else:
        functions = (made_by.stage, made_by.judge, made_by.fold)
    modules = modules_read.closure(m for f in functions for m in modules_of(f))
    digest = hashlib.sha256()
    for name in modules:
        digest.update(f"{name}\0{modules_read.module(name).code}\0".encode())
        for path, content in modules_read.facts(name):
            digest.update(f"{name}/{path.name}\0{content}\0".encode())
    for distribution in modules_read.libraries(modules):
        digest.update(f"{distribution} {version_of(distribution)}\0".encode())
    for table in made_by.tables:
        columns = [(c.name, c.type, c.not_null) for c in declared()[f"core.{table}"].columns]
        digest.update(f"{table} {columns}\0".encode())
    for path in [] if package.own_files is None else sorted(package.own_files.glob("*.csv")):
        digest.update(f"{path.name}\0".encode() + path.read_bytes())
    digest.update(repr(judged_by).encode())
    modules_read.save()
    return digest.hexdigest()[:16]


def modules_of(function: Callable[..., Any]) -> Iterator[str]:
    """Names of the modules of ``assets`` in which a function is defined, and those that it was given or closes over."""
    if isinstance(function, partial):
        parts: Sequence[Any] = (function.func, *function.args, *function.keywords.values())
    else:
        cells = getattr(function, "__closure__", None) or ()
        parts = [c.cell_contents for c in cells]
        module = getattr(function, "__module__", None) or ""
        if module.partition(".")[0] == PACKAGE:
            yield module
    for part in parts:
        if callable(part):
            yield from modules_of(part)


class ModuleCache:
    """The modules of ``assets`` as they lie on the disk, each read once: sources share most of them."""

    def __init__(self, root: Path = ROOT, state: State | None = None) -> None:
        """List the modules below ``root``; ``state`` remembers what was read of texts: to parse all of them takes seconds."""
        files = {p.relative_to(root).with_suffix(""): p for p in (root / PACKAGE).rglob("*.py")}
        self._paths = {".".join((f.parent if f.name == "__init__" else f).parts): path for f, path in files.items()}
        self._state = state
        self._known = {} if state is None else state.entries(_KIND)
        self._fresh: dict[str, tuple[str, _Module]] = {}
        self._modules: dict[str, _Module] = {}

    def module(self, name: str) -> _Module:
        """What the text of a module says. Raises LookupError where there is none of this name."""
        if name not in self._modules:
            if name not in self._paths:
                raise LookupError(f"{name} is no module")
            path = self._paths[name]
            package, text = name if path.name == "__init__.py" else name.rpartition(".")[0], path.read_bytes()
            valid = hashlib.sha256(b"\0".join((_reader(), package.encode(), text))).hexdigest()
            known = self._known.get(name)
            if known is not None and known[0] == valid:
                self._modules[name] = _Module(*json.loads(known[1]))
            else:
                self._modules[name] = _parse(text, package)
                self._fresh[name] = (valid, self._modules[name])
        return self._modules[name]

    def save(self) -> None:
        """Remember what was read of texts."""
        if self._fresh and self._state is not None:
            self._state.put(_KIND, self._fresh)
        self._fresh = {}

    def closure(self, modules: Iterable[str]) -> tuple[str, ...]:
        """These modules and all modules of ``assets`` that they import, directly or not, with the packages around, sorted."""
        found: set[str] = set()
        todo = list(modules)
        while todo:
            name = todo.pop()
            if name not in found:
                found.add(name)
                around = (part for full in self.module(name).imports for part in accumulate(full.split("."), "{}.{}".format))
                todo += [part for part in around if part in self._paths]
        return tuple(sorted(found))

    def libraries(self, modules: Iterable[str]) -> tuple[str, ...]:
        """Distributions whose versions shape what these modules make, sorted."""
        imported = {full.partition(".")[0] for name in modules for full in self.module(name).imports}
        return tuple(sorted({d for library in imported for d in LIBRARIES.get(library, ())}))

    def facts(self, module: str) -> list[tuple[Path, str]]:
        """Data files that a module declares as ``FACTS``, each with a hash of its bytes."""
        paths = {p for pattern in self.module(module).facts for p in self._paths[module].parent.glob(pattern) if p.is_file()}
        return [(path, _content(path, path.stat().st_mtime_ns)) for path in sorted(paths)]


class _Module(NamedTuple):
    """The dotted names that a module imports, the facts that it declares, a hash of its code without comments and docstrings."""

    imports: Sequence[str]
    facts: Sequence[str]
    code: str


_KIND = "module"


@cache
def _reader() -> bytes:
    """What decides on how a text is read: this module and the version of Python."""
    return Path(__file__).read_bytes() + sys.version.encode()


@lru_cache(maxsize=2_000)
def _content(path: Path, _changed: int) -> str:
    # many sources share the lexicons and registers of their domain
    return sha256_of(path)


@lru_cache(maxsize=2_000)
def _parse(text: bytes, package: str) -> _Module:
    tree = ast.parse(text)
    imported, facts = sorted(set(_imported(tree, package))), _declared_facts(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            node.body = [n for n in node.body if not _is_text(n)]
    return _Module(imported, facts, hashlib.sha256(ast.dump(tree).encode()).hexdigest())


def _imported(tree: ast.Module, package: str) -> Iterator[str]:
    """Full dotted names that a module imports, anywhere in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            around = package.rsplit(".", node.level - 1)[0] if node.level else ""
            module = ".".join(p for p in (around, node.module) if p)
            yield from (f"{module}.{alias.name}" for alias in node.names)


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _declared_facts(tree: ast.Module) -> tuple[str, ...]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "FACTS" for t in node.targets):
            return tuple(ast.literal_eval(node.value))
    return ()
