"""``python -m tests.licences``: write docs/licences.md, the licence of each package of the lock file.

Licences are what the packages themselves declare where they are installed (``License-Expression``, else their classifiers, else
``License``), put into the words of SPDX. What a package does not declare, or cannot be asked of because it is only installed on
another system, stands in ``STATED`` with the place where it was read.
"""

import re
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "licences.md"
_LOCKED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==(\S+)", re.MULTILINE)

STATED = {
    "httpx2-jsfetch": ("BSD-3-Clause", "in a browser alone (emscripten), where this project does not run; read in its wheel"),
    "pyreadline3": ("BSD", "Windows alone; read in its wheel"),
    "pywin32": ("PSF-2.0", "Windows alone; read in its wheel"),
}
"""Licences that the installed packages do not declare, with the place where they stand."""

SPDX = {
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD": "BSD",
    "BSD License": "BSD",
    "GNU General Public License (GPL)": "GPL",
    "GNU Library or Lesser General Public License (LGPL)": "LGPL-3.0-or-later",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "Public Domain": "public domain",
}
"""Words of classifiers and of older packages -> those of SPDX; ``BSD`` where they do not say which."""

PERMISSIVE = {
    "0BSD", "Apache-2.0", "BSD", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "CNRI-Python", "ISC", "MIT", "MIT-0", "PSF-2.0",
    "Zlib", "public domain",
}  # fmt: skip
"""Licences that ask for no more than that their notice is kept."""

WEAK = {
    "certifi": "MPL-2.0: a change of its own files would have to be published; none is made",
    "hypothesis": "MPL-2.0: used by the tests alone",
    "pathspec": "MPL-2.0: used by sqlfluff and mypy alone",
    "psycopg2-binary": "LGPL: loaded as it is from the package index, only for PostgreSQL (extra `postgres`)",
    "tld": "MPL-1.1, or GPL-2.0, or LGPL-2.1 as one likes: taken under MPL-1.1, and not changed",
    "tqdm": "MPL-2.0 and MIT: a change of its own files would have to be published; none is made",
}
"""Packages that ask for more, with the reason why they may be used here."""


def locked() -> dict[str, list[str]]:
    """The packages of the lock file with their versions: several where they differ by Python."""
    found: dict[str, list[str]] = {}
    for name, version in _LOCKED.findall((ROOT / "requirements-dev.lock").read_text(encoding="utf-8")):
        found.setdefault(name, []).append(version)
    return found


def licence_of(name: str) -> str:
    """The licence of a package, in the words of SPDX as far as it declares one.

    Raises:
        LookupError: it declares none that is known.
    """
    if name in STATED:
        return STATED[name][0]
    try:
        declared = metadata(name)
    except PackageNotFoundError:
        raise LookupError(f"{name} is not installed here and not in STATED") from None
    if expressions := declared.get_all("License-Expression"):
        return str(expressions[0])
    classes = [c.split(" :: ")[-1] for c in declared.get_all("Classifier") or [] if c.startswith("License ::")]
    words = [c for c in classes if c != "OSI Approved"]
    words = words or [text.strip().partition("\n")[0] for text in declared.get_all("License") or [""]]
    if not all(words):
        raise LookupError(f"{name} declares no licence: read it and put it into STATED")
    return " OR ".join(SPDX.get(word, word) for word in words)


def is_permissive(licence: str) -> bool:
    """Whether one of the licences to choose from asks for no more than its notice; of those joined by AND each must."""
    choices = licence.strip("()").split(" OR ")
    return any(all(part.strip("() ") in PERMISSIVE for part in choice.split(" AND ")) for choice in choices)


def page() -> str:
    """The text of docs/licences.md."""
    packages = locked()
    others = ", ".join(sorted({licence_of(name) for name in packages.keys() - WEAK.keys()}))
    rows = "\n".join(f"| {name} | {why} |" for name, why in sorted(WEAK.items()))
    lock = "[requirements-dev.lock](../requirements-dev.lock)"
    return f"""# Licences of what is installed

The {len(packages):,} packages of {lock}, with those that only tests and extras need. The project is
under the [Apache License 2.0](../LICENSE); the terms of the *data* are those of their [sources](sources.md).
`make licences` writes this page; a test compares it with the lock file, and fails where a package has a licence
that is neither permissive nor listed here:

| package | why it may be used |
|---|---|
{rows}

The others declare one of these (`make sbom` writes each with its version and licence): {others}.
"""


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
