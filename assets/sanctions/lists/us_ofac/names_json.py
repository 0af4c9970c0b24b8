"""OFAC's list as others parsed SDN.CSV and ALT.CSV: JSON with the id, name, aliases, programs and type of every entry.

``{"downloaded_at", "source", "entry_count", "entries": [{"uid", "name", "aliases", "program", "type"}]}``. It is whole in whom it
holds. It says nothing of titles, remarks and addresses, nor of the kinds of aliases, which are taken of new listings alone.
"""

from __future__ import annotations

from collections.abc import Mapping

from assets.contracts import Staged
from assets.errors import Quarantine
from assets.reading.bytes import read_text
from assets.reading.json import read_json
from assets.reading.xml import clean
from assets.sanctions.reading.dates import iso_date
from assets.sanctions.reading.gather import Gatherer
from assets.sanctions.reading.one_list import KEPT, one_file

PARTY_TYPES = {"-0-": "entity", "individual": "person", "vessel": "vessel", "aircraft": "aircraft"}
FORMAT = "names json"


def stage(files: Mapping[str, bytes]) -> Staged:
    """Read the file.

    Returns:
        ``listings`` with name, type and programs alone, ``names``. Facts: see ``Gatherer.staged``, ``format``, and ``of_new``:
        the details that count for new listings alone.

    Raises:
        Quarantine: not one file, not this layout, cut, with other than as many entries as it states, or nobody in it.
    """
    name, data = one_file(files, "OFAC's list (JSON)")
    content = read_json(name, read_text(name, data, KEPT, errors="replace"), KEPT)
    entries = content.get("entries") if isinstance(content, dict) else None
    if not isinstance(content, dict) or not isinstance(entries, list):
        raise Quarantine(f"{name} is JSON without a list of entries: another layout, or not the list. {KEPT}")
    if (stated := content.get("entry_count", len(entries))) != len(entries):
        raise Quarantine(f"{name} states {stated} entries and holds {len(entries):,}: it is cut or damaged. {KEPT}")
    found = Gatherer(name, ("names",))
    for entry in entries:
        said = entry if isinstance(entry, dict) else {}
        native_id, primary, programs, kind = (clean(str(said.get(k) or "")) for k in ("uid", "name", "program", "type"))
        if found.party(native_id, primary, PARTY_TYPES.get((kind or "-0-").casefold()), programs=programs) and native_id:
            for alias in said.get("aliases") or ():
                found.name(native_id, clean(str(alias)))
    staged = found.staged(iso_date(content.get("downloaded_at")), format=FORMAT, of_new=["names"])
    listings = staged.frames["listings"].select("row", "native_id", "name", "party_type", "programs")
    return Staged(staged.frames | {"listings": listings}, staged.rejects, staged.n_read, staged.facts, staged.n_rejected)
