"""SDN_ADVANCED.XML of any size, made to its schema, and how long reading it takes: ``python -m benchmarks.sdn_advanced [MB]``.

The real file cannot be in the repository. What is made here has its eight sections, its elements and attributes, and, per party,
about as many names, features, locations, documents, links and measures as the real file had in August 2025 (17,815 parties).
Its people and firms are invented. The file is read in a process of its own, whose wall time and peak memory are printed.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NAMESPACE = "https://sanctionslistservice.ofac.treas.gov/api/PublicationPreview/exports/ADVANCED_XML"
COUNTRIES = {
    11029: ("AF", "Afghanistan"),
    11065: ("CN", "China"),
    11109: ("IR", "Iran"),
    11143: ("MX", "Mexico"),
    11171: ("RU", "Russia"),
}
PROGRAMS = ("RUSSIA-EO14024", "SDGT", "SDNTK", "IFSR", "NPWMD", "ILLICIT-DRUGS-EO14059")
WORDS = (
    "AMBER",
    "BIRCH",
    "CEDAR",
    "DELTA",
    "EMBER",
    "FALCON",
    "GRANITE",
    "HARBOR",
    "IRIS",
    "JUNIPER",
    "KESTREL",
    "LOTUS",
    "MERIDIAN",
)
REFERENCES: dict[str, dict[str, str]] = {
    "AliasType": {"1400": "A.K.A.", "1401": "F.K.A.", "1402": "N.K.A.", "1403": "Name"},
    "FeatureType": {
        "1": "Vessel Call Sign", "2": "VESSEL TYPE", "3": "Vessel Flag", "8": "Birthdate", "9": "Place of Birth",
        "10": "Nationality Country", "25": "Location", "26": "Title", "224": "Gender", "344": "Digital Currency Address - XBT",
        "504": "Secondary sanctions risk:", "646": "Organization Established Date",
    },
    "IDRegDocType": {"1571": "Passport", "1584": "National ID No.", "1596": "Tax ID No.", "91761": "Registration Number"},
    "LegalBasis": {"1": "Unknown", "1828": "Executive Order 13224 (Terrorism)", "92049": "Executive Order 14024"},
    "List": {"1550": "SDN List", "91512": "Consolidated List"},
    "LocPartType": {"1": "Unknown", "1451": "ADDRESS1", "1452": "ADDRESS2", "1454": "CITY", "1455": "STATE/PROVINCE",
                    "1456": "POSTAL CODE"},
    "NamePartType": {"1520": "Last Name", "1521": "First Name", "1522": "Middle Name", "1525": "Entity Name",
                     "1526": "Vessel Name"},
    "PartyType": {"1": "Individual", "2": "Entity", "3": "Location", "4": "Transport", "5": "Other Entity"},
    "RelationType": {"15001": "Providing support to", "15002": "Acting for or on behalf of", "15003": "Owned or Controlled By"},
    "SanctionsType": {"1": "Program", "1705": "Block"},
    "DetailReference": {"705": "Tug", "91526": "Male", "92764": "Section 11 of Executive Order 14024."},
}  # fmt: skip
_SOURCE = """
import resource, sys, time
from assets.sanctions.lists.us_ofac.sdn_xml import read_xml
started = time.perf_counter()
with open(sys.argv[1], "rb") as stream:
    staged = read_xml("us_ofac_sdn", stream, "SDN_ADVANCED.XML")
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
counts = ", ".join(f"{name} {frame.height:,}" for name, frame in staged.frames.items())
print(f"{time.perf_counter() - started:.2f} s, peak {peak:,.0f} MB; {counts}")
"""


def write(path: Path, megabytes: float, seed: int = 7) -> int:
    """Write a file of about that size (in millions of bytes). Returns the number of parties."""
    rng = random.Random(seed)
    n_parties = max(3, round(megabytes * 1e6 / 7_010))
    with path.open("w", encoding="utf-8") as out:
        out.write(f'<?xml version="1.0" standalone="yes"?>\n<Sanctions xmlns="{NAMESPACE}" Version="3">\n')
        out.write('  <DateOfIssue CalendarTypeID="1"><Year>2025</Year><Month>8</Month><Day>27</Day></DateOfIssue>\n')
        for part in (_references(), _locations(n_parties, rng), _documents(n_parties, rng), _parties(n_parties, rng),
                     _relations(n_parties, rng), _entries(n_parties, rng)):  # fmt: skip
            out.writelines(part)
        out.write("  <SanctionsEntryLinks />\n</Sanctions>\n")
    return n_parties


def _id(n: int) -> int:
    return 36 + 3 * n


def _day(rng: random.Random, first: int, last: int) -> str:
    return f"<Year>{rng.randint(first, last)}</Year><Month>{rng.randint(1, 12)}</Month><Day>{rng.randint(1, 28)}</Day>"


def _period(rng: random.Random, first: int, last: int) -> str:
    day = _day(rng, first, last)
    fixed = 'YearFixed="false" MonthFixed="false" DayFixed="false"'
    side = f'Approximate="false" {fixed}>\n              <From>{day}</From>\n              <To>{day}</To>'
    return (
        f'            <DatePeriod CalendarTypeID="1" {fixed}>\n              <Start {side}\n              </Start>\n'
        f"              <End {side}\n              </End>\n            </DatePeriod>\n"
    )


def _references() -> Iterator[str]:
    yield "  <ReferenceValueSets>\n"
    for kind, values in REFERENCES.items():
        yield f"    <{kind}Values>\n"
        yield from (f'      <{kind} ID="{number}">{word}</{kind}>\n' for number, word in values.items())
        yield f"    </{kind}Values>\n"
    yield "    <AreaCodeValues>\n"
    yield from (
        f'      <AreaCode ID="{n}" CountryID="{n}" Description="{name}" AreaCodeTypeID="1">{code}</AreaCode>\n'
        for n, (code, name) in COUNTRIES.items()
    )
    yield "    </AreaCodeValues>\n    <CountryValues>\n"
    yield from (f'      <Country ID="{n}" ISO2="{code}">{name}</Country>\n' for n, (code, name) in COUNTRIES.items())
    yield "    </CountryValues>\n    <PartySubTypeValues>\n"
    yield '      <PartySubType ID="1" PartyTypeID="4">Vessel</PartySubType>\n'
    yield '      <PartySubType ID="2" PartyTypeID="4">Aircraft</PartySubType>\n'
    yield '      <PartySubType ID="3" PartyTypeID="2">Unknown</PartySubType>\n'
    yield '      <PartySubType ID="4" PartyTypeID="1">Unknown</PartySubType>\n    </PartySubTypeValues>\n    <ScriptValues>\n'
    yield '      <Script ID="160" ScriptCode="Arab">Arabic</Script>\n      <Script ID="215" ScriptCode="Latn">Latin</Script>\n'
    yield '      <Script ID="220" ScriptCode="Cyrl">Cyrillic</Script>\n'
    yield '      <Script ID="501" ScriptCode="Hans">Chinese Simplified</Script>\n    </ScriptValues>\n  </ReferenceValueSets>\n'


def _locations(n_parties: int, rng: random.Random) -> Iterator[str]:
    yield "  <Locations>\n"
    for n in range(n_parties * 12 // 10):
        country = rng.choice(list(COUNTRIES))
        yield f'    <Location ID="{n}">\n      <LocationAreaCode AreaCodeID="{country}" />\n'
        yield f'      <LocationCountry CountryID="{country}" CountryRelevanceID="1413" />\n'
        for kind, value in (
            ("1451", f"{n} {rng.choice(WORDS).title()} Street"),
            ("1454", rng.choice(WORDS).title()),
            ("1456", f"{n:06}"),
        ):
            yield (
                f'      <LocationPart LocPartTypeID="{kind}">\n        <LocationPartValue Primary="true" LocPartValueTypeID="1" '
                f'LocPartValueStatusID="1">\n          <Comment />\n          <Value>{value}</Value>\n'
                "        </LocationPartValue>\n      </LocationPart>\n"
            )
        yield f'      <FeatureVersionReference FeatureVersionID="{200_000 + n}" />\n    </Location>\n'
    yield "  </Locations>\n"


def _documents(n_parties: int, rng: random.Random) -> Iterator[str]:
    yield "  <IDRegDocuments>\n"
    for n in range(n_parties * 114 // 100):
        yield (
            f'    <IDRegDocument ID="{n}" IDRegDocTypeID="{rng.choice(list(REFERENCES["IDRegDocType"]))}" '
            f'IdentityID="{n % n_parties}" IssuedBy-CountryID="{rng.choice(list(COUNTRIES))}" ValidityID="1">\n'
            f"      <Comment />\n      <IDRegistrationNo>{rng.randint(10**8, 10**9)}</IDRegistrationNo>\n"
            f'      <IssuingAuthority />\n      <DocumentedNameReference DocumentedNameID="{n % n_parties}" />\n'
            "    </IDRegDocument>\n"
        )
    yield "  </IDRegDocuments>\n"


def _parties(n_parties: int, rng: random.Random) -> Iterator[str]:
    yield "  <DistinctParties>\n"
    group = 0
    for n in range(n_parties):
        party, subtype = _id(n), rng.choices(("3", "4", "1", "2"), (50, 40, 8, 2))[0]
        kinds = ("1520", "1521", "1522") if subtype == "4" else ("1525",) if subtype == "3" else ("1526",)
        yield f'    <DistinctParty FixedRef="{party}">\n      <Comment />\n'
        yield f'      <Profile ID="{party}" PartySubTypeID="{subtype}">\n'
        yield f'        <Identity ID="{n}" FixedRef="{party}" Primary="true" False="false">\n'
        groups = []
        aliases = [
            ("1403", "true", "false"),
            *(("1400", "false", rng.choice(("false", "false", "true"))) for _ in range(rng.randint(0, 3))),
        ]
        for kind, primary, weak in aliases:
            yield f'          <Alias FixedRef="{party}" AliasTypeID="{kind}" Primary="{primary}" LowQuality="{weak}">\n'
            for status, script in (("1", "215"), ("2", "220")) if primary == "true" and n % 4 == 0 else (("1", "215"),):
                yield f'            <DocumentedName ID="{group}" FixedRef="{party}" DocNameStatusID="{status}">\n'
                for part in kinds:
                    group += 1
                    groups.append((group, part))
                    word = f"{rng.choice(WORDS)} {group}" if script == "215" else f"ИМЯ {group}"
                    yield (
                        f'              <DocumentedNamePart>\n                <NamePartValue NamePartGroupID="{group}" '
                        f'ScriptID="{script}" ScriptStatusID="1" Acronym="false">{word}</NamePartValue>\n'
                        "              </DocumentedNamePart>\n"
                    )
                yield "            </DocumentedName>\n"
            yield "          </Alias>\n"
        yield "          <NamePartGroups>\n"
        for number, part in groups:
            yield (
                "            <MasterNamePartGroup>\n"
                f'              <NamePartGroup ID="{number}" NamePartTypeID="{part}" />\n            </MasterNamePartGroup>\n'
            )
        yield "          </NamePartGroups>\n        </Identity>\n"
        yield from _features(n, subtype, rng)
        yield "      </Profile>\n    </DistinctParty>\n"
    yield "  </DistinctParties>\n"


def _features(n: int, subtype: str, rng: random.Random) -> Iterator[str]:
    location = f'            <VersionLocation LocationID="{n}" />\n'
    found = [("25", '            <VersionDetail DetailTypeID="1433" />\n' + location)]
    found.append(("504", '            <VersionDetail DetailTypeID="1431" DetailReferenceID="92764" />\n'))
    if subtype == "4":
        found.append(("8", _period(rng, 1940, 2000) + '            <VersionDetail DetailTypeID="1430" />\n'))
        found.append(
            ("9", f'            <VersionDetail DetailTypeID="1432">{rng.choice(WORDS).title()}, China</VersionDetail>\n')
        )
        found.append(("10", '            <VersionDetail DetailTypeID="1433" />\n' + location))
        found.append(("224", '            <VersionDetail DetailTypeID="1431" DetailReferenceID="91526" />\n'))
    elif subtype == "3":
        found.append(("646", _period(rng, 1980, 2024) + '            <VersionDetail DetailTypeID="1430" />\n'))
        found.append(("25", '            <VersionDetail DetailTypeID="1433" />\n' + location))
    else:
        found.append(("1", f'            <VersionDetail DetailTypeID="1432">CALL{n}</VersionDetail>\n'))
        found.append(("2", '            <VersionDetail DetailTypeID="1431" DetailReferenceID="705" />\n'))
        found.append(("3", '            <VersionDetail DetailTypeID="1432">Panama</VersionDetail>\n'))
    for number, (kind, body) in enumerate(found):
        yield (
            f'        <Feature ID="{150_000 + 10 * n + number}" FeatureTypeID="{kind}">\n'
            f'          <FeatureVersion ID="{200_000 + 10 * n + number}" ReliabilityID="1">\n            <Comment />\n{body}'
            f'          </FeatureVersion>\n          <IdentityReference IdentityID="{n}" IdentityFeatureLinkTypeID="1" />\n'
            "        </Feature>\n"
        )


def _relations(n_parties: int, rng: random.Random) -> Iterator[str]:
    yield "  <ProfileRelationships>\n"
    for n in range(n_parties * 43 // 100):
        start, end = _id(rng.randrange(n_parties)), _id(rng.randrange(n_parties))
        yield (
            f'    <ProfileRelationship ID="{n}" From-ProfileID="{start}" To-ProfileID="{end}" '
            f'RelationTypeID="{rng.choice(list(REFERENCES["RelationType"]))}" RelationQualityID="1" Former="false" '
            f'SanctionsEntryID="{start}">\n      <Comment />\n    </ProfileRelationship>\n'
        )
    yield "  </ProfileRelationships>\n"


def _entries(n_parties: int, rng: random.Random) -> Iterator[str]:
    fixed = '<DatePeriod CalendarTypeID="1" YearFixed="true" MonthFixed="true" DayFixed="true" />'
    yield "  <SanctionsEntries>\n"
    for n in range(n_parties):
        party = _id(n)
        yield f'    <SanctionsEntry ID="{party}" ProfileID="{party}" ListID="1550">\n'
        yield f'      <EntryEvent ID="{party}" EntryEventTypeID="1" LegalBasisID="{rng.choice(("1", "1828", "92049"))}">\n'
        yield f'        <Comment />\n        <Date CalendarTypeID="1">{_day(rng, 1995, 2024)}</Date>\n      </EntryEvent>\n'
        yield f'      <SanctionsMeasure ID="{2 * n}" SanctionsTypeID="1705">\n        <Comment />\n'
        yield f"        {fixed}\n      </SanctionsMeasure>\n"
        yield (
            f'      <SanctionsMeasure ID="{2 * n + 1}" SanctionsTypeID="1">\n        <Comment>{rng.choice(PROGRAMS)}</Comment>\n'
            f"        {fixed}\n      </SanctionsMeasure>\n    </SanctionsEntry>\n"
        )
    yield "  </SanctionsEntries>\n"


def measure(megabytes: float) -> str:
    """Write a file of that size and read it in a new process: seconds, peak memory, rows."""
    with tempfile.TemporaryDirectory(prefix="bilateral-bench-") as folder:
        path = Path(folder) / "SDN_ADVANCED.XML"
        started = time.perf_counter()
        n_parties = write(path, megabytes)
        made = f"{path.stat().st_size:,} bytes, {n_parties:,} parties, written in {time.perf_counter() - started:.1f} s"
        read = subprocess.run(
            [sys.executable, "-c", _SOURCE, str(path)], cwd=ROOT, env=dict(os.environ), capture_output=True, text=True, check=True
        )
    return f"{made}\nread in {read.stdout.strip()}"


if __name__ == "__main__":
    print(measure(float(sys.argv[1]) if len(sys.argv) > 1 else 100))
