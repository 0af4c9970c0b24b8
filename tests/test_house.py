"""The rules of the house: which folder may use which, and where files that shape rows are declared."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

from pipelines.storage.fingerprint import ModuleCache

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted((ROOT / "assets").rglob("*.py"))
NO_FACTS = {".py", ".pyc", ".md", ".yml"}


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def imported(path: Path) -> Iterator[str]:
    """Dotted names that a module imports, anywhere in it."""
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def name_of(path: Path) -> str:
    """Dotted name of a module of the project."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


CLOCKS = ("utcnow", "now", "today", "monotonic", "perf_counter")


def is_foreign(name: str, domain: str) -> bool:
    """Whether a module of a domain may not import this: pipelines, Dagster, another domain but the ground and the actors."""
    top, _, rest = name.partition(".")
    other = rest.partition(".")[0]
    is_domain = (ROOT / "assets" / other).is_dir() and other not in ("", "actors", "reading", domain)
    return top in ("pipelines", "dagster", "pydantic_settings") or (top == "assets" and is_domain)


def test_a_domain_package_uses_the_ground_and_the_actors_alone_and_reads_neither_the_environment_nor_a_clock() -> None:
    found = [
        f"{name_of(p)} imports {name}" for p in MODULES for name in imported(p) if is_foreign(name, p.relative_to(ROOT).parts[1])
    ]
    attributes = [(path, node) for path in MODULES for node in nodes(path) if isinstance(node, ast.Attribute)]
    found += [
        f"{name_of(path)}: {ast.unparse(node)}"
        for path, node in attributes
        if node.attr in CLOCKS or ast.unparse(node) in ("os.environ", "os.getenv")
    ]
    assert found == []


PACKAGES = (
    *("util", "settings", "domains", "ingest", "checks", "storage", "publish", "site", "share", "services"),
    *("record", "maintenance", "dagster", "definitions", "cli"),
)
"""What is in ``pipelines``, each using only what stands before it."""

ALONE = ROOT / "pipelines" / "share" / "python"
"""The module for readers of the published file, which is installed without this project."""


def used(folder: str) -> dict[str, set[str]]:
    """Of each module of a folder the others that it imports: at its top, in functions and for types."""
    modules = {name_of(path): path for path in (ROOT / folder).rglob("*.py") if ALONE not in path.parents}
    return {
        name: {n for full in imported(path) for n in (full, full.rpartition(".")[0]) if n in modules} - {name, folder}
        for name, path in modules.items()
    }


def in_circles(uses: dict[str, set[str]]) -> list[str]:
    """The modules that cannot be ordered so that each uses only those before it; of packages their ``__init__`` alone counts."""
    settled: set[str] = set()
    while ready := {m for m, used in uses.items() if m not in settled and used <= settled}:
        settled |= ready
    return sorted(uses.keys() - settled)


def test_no_package_of_pipelines_imports_one_above_it_and_imports_make_no_circles() -> None:
    rank = {name: n for n, name in enumerate(PACKAGES)}
    upward = [
        f"{module} imports {other}"
        for module, others in used("pipelines").items()
        for other in sorted(others)
        if module != "pipelines" and rank[other.split(".")[1]] > rank[module.split(".")[1]]
    ]
    assert upward == in_circles(used("pipelines")) == in_circles(used("assets")) == []


def test_every_data_file_of_a_domain_package_is_declared_by_the_module_that_reads_it() -> None:
    """A file that shapes rows and is in no fingerprint would leave old rows beside new ones."""
    declared = {path for module in MODULES for path, _ in ModuleCache().facts(name_of(module))}
    files = {p for p in (ROOT / "assets").rglob("*") if p.is_file() and p.suffix not in NO_FACTS}
    # which feeds are asked decides what comes in, not what rows are made of it
    assert {p.relative_to(ROOT).as_posix() for p in files ^ (declared & files)} == {"assets/news/articles/feeds.csv"}


def test_the_closure_of_a_module_holds_what_it_imports_inside_functions_too(tmp_path: Path) -> None:
    texts = {"__init__": "", "a": "def f():\n    from assets import b\n    return b\n", "b": "from assets.c import X\n"}
    (tmp_path / "assets").mkdir()
    for name, text in (texts | {"c": "X = 1\n", "d": "Y = 1\n"}).items():
        (tmp_path / "assets" / f"{name}.py").write_text(text)
    assert ModuleCache(tmp_path).closure(["assets.a"]) == ("assets", "assets.a", "assets.b", "assets.c")


NOT_IMPORTED = {
    "dagster-postgres": "a dagster.yaml names it (docs/deploy)",
    "dagster-webserver": "`make dev` starts it as a program",
    "duckdb-sqlalchemy": "SQLAlchemy finds it by the address duckdb:///",
    "tzdata": "zoneinfo reads it where the system has no time zones",
    "psycopg2-binary": "by its name, in the address of Dagster's storage in PostgreSQL",
}
"""Distributions that are needed though no module imports them, each with the reason."""

ONLY_FOR_TYPES = {"pandas": "bilateral_warehouse gives its frames to whoever has it"}
"""Distributions that modules name in types alone, each with the reason."""

TRAINING = ROOT / "benchmarks" / "training"
"""Run by those who change the event coder; what only it needs is in the extra ``dev``."""


OF_ITS_OWN = {"onnx", "safetensors", "torch"}
"""Distributions of the environment in which the encoder is fine-tuned (``training/README.md``): no other work needs them."""


def distributions(paths: list[Path]) -> set[str]:
    """Distributions that modules import, the standard library and the project itself left out."""
    tops = {name.partition(".")[0] for path in paths for name in imported(path)}
    installed = packages_distributions()
    others = tops - set(sys.stdlib_module_names) - {"assets", "benchmarks", "pipelines"}
    return {normal(dist) for top in others for dist in installed.get(top, [top])}


def normal(name: str) -> str:
    """Name of a distribution as comparisons need it: lower case, hyphens, without version and marker."""
    return re.sub(r"[-_.]+", "-", re.split(r"[^\w.-]", name, maxsplit=1)[0]).lower()


def test_what_is_imported_is_declared_and_nothing_else_is() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    run = {normal(d) for d in project["dependencies"]}
    dev = {normal(d) for d in project["optional-dependencies"]["dev"]}
    service = [*MODULES, *sorted((ROOT / "pipelines").rglob("*.py"))]
    optional = {normal(d) for extra in ("alerts", "postgres") for d in project["optional-dependencies"][extra]}
    assert optional <= dev, "what is optional is tested"
    assert distributions(service) - ONLY_FOR_TYPES.keys() | NOT_IMPORTED.keys() == run | optional | {"dagster-dask"}
    assert distributions(sorted(TRAINING.rglob("*.py"))) - run - OF_ITS_OWN <= dev
    assert run & OF_ITS_OWN == dev & OF_ITS_OWN == set()
    assert run & dev == set()
