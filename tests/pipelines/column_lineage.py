"""``python -m tests.pipelines.column_lineage``: writes which columns each column of a mart is made of, from the SQL alone.

The macros that a mart calls are put in place of their calls, and sqlglot follows each column through what is left, down to the
tables of core and to other marts. That takes a minute: it is written down (``pipelines/publish/column_lineage.json``), and done
again only for a mart whose SQL, or that of a macro that it calls, has changed.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, zip_longest
from typing import Any

import duckdb
from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError
from sqlglot.lineage import lineage
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import build_scope

from assets.schema import SQL, declared
from pipelines.publish.scripts import scripts, scripts_in_order
from pipelines.settings import ROOT

COMMAND = "python -m tests.pipelines.column_lineage"
FILE = ROOT / "pipelines" / "publish" / "column_lineage.json"
_MACRO = re.compile(r"CREATE OR REPLACE MACRO (\w+)\(([^)]*)\)\s+AS\s+(TABLE\b)?(.*);", re.DOTALL)
_MART = re.compile(r"CREATE (?:TABLE|VIEW) marts\.\w+ AS\b(.*?);\s*(?:RESET|COMMENT|\Z)", re.DOTALL)


def written() -> dict[str, Any]:
    """By mart the hash of the SQL of which its columns are written down (``fingerprint``), and these columns."""
    return dict(json.loads(FILE.read_text(encoding="utf-8"))) if FILE.exists() else {}


def bodies(folder: str) -> dict[str, str]:
    """The files of a folder of ``sql`` by name, without comments on what they make."""
    paths = sorted((SQL / folder).glob("*.sql"))
    return {p.stem: re.sub(r"(?m)^--.*\n", "", p.read_text(encoding="utf-8")).split("COMMENT ON")[0] for p in paths}


def fingerprint(mart: str) -> str:
    """Hash of the SQL of a mart and of all macros that it calls."""
    macros, texts = bodies("macros"), [bodies("marts")[mart]]
    called: set[str] = set()
    for text in texts:
        for name in sorted(macros.keys() - called):
            if re.search(rf"\b{name}\s*\(", text):
                called.add(name)
                texts.append(macros[name])
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]


def lineage_of(mart: str, columns: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """By column of a mart the columns that it is made of (none of a count); what cannot be followed is left out."""
    found = _MART.search(bodies("marts")[mart])
    assert found is not None, mart
    of_marts = {name: dict.fromkeys(of, "VARCHAR") for name, of in columns.items()}
    schema: dict[str, Any] = {"core": {}, "meta": {}, "marts": of_marts}
    for table in declared().values():
        folder, _, name = table.name.partition(".")
        schema[folder][name] = {c.name: c.type for c in table.columns}
    query = qualify(_expanded(parse_one(found[1], read="duckdb")), schema=schema, dialect="duckdb",
                    validate_qualify_columns=False, quote_identifiers=False, identify=False)  # fmt: skip
    scope = build_scope(query)
    result = {}
    for column in columns[mart]:
        try:
            nodes = lineage(column, query, schema=schema, dialect="duckdb", scope=scope, copy=False).walk()
        except (SqlglotError, ValueError):
            continue
        of = [(n.expression, n.name.split(".")[-1]) for n in nodes]
        result[column] = sorted({f"{t.db}.{t.name}.{name}" for t, name in of if isinstance(t, exp.Table)})
    return result


def _expanded(query: exp.Expr) -> exp.Expr:
    """A query in which the bodies of macros stand in place of their calls."""
    macros = {}
    for text in bodies("macros").values():
        found = _MACRO.search(text)
        assert found is not None, text
        parameters = [p.partition(":=")[0].strip() for p in found[2].split(",") if p.strip()]
        macros[found[1]] = (parameters, found[3] is not None, found[4])

    def body(name: str, arguments: Sequence[exp.Expr]) -> exp.Expr:
        # a parameter that may be left out is NULL then
        given = dict(zip_longest(macros[name][0], arguments, fillvalue=exp.null()))

        def put_in(node: exp.Expr) -> exp.Expr:
            if not isinstance(node, exp.Column):
                return node
            if not node.table and node.name in given:
                argument: exp.Expr = given[node.name].copy()
                return argument
            # a row is handed in by the alias of its table
            row = given.get(node.table)
            return exp.column(node.name, table=row.name) if isinstance(row, exp.Column) else node

        placed: exp.Expr = parse_one(macros[name][2], read="duckdb").transform(put_in)
        return placed

    while calls := list(_calls(query, macros)):
        for call in calls:
            name, arguments = call.name.lower(), call.expressions
            table = call.parent
            if not isinstance(table, exp.Table):
                call.replace(exp.paren(body(name, arguments)))
                continue
            placed: exp.Expr
            if name == "query_table":
                folder, _, bare = arguments[0].name.rpartition(".")
                placed = exp.table_(bare, db=folder or None, alias=table.alias or None)
            else:
                alias = exp.TableAlias(this=exp.to_identifier(table.alias or name))
                placed = exp.Subquery(this=body(name, arguments), alias=alias)
            placed.set("joins", table.args.get("joins"))
            table.replace(placed)
    for union in list(query.find_all(exp.Union)):
        if union.args.get("by_name"):
            _by_position(union)
    return query


def _by_position(union: exp.Union) -> None:
    """Write a ``UNION BY NAME`` as one by position, with NULL for what a part lacks."""
    unions: list[exp.Union] = [union]
    parts: list[exp.Expr] = []
    for side in (side for found in unions for side in (found.left, found.right)):
        (unions if isinstance(side, exp.Union) else parts).append(side)  # type: ignore[arg-type]
    for part in parts:
        part.set("expressions", [e for old in part.expressions for e in _without_star(old, part)])
    names = dict.fromkeys(e.alias_or_name for part in parts for e in part.expressions)
    for part in parts:
        held = {e.alias_or_name: e for e in part.expressions}
        part.set("expressions", [held.get(name) or exp.alias_(exp.null(), name) for name in names])
    for found in unions:
        found.set("by_name", False)


def _without_star(column: exp.Expr, part: exp.Expr) -> list[exp.Expr]:
    """The columns that ``t.*`` stands for, where ``t`` is a table of a WITH."""
    if not column.is_star:
        return [column]
    (table,) = part.find_all(exp.Table)
    of = next(cte for cte in part.root().find_all(exp.CTE) if cte.alias == table.name)
    star = column.find(exp.Star)
    left_out = {e.name for e in (star.args.get("except_") or star.args.get("except") or [])} if star is not None else set()
    return [exp.column(name, table=table.alias_or_name) for name in of.this.named_selects if name not in left_out]


def _calls(query: exp.Expr, macros: Mapping[str, Any]) -> Iterator[exp.Expr]:
    """Calls of macros, and of ``query_table`` with a name; those within another call come with it."""
    for call in query.find_all(exp.Anonymous):
        name = call.name.lower()
        is_named = name == "query_table" and isinstance(call.expressions[0], exp.Literal)
        if (name in macros or is_named) and call.root() is query:
            yield call


def columns_of_marts() -> dict[str, list[str]]:
    """Names of the columns of every mart, from an empty warehouse made of the same SQL."""
    with duckdb.connect() as con:
        for table in declared().values():
            con.execute(f"CREATE SCHEMA IF NOT EXISTS {table.name.split('.')[0]}")
            declaration = ", ".join(f'"{c.name}" {c.type}' for c in table.columns)
            con.execute(f"CREATE TABLE {table.name} ({declaration})")
        con.execute("CREATE SCHEMA marts")
        derived = {script.name for script in scripts("derive")}
        for script in scripts_in_order():
            if script.name not in derived:
                con.execute(script.text)
        rows = con.execute(
            "SELECT table_name, column_name FROM duckdb_columns() WHERE schema_name = 'marts' ORDER BY table_name, column_index"
        ).fetchall()
    return {mart: [column for _, column in of] for mart, of in groupby(rows, key=lambda r: r[0])}


def main() -> None:
    """Write the file, with new entries for the marts that have changed."""
    before, columns, found = written(), columns_of_marts(), {}
    for mart in sorted(columns):
        now = fingerprint(mart)
        same = before.get(mart, {}).get("sql") == now
        found[mart] = before[mart] if same else {"sql": now, "columns": lineage_of(mart, columns)}
    FILE.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
