"""Parties named in the annexes to Regulation (EU) 833/2014: from OpenSanctions' CSV of the consolidated text to typed rows.

The annexes say what may not be done with whom: export controls (IV), ships without access to ports (XLII), banks (XIV, XLIV,
XLV), and others. A party may stand in several: each is a listing, whose id is made of annex and name, or of annex and IMO number
(``IV:jsc-concern-sirius``, ``XLII:imo-9179842``). The list of asset freezes is another one (``eu_fsf``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from assets.contracts import Staged
from assets.reading.bytes import read_text
from assets.reading.tables import cells_by_name
from assets.sanctions.reading.countries import country_of_address
from assets.sanctions.reading.gather import Gatherer, judge_named
from assets.sanctions.reading.names import slug_as_written
from assets.sanctions.reading.one_list import KEPT, one_file

URL = "https://eur-lex.europa.eu/eli/reg/2014/833/oj"
CELEX = "32014R0833"
COLUMNS = ("celex", "annex", "measure", "startdate", "schema", "name")
BESIDES = (
    "alias", "previousname", "country", "jurisdiction", "registrationnumber", "imonumber", "address", "phone", "email", "website",
    "reason",
)  # fmt: skip
PARTY_TYPES = {"LegalEntity": "entity", "Vessel": "vessel", "Asset": "entity", "Person": "person"}
"""Party type by the file's schema. Assets are ports, airports, zones and means of payment that an annex names."""
DAY_FORMATS = ("%d.%m.%Y", "%d %B %Y")
IDENTIFIERS = {"registrationnumber": "registration", "phone": "phone", "email": "email", "website": "website"}

NUMBERED = re.compile(r"(.*\S) *\((.+)\)")
"""A number with what it is (``5904100329 (Tax ID/INN)``)."""
REGISTER = re.compile(r"(\S.*) Company Registration Number")
"""The state of a register, where the number's note says it (``China Company Registration Number``)."""


def stage(files: Mapping[str, bytes]) -> Staged:
    """Read the file.

    Returns:
        Frames of ``shape``. ``listed_on`` is the day from which the annex applies to the party, where the text states one. Facts:
        ``n_repeated``, ``n_without_country`` (listings whose country no address and no column says).

    Raises:
        Quarantine: not one file, empty, HTML, another layout, or cut.
    """
    name, data = one_file(files, "Annexes to Regulation 833/2014")
    rows, bad, n_read = cells_by_name(name, read_text(name, data, KEPT), COLUMNS, KEPT, BESIDES)
    found = Gatherer(name, ("names", "countries", "identifiers", "addresses", "notes"), ids="name")
    found.n_read = n_read
    found.reject_rows(bad)
    with_country = set()
    for number, row in rows:
        party_type = PARTY_TYPES.get(row["schema"])
        slug = f"imo-{row['imonumber']}" if row["imonumber"] else slug_as_written(row["name"])
        if row["celex"] != CELEX or party_type is None or not slug or not row["annex"]:
            column = "celex" if row["celex"] != CELEX else "schema" if party_type is None else "name" if not slug else "annex"
            found.reject_illegible(number, column, row[column], f"no party of an annex to {CELEX}")
            continue
        native_id = f"{row['annex']}:{slug}"
        start = found.day(number, "startdate", row["startdate"], DAY_FORMATS, "D.M.YYYY")
        basis = None if start is None else "source_field"
        program = f"EU-833-{row['annex']}"
        found.party(
            native_id, row["name"], party_type, row=number, programs=program, listed_on=start, listed_on_basis=basis, url=URL
        )
        for column, kind in (("alias", "aka"), ("previousname", "fka")):
            for other in filter(slug_as_written, (o.strip() for o in row[column].split(";"))):
                found.name(native_id, other, kind)
        found.identifier(native_id, "imo", row["imonumber"])
        for column, scheme in IDENTIFIERS.items():
            for value in filter(None, (v.strip() for v in row[column].split(";"))):
                what = NUMBERED.fullmatch(value) if scheme == "registration" else None
                digits, note = what.groups() if what else (value, None)
                is_tax_id = note is not None and re.search("INN|TIN|Tax ID", note) is not None
                found.identifier(native_id, "tax_id" if is_tax_id else scheme, digits, note=note)
        register = REGISTER.search(row["registrationnumber"].rpartition("(")[2])
        of_register = found.country(register[1]) if register else None
        found.stated_country(native_id, of_register, "remark")
        countries = [found.country(row[c]) for c in ("country", "jurisdiction")]
        for address in filter(None, (a.strip(' .,"') for a in row["address"].split(";"))):
            line = address.replace("’", "'")
            countries.append(country_of_address(line))
            found.address_line(native_id, line, countries[-1])
        for country in countries[:2]:
            found.stated_country(native_id, country, "list_destination")
        with_country |= {native_id} if any((of_register, *countries)) else set()
        found.note(native_id, "measure", row["measure"])
        found.note(native_id, "reason", row["reason"])
    return found.staged(n_repeated=found.n_joined, n_without_country=len(found.parties.keys() - with_country))


READERS = {"eu_sectoral_annexes": (stage, judge_named)}
"""By source: how its bytes are read, and how a snapshot is judged."""
