"""``python -m tests.pipelines.command_docs`` renews the list of commands in ``docs/commands.md``, from what ``--help`` says."""

import inspect
import re
from typing import Any, get_args

import typer

from pipelines.cli.app import EXAMPLES, app
from pipelines.settings import ROOT

PAGE = ROOT / "docs" / "commands.md"
BEGIN, END = "<!-- made from --help: make renew -->\n", "<!-- to here -->\n"
MORE = {
    "explore": "page.md",
    "site": "page.md#publish-it",
    "changes": "tools.md#what-changed",
    "export": "tools.md#tables-and-answers-as-files",
    "release": "tools.md#a-release",
    "trail": "operations.md#lineage-of-a-row",
    "verify": "operations.md#verify-and-repair",
    "quarantine": "operations.md#quarantined-snapshots",
    "backup": "operations.md#backup-and-restore",
    "gc": "operations.md#clean-up",
    "archive": "operations.md#an-archive-of-earlier-downloads",
    "backfill": "operations/backfill.md",
}
"""Where the documents say more of a command."""


def with_commands(page: str) -> str:
    """The page with its list of commands renewed."""
    before, after = page[: page.index(BEGIN)], page[page.index(END) :]
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    return f"{before}{BEGIN}\n{''.join(section(name, command) for name, command in commands.items())}{after}"


def section(name: str, command: Any) -> str:
    """What a command does, its arguments and options, and its examples."""
    says = re.sub(r"(?<!\n)\n(?!\n)", " ", inspect.cleandoc(command.help))
    more = f" ([more]({MORE[name]}))" if name in MORE else ""
    rows = "".join(row(param) for param in command.params if "--help" not in param.opts)
    table = f"| argument or option | what it is |\n|---|---|\n{rows}\n" if rows else ""
    examples = "".join(f"    {line}\n" for line, _ in EXAMPLES[name])
    return f"### bilateral {name}\n\n{says}{more}\n\n{table}{examples}\n"


def row(param: Any) -> str:
    """An argument or an option as it is typed, and what its help says."""
    is_flag = getattr(param, "is_flag", False)
    is_option = param.param_type_name == "option"
    values = "" if is_flag else param.metavar or "|".join(get_args(param.type_descriptor.annotation))
    typed = " ".join(word for word in (", ".join((*param.opts, *param.secondary_opts)) if is_option else "", values) if word)
    default = param.default if is_option and not is_flag else None
    text = param.help if default in (None, ()) else f"{param.help} Default: {default}."
    return "| `{}` | {} |\n".format(*(part.replace("|", "\\|") for part in (typed, text)))


if __name__ == "__main__":
    PAGE.write_text(with_commands(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
