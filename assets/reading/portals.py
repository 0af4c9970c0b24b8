"""Tables as portals of open data give them: a CSV file to download, or the JSON of their interface. The content tells which."""

from __future__ import annotations

from assets.errors import Quarantine, first_few
from assets.reading.bytes import decoded, first_sign, refuse_blank
from assets.reading.json import NotJson, value_of
from assets.reading.rejects import misshapen
from assets.reading.text_frames import TextFrame, frame_of_columns, frame_of_csv, frame_of_rows, names_of


def frame_of(name: str, data: bytes, kept: str) -> TextFrame:
    """A table with a header (comma or tab), a JSON array of objects or of arrays. Raises Quarantine: no table, or a cut one."""
    refuse_blank(name, data, kept)
    text = decoded(name, data, kept)
    return _frame_of_json(name, text, kept) if text.lstrip()[:1] in ("[", "{") else frame_of_csv(name, text, kept)


def is_json_array(data: bytes) -> bool:
    """Whether the bytes are a page of the portal's interface and not a table with a header."""
    return first_sign(data) == b"["


def _frame_of_json(name: str, text: str, kept: str) -> TextFrame:
    """The interface leaves out the keys of empty cells, so the columns are those of all rows together."""
    try:
        records = value_of(text, numbers_as_written=True)
    except NotJson as error:
        raise Quarantine(f"{name}: the JSON cannot be read ({error}): it is cut or damaged. {kept}") from None
    if not isinstance(records, list):
        held = first_few([repr(key[:40]) for key in records] if isinstance(records, dict) else [repr(records)[:40]], 6)
        raise Quarantine(f"{name}: rows were expected, and it holds one object ({held}): an error message. {kept}")
    try:
        if records and all(isinstance(record, list) for record in records):
            # the Census Bureau's JSON: a header and rows, all arrays
            first, *rest = [[_cell(value) or "" for value in record] for record in records]
            return frame_of_rows(name, first, rest, kept)
        whole = [(row, record) for row, record in enumerate(records, start=1) if isinstance(record, dict)]
        other = [(row, record) for row, record in enumerate(records, start=1) if not isinstance(record, dict)]
        keys = list(dict.fromkeys(key for _, record in whole for key in record))
        columns = [[_cell(record.get(key)) for _, record in whole] for key in keys]
        table = frame_of_columns([row for row, _ in whole], names_of(name, keys, kept), columns)
        return TextFrame(table, 0, misshapen([(row, str(record), "not an object with keys") for row, record in other]))
    except UnicodeEncodeError:
        raise Quarantine(f"{name}: the JSON holds halves of characters (lone surrogates). {kept}") from None


def _cell(value: object) -> str | None:
    return value if value is None or isinstance(value, str) else str(value)
