"""OFAC's delta publications, in the layout that programs which read them show, and vintages of its list in part.

In part: the addresses without the list itself, and the list without remarks and addresses.
"""

import io
import json
import lzma
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.contracts import Judgement, RowGuard, Staged, StagedInfo, StagedSnapshot
from assets.errors import Quarantine
from assets.sanctions.history.compared.fold import fold_compared
from assets.sanctions.lists.us_ofac import delta as ofac_delta
from assets.sanctions.lists.us_ofac.remarks import reader
from tests.depth import examples
from tests.sanctions.conftest import Memory, holds, info, offending, refuses, vintage, xml
from tests.told import told as as_text

SDN, CONS = "us_ofac_sdn", "us_ofac_cons"
NAMESPACE = "https://www.treasury.gov/ofac/DeltaFile/1.0"
A, B, C = ({"native_id": n, "name": f"PARTY {n}"} for n in "123")


def entity(native_id: str, action: str | None = None, name: str | None = None, inner: str = "", **lists: str) -> str:
    """An entity; where it is added or removed, with all that names the party. ``lists``: the lists by any key."""
    body = ""
    if action in ("add", "remove"):
        body = xml(
            f"""generalInfo<entityType: Entity>
            sanctionsLists<{"".join(f"sanctionsList[datePublished=2026-09-23]: {n};" for n in lists.values())}>
            sanctionsPrograms<sanctionsProgram: SDGT> sanctionsTypes<sanctionsType: Block> names<name<isPrimary: true;
            isLowQuality: false; translations<translation<isPrimary: true; script: Latin; formattedFullName: @>>>>
            addresses<address<country: China; translations<translation<isPrimary: true; addressParts<
            addressPart<type: CITY; value: Dalian>>>>>>"""
        ).replace("@", name or f"PARTY {native_id}")
    written = "" if action is None else f' action="{action}"'
    return f'<entity id="{native_id}"{written}>{body}{inner}</entity>'


def delta(*entities: str, day: str = "2026-09-23", at: str | None = None) -> bytes:
    return f"""<?xml version="1.0" encoding="utf-8"?><sanctionsData xmlns="{NAMESPACE}"><publicationInfo>
  <datePublished>{at or f"{day}T00:00:00-04:00"}</datePublished><publicationType>Standard Action</publicationType>
  </publicationInfo><entities>{"".join(entities)}</entities></sanctionsData>""".encode()


def program(action: str, name: str) -> str:
    return f'<sanctionsPrograms><sanctionsProgram id="3" action="{action}">{name}</sanctionsProgram></sanctionsPrograms>'


def added(native_id: str, name: str | None = None) -> str:
    return entity(native_id, "add", name, sdn="SDN List")


def removed(native_id: str, name: str | None = None) -> str:
    return entity(native_id, "remove", name, sdn="SDN List")


def staged(*deltas: bytes, list_id: str = SDN) -> Staged:
    return ofac_delta.stage(list_id, {f"2026-09-23_delta_{n}.xml": data for n, data in enumerate(deltas, 1)})


def acts(found: Staged) -> str:
    return as_text(found.frames["delta_acts"], "native_id action program")


def fold(*seen: Any) -> Memory:
    """The history after these snapshots. A tuple: a day of 2026, and what was listed then."""
    snapshots = [vintage(f"2026-{v[0]}T15:00", v[1:]) if isinstance(v, tuple) else v for v in seen]
    return Memory().after(ofac_delta.fold(SDN, Memory(), snapshots))


def told(when: str, *deltas: bytes, beside: StagedSnapshot | None = None) -> StagedSnapshot:
    """A snapshot of deltas, beside a list or alone."""
    frames = staged(*deltas).frames
    alone = StagedSnapshot(f"sha-{when}", datetime.fromisoformat(when), False, {}, frames)
    return alone if beside is None else replace(beside, frames={**beside.frames, **frames})


def test_an_added_entity_is_read_as_one_of_the_enhanced_list_a_removal_is_its_id_and_each_list_takes_its_own() -> None:
    found = staged(delta(added("58482"), removed("36")))
    holds(
        found,
        "delta_acts native_id action program: 58482|add|- / 36|remove|-",
        "delta_listings row native_id name party_type programs: 1|58482|PARTY 58482|entity|SDGT",
        "delta_addresses native_id address country_id: 58482|Dalian, China|CHN",
    )
    assert (found.n_read, found.n_rejected, found.rejects.height) == (2, 0, 0)
    data = delta(
        added("1"), entity("2", "add", lists="Sectoral Sanctions Identifications List"),
        entity("3", "remove", a="SDN List", b="FSE List"), '<entity id="4" action="remove"/>',
    )  # fmt: skip
    # a removal that names no list is from all
    assert acts(staged(data)) == "1|add|- / 3|remove|- / 4|remove|-"
    assert acts(staged(data, list_id=CONS)) == "2|add|- / 3|remove|- / 4|remove|-"


@pytest.mark.parametrize(
    ("at", "published"),
    [
        *((f"2026-01-15{end}", "2026-01-15T23:59:59|2026-01-15") for end in ("T00:00:00-05:00", "T00:00:00-04:00", "T00:00:00Z",
         "")),
        ("2026-01-16T02:01:44.7400510Z", "2026-01-16T02:01:44|2026-01-15"),
        ("2026-01-16T10:01:44.740051", "2026-01-16T15:01:44|2026-01-16"),
    ],
)  # fmt: skip
def test_the_midnight_of_a_publication_is_its_day_in_washington_whatever_its_offset(at: str, published: str) -> None:
    holds(staged(delta(at=at)), f"delta_publications published_at published_on: {published}")


def test_of_a_changed_entity_only_programs_and_the_sdn_list_are_acts_and_what_cannot_be_read_is_rejected() -> None:
    remarks = '<generalInfo><remarks action="update" oldValue="old">new</remarks></generalInfo>'
    data = delta(
        entity("1", None, inner=remarks + program("add", "IRAN")), entity("2", "update", inner=program("remove", "CUBA")),
        entity("3", None, inner='<sanctionsLists><sanctionsList action="remove">SDN List</sanctionsList></sanctionsLists>'),
        entity("4", None, inner='<names><name id="1" action="add"/></names><sanctionsPrograms/>'),
        entity("5", None, inner=program("", "SDGT")),
    )  # fmt: skip
    assert acts(staged(data)) == "1|add_program|IRAN / 2|remove_program|CUBA / 3|remove|-"
    assert acts(staged(data, list_id=CONS)) == ""
    found = staged(delta(entity("x", "add", sdn="SDN List"), entity("1", "vanish"), entity("2", "add"), added("3", " ")))
    holds(
        found,
        "rejects row reason: 1|the id is missing / 2|the action is none that is known / "
         "3|it is added to no list that is named / 4|the name is empty",
        # that 3 was added is told: the next full list shows who it is
        "delta_acts native_id action program: 3|add|-", "delta_listings native_id:",
    )  # fmt: skip
    assert found.n_rejected == 4


def test_an_empty_delta_and_a_move_within_one_are_no_removal_and_of_several_a_cut_one_is_left_out() -> None:
    found = staged(delta())
    assert (found.n_read, acts(found), found.frames["delta_publications"].height) == (0, "", 1)
    assert judged(found).refusals == ()
    assert acts(staged(delta(removed("1"), added("1"), added("2"), added("2")))) == "2|add|-"
    found = staged(delta(added("1")), delta(added("2"))[:-60])
    assert acts(found) == "1|add|-"
    assert "cut or is not well-formed" in judged(found).warnings[0]
    files = {f"2026-05-28_delta{n}.xml": delta(added(i)) for n, i in (("_10", "1"), ("", "2"), ("_2", "3"))}
    assert acts(ofac_delta.stage(SDN, files)) == "2|add|- / 3|add|- / 1|add|-"
    no_day = (" ", "soon", "2026-13-01", "2026-02-30T00:00:00Z", "1999-01-01", "2026-01-01T00:00:00+99:99")
    refuses(staged, ("cut", delta(added("2"))[:-60]), *(("last good list", delta(added("1"), at=at)) for at in no_day))


CSV = b'36,"AERO",-0- ,"CUBA",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n\x1a'
ENHANCED = f"""<sanctionsData xmlns="https://x"><publicationInfo><dataAsOf>2026-09-23T00:00:00</dataAsOf></publicationInfo>
  <entities>{added("1").replace(' action="add"', "")}</entities></sanctionsData>""".encode()


class _Pieces(dict[str, bytes]):
    """Files that can be read in pieces, as those of the raw store."""

    def open(self, name: str) -> BinaryIO:
        return io.BytesIO(self[name])


def test_a_delta_beside_the_list_in_any_layout_leaves_the_list_as_it_is() -> None:
    for name, data in (("sdn.csv", CSV), ("SDN_ENHANCED.XML", ENHANCED)):
        alone = ofac_delta.stage(SDN, _Pieces({name: data}))
        both = ofac_delta.stage(SDN, _Pieces({name: data, "delta.xml": delta(added("2"), entity("3", "vanish"))}))
        assert all(both.frames[n].equals(f) for n, f in alone.frames.items())
        assert (both.n_read, both.n_rejected) == (alone.n_read, 0)
        assert acts(both) == "2|add|-"
        assert judged(both).complete
        cut = ofac_delta.stage(SDN, {name: data, "delta.xml": delta(added("2"))[:-60]})
        assert (cut.frames["listings"].height, acts(cut)) == (1, "")


def judged(found: Staged, baseline: StagedInfo | None = None) -> Judgement:
    return ofac_delta.judge(info(found, "2026-09-24T15:00"), baseline, RowGuard())


def test_deltas_alone_are_never_complete_and_refused_where_most_cannot_be_read() -> None:
    baseline = StagedInfo("sha-0", datetime(2026, 9, 22), 18_000, 0, {"files": {}})
    assert judged(staged(delta(added("1"))), baseline) == Judgement((), (), complete=False)
    assert "has the layout changed" in judged(staged(delta(entity("1", "x"), entity("2", "y"), added("3")))).refusals[0]
    assert "are not believed" in judged(staged(delta(added("1"), day="2027-01-01"))).warnings[0]


WHOLE = delta(added("12"), removed("36"), entity("77", None, inner=program("add", "IRAN")), added("58482"))


@examples(300)
@given(st.data())
def test_a_mutated_delta_is_quarantined_or_names_every_removal(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(WHOLE)))
    end = data.draw(st.integers(start, min(len(WHOLE), start + 200)))
    changed = (
        WHOLE[:start] + data.draw(st.binary(max_size=20) | st.sampled_from([b"remove", b"36", b'action="remove"'])) + WHOLE[end:]
    )
    try:
        found = staged(changed)
    except Quarantine:
        return
    assert judged(found).complete is False
    for native_id in found.frames["delta_acts"].filter(action="remove")["native_id"]:
        assert native_id.encode() in changed
        assert b"remove" in changed


SCENARIOS: dict[str, tuple[Any, ...]] = {
    "an addition is dated and known by its publication before any list shows it": (("09-20", A),
     told("2026-09-23T18:00", delta(added("2"))),
     "listings valid_from valid_from_basis valid_from_earliest known_from known_basis native_id=2: "
     "2026-09-23|official_notice|-|2026-09-23T18:00|snapshot",
     "events kind event_date event_date_earliest known_at country_id: added|2026-09-23|-|2026-09-23T18:00|CHN",
     "programs program valid_from valid_from_basis listing_id=us_ofac_sdn:2: SDGT|2026-09-23|official_notice",
     "lists covered_from covered_until: 2026-09-20|2026-09-23"),
    "what is fetched a day later was known when it was published": (("09-20", A), told("2026-09-24T18:00", delta(added("2"))),
     "listings valid_from known_from known_basis native_id=2: 2026-09-23|2026-09-23T23:59:59|publication"),
    # the list writes the party in another form: remarks that the delta lacks, an address in other words; that is no act
    "the next full list adds no event": (vintage("2026-09-20T15:00", [A, C], aliases=[], addresses=[]),
     told("2026-09-23T18:00", delta(added("2"), removed("1"))), *(vintage(when, [B | {"remarks": "DOB 1970."}, C], aliases=[],
     addresses=[("2", "Dalian City, China")]) for when in ("2026-09-23T20:00", "2026-09-25T15:00")),
     "events kind listing_id event_date: removed|us_ofac_sdn:1|2026-09-23 / added|us_ofac_sdn:2|2026-09-23",
     "listings valid_from valid_to valid_from_basis native_id=2 known_to=-: 2026-09-23|-|official_notice"),
    "but for a real edit": (("09-20", A), told("2026-09-23T18:00", delta(added("2"))),
     ("09-25", A, B | {"name": "OTHER NAME", "remarks": "DOB 1970."}), "events kind detail: added|- / modified|name"),
    # the file states the day alone, and is published at about ten in the morning
    "a list of the same day may be older than the publication and takes nothing back": (("09-20", A),
     vintage("2026-09-23T12:00", [A]), told("2026-09-23T14:10", delta(added("2"), removed("1"))), ("09-24", B),
     "events listing_id kind event_date: us_ofac_sdn:1|removed|2026-09-23 / us_ofac_sdn:2|added|2026-09-23"),
    "also where it is fetched after it": (("09-20", A), told("2026-09-23T14:10", delta(added("2"), removed("1"))),
     vintage("2026-09-23T15:00", [A]), ("09-24", B),
     "events listing_id kind event_date: us_ofac_sdn:1|removed|2026-09-23 / us_ofac_sdn:2|added|2026-09-23"),
    # 3 is added again and 1 removed by the delta: the list of the day after says otherwise; what was known is not lost
    "a delta that comes after a later list only betters dates it agrees with": (("09-20", A, C), ("09-24", A, B),
     told("2026-09-26T15:00", delta(added("2"), removed("1"), added("3"))),
     "listings native_id valid_from valid_from_basis valid_to known_to=-: 1|-|left_censored|- / "
     "2|2026-09-23|official_notice|- / 3|-|left_censored|2026-09-24", "listings valid_from known_from native_id=2: "
     "2026-09-24|2026-09-24T15:00 / 2026-09-23|2026-09-24T15:00:00.000001"),
    "and none outside the days between two lists": (("09-20", A, C), ("09-24", A, B),
     told("2026-09-26T15:00", delta(added("2"), added("1"), day="2026-09-19")),
     "listings native_id valid_from valid_from_basis known_to=-: 1|2026-09-19|official_notice / "
     "2|2026-09-24|snapshot_diff / 3|-|left_censored"),
    "an empty delta changes nothing": (("09-20", A), told("2026-09-23T18:00", delta()), "lists covered_until: 2026-09-20"),
    "a delta without a list lists nobody": (told("2026-09-19T18:00", delta(added("2"), day="2026-09-19")), "listings native_id:"),
    "and dates the listing when the list comes": (told("2026-09-19T18:00", delta(added("2"), day="2026-09-19")),
     ("09-20", A, B), "listings native_id valid_from valid_from_basis: 1|-|left_censored / 2|2026-09-19|official_notice",
     "events kind listing_id: added|us_ofac_sdn:2"),
    "an id that is issued again begins on the day of its publication": (("09-20", A, C),
     told("2026-09-22T18:00", delta(removed("1"), day="2026-09-22")), told("2026-09-23T18:00", delta(added("2", "Party 1"))),
     "listings valid_from valid_from_earliest valid_from_basis native_id=2: 2026-09-23|-|official_notice",
     "events kind event_date: reissued|2026-09-23"),
    "or of the one publication of both": (("09-20", A, C), told("2026-09-23T18:00", delta(removed("1"), added("2", "Party 1"))),
     "events kind listing_id event_date detail: reissued|us_ofac_sdn:2|2026-09-23|replaces us_ofac_sdn:1",
     "listings native_id known_to=- actor_id=us_ofac_sdn:1: 1 / 2"),
    "programs are added and taken away on the day of the publication": (("09-20", A, B | {"programs": "CUBA] [SDGT"}, C),
     told("2026-09-23T18:00", delta(entity("1", None, inner=program("add", "IRAN")),
     entity("2", None, inner=program("remove", "SDGT")), entity("3", None, inner=program("remove", "SDGT")),
     entity("4", None, inner=program("add", "CUBA")))), ("09-25", A | {"programs": "IRAN] [SDGT"}, B | {"programs": "CUBA"}, C),
     "events kind listing_id detail event_date event_date_earliest: program_added|us_ofac_sdn:1|IRAN|2026-09-23|- / "
     "program_removed|us_ofac_sdn:2|SDGT|2026-09-23|-",
     "programs valid_from valid_from_basis known_from program=IRAN: 2026-09-23|official_notice|2026-09-23T18:00",
     "programs program listing_id=us_ofac_sdn:3 valid_to=- known_to=-: SDGT"),
    # the folder 2026-09-23 is its first instant in UTC: before the day has begun in Washington
    "a delta of the day that an archive names alone": (vintage("2026-09-20", [A]),
     told("2026-09-23", delta(added("2")), beside=vintage("2026-09-23", [A, B])), vintage("2026-09-23T02:00", [A, B]),
     told("2026-09-24", delta(removed("1"), day="2026-09-24")),
     "listings native_id valid_from valid_to known_to=-: 1|-|2026-09-24 / 2|2026-09-23|-"),
    "a delta of a day far ahead is not believed": (vintage("2026-09-20", [A]),
     told("2026-09-23", delta(added("2"), day="2026-10-23")), "listings native_id: 1"),
}  # fmt: skip


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_after_lists_and_deltas_the_history_shows(scenario: tuple[Any, ...]) -> None:
    after = fold(*(v for v in scenario if not isinstance(v, str)))
    after.shows(*(text for text in scenario if isinstance(text, str)))
    assert offending(after) == {}


def test_an_old_delta_brings_nobody_back_and_a_repeat_of_one_does_not_say_that_the_list_was_looked_at() -> None:
    first, d1, d2 = vintage("2026-09-20T15:00", [A]), delta(added("2"), day="2026-09-22"), delta(removed("2"))
    once = fold(first, told("2026-09-22T18:00", d1), told("2026-09-23T18:00", d2))
    again = fold(first, told("2026-09-22T18:00", d1), told("2026-09-23T18:00", d2), told("2026-09-23T20:00", d1, d2))
    for name in ("sanction_listings", "sanction_events", "sanction_programs", "sanction_names", "sanction_lists"):
        assert once.all(name).collect().equals(again.all(name).collect()), name
    alone = told("2026-09-23T18:00", delta(added("2")))
    repeat = replace(alone, frames={}, retrieved_at=datetime(2026, 9, 28), complete=True, is_repeat=True)
    after = fold(("09-20", A), alone, repeat, ("09-30", A, B, C))
    after.shows("listings valid_from_earliest native_id=3: 2026-09-20")


START = date(2026, 3, 2)
MEMBERS = st.frozensets(st.sampled_from("123456"), min_size=1)


@examples(150)
@given(days=st.lists(st.tuples(MEMBERS, st.booleans(), st.booleans()), min_size=2, max_size=8), split=st.integers(0, 8))
def test_deltas_beside_lists_give_the_history_of_the_lists_with_better_dates(
    days: list[tuple[frozenset[str], bool, bool]], split: int
) -> None:
    """Each day has its own members; some days have a list, some a delta of what changed since the day before."""
    lists, both = [], []
    for n, (members, has_list, has_delta) in enumerate(days):
        day = START + timedelta(days=4 * n)
        before = days[n - 1][0] if n else members
        if has_delta and members != before:
            acts_of_day = [*(added(i) for i in sorted(members - before)), *(removed(i) for i in sorted(before - members))]
            both.append(told(f"{day}T15:00", delta(*acts_of_day, at=f"{day}T00:00:00-05:00")))
        if has_list or n in (0, len(days) - 1):
            rows = [{"native_id": i, "name": f"PARTY {i}"} for i in sorted(members)]
            lists.append(vintage(f"{day}T20:00", rows))
            both.append(lists[-1])
    alone = Memory().after(fold_compared(SDN, Memory(), lists, reader()))
    whole = Memory().after(ofac_delta.fold(SDN, Memory(), both))
    assert offending(whole) == {}
    on = pl.col("known_to").is_null() & pl.col("valid_to").is_null()
    in_force = [set(h.all("sanction_listings").filter(on).collect()["native_id"]) for h in (alone, whole)]
    assert in_force[0] == in_force[1] == set(days[-1][0])
    # in two folds as in one
    part = Memory().after(ofac_delta.fold(SDN, Memory(), both[:split]))
    rest = part.after(ofac_delta.fold(SDN, part, both[split:]))
    for name in ("sanction_listings", "sanction_events", "sanction_programs", "sanction_names", "sanction_addresses"):
        assert rest.all(name).collect().equals(whole.all(name).collect()), name
    if all(has_delta for _, _, has_delta in days[1:]):
        changes = [(START + timedelta(days=4 * n), a[0], b[0]) for n, (a, b) in enumerate(pairwise(days), 1)]
        events = {(i, "added", day) for day, a, b in changes for i in b - a}
        events |= {(i, "removed", day) for day, a, b in changes for i in a - b}
        told_events = whole.rows("sanction_events", "listing_id", "kind", "event_date")
        assert {(i.partition(":")[2], kind, day) for i, kind, day in told_events} == events


@examples(100)
@given(order=st.permutations(range(4)), late=st.booleans())
def test_deltas_in_any_order_end_where_they_end_in_order(order: list[int], late: bool) -> None:
    files = [
        delta(added("4"), day="2026-09-21"), delta(removed("1"), day="2026-09-22"),
        delta(removed("4"), added("5"), day="2026-09-23"), delta(added("6"), removed("5"), day="2026-09-24"),
    ]  # fmt: skip
    snapshots = [told(f"2026-09-25T1{n}:00", files[i]) for n, i in enumerate(order)]
    last = [vintage("2026-09-26T15:00", [B, {"native_id": "6", "name": "PARTY 6"}])]
    known = [*last, *(replace(s, retrieved_at=s.retrieved_at + timedelta(days=3)) for s in snapshots)] if late else snapshots
    after = Memory().after(ofac_delta.fold(SDN, Memory(), [vintage("2026-09-20T15:00", [A, B]), *known, *([] if late else last)]))
    assert offending(after) == {}
    assert set(after.rows("sanction_listings", "native_id", "valid_from", known_to=None, valid_to=None)) == {
        ("2", None), ("6", date(2026, 9, 24)),
    }  # fmt: skip


FIRST = datetime(2023, 12, 28, 18)
PART, NAMED = datetime(2024, 1, 8, 18), datetime(2024, 3, 1, 18)


def sdn(*ids: int, remarks: str = "nationality China.") -> bytes:
    row = '{0},"ACME {0}",-0- ,"SDGT",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"{1}"\r\n'
    return "".join(row.format(i, remarks) for i in ids).encode() + b"\x1a"


def places(**countries: str | None) -> bytes:
    rows = (f'{i[1:]},1,-0- ,"City","{c}",-0- ' if c else f"{i[1:]},1,-0- ,-0- ,-0- ,-0- " for i, c in countries.items())
    return "".join(f"{row}\r\n" for row in rows).encode() + b"\x1a"


def named(*entries: tuple[int, str, list[str]]) -> bytes:
    of = [{"uid": str(i), "name": name, "aliases": aliases, "program": "SDGT", "type": "-0-"} for i, name, aliases in entries]
    return json.dumps({"downloaded_at": "2024-03-01T18:00:00Z", "entry_count": len(of), "entries": of}).encode()


def read(**files: bytes) -> Staged:
    return ofac_delta.stage(SDN, {name.replace("_", "."): data for name, data in files.items()})


def folded(*vintages: tuple[datetime, Staged], at_once: bool = False) -> Memory:
    history = Memory()
    snapshots = [StagedSnapshot(f"sha-{at}", at, True, staged.facts, staged.frames) for at, staged in vintages]
    for batch in [snapshots] if at_once else [[snapshot] for snapshot in snapshots]:
        history = history.after(ofac_delta.fold(SDN, history, batch))
    assert at_once or offending(history) == {}
    return history


LIST = (FIRST, read(sdn_csv=sdn(1, 2), add_csv=places(_1="China", _2=None)))
ADDRESSES = (PART, read(add_csv=places(_1="Iran", _3="China"), alt_csv=b'3,12,"fka","OLD",-0- \r\n\x1a'))
NAMES = (NAMED, read(list_json=named((1, "ACME 1", ["A"]), (3, "ACME 3", ["B"]))))


def test_what_a_vintage_in_part_lacks_stays_as_it_was_known_and_who_is_not_in_it_is_gone() -> None:
    staged = ADDRESSES[1]
    assert (staged.frames["members"]["native_id"].to_list(), staged.n_read, staged.n_rejected) == (["1", "3"], 2, 0)
    assert "listings" not in staged.frames
    part, whole = (info(s, f"{at}") for at, s in (ADDRESSES, LIST))
    assert ofac_delta.judge(part, whole, RowGuard(0.95, 1.25, 0.01)).refusals == ()
    folded(LIST, ADDRESSES).shows(
        "list_coverage covers covered_to known_to=-: both|2023-12-29",
        "listings native_id name remarks valid_to known_to: 1|ACME 1|nationality China.|-|- / "
        "2|ACME 2|nationality China.|-|2024-01-08T18:00 / 2|ACME 2|nationality China.|2024-01-08|-",
        "programs listing_id program known_to=- valid_to=-: us_ofac_sdn:1|SDGT",
        "addresses country_id known_to=-: IRN",
        "events listing_id kind detail: us_ofac_sdn:1|modified|addresses / us_ofac_sdn:2|removed|-",
    )


def test_who_was_seen_by_id_alone_began_then_and_is_known_since_a_vintage_names_it() -> None:
    folded(LIST, ADDRESSES, NAMES).shows(
        "listings name valid_from valid_from_earliest valid_from_basis known_from known_to native_id=3: "
        "ACME 3|2024-01-08|2023-12-28|snapshot_diff|2024-03-01T18:00|-",
        "addresses address country_id listing_id=us_ofac_sdn:3: City, China|CHN",
        "events kind event_date event_date_earliest known_at listing_id=us_ofac_sdn:3: "
        "added|2024-01-08|2023-12-28|2024-03-01T18:00",
    )


def test_who_came_and_went_without_a_name_is_in_no_row_and_at_first_has_an_unknown_start() -> None:
    gone = (NAMED, read(list_json=named((1, "ACME 1", []))))
    back = (datetime(2024, 4, 1, 18), read(list_json=named((1, "ACME 1", []), (3, "ACME 3", []))))
    folded(LIST, ADDRESSES, gone, back).shows("listings valid_from valid_from_earliest native_id=3: 2024-04-01|2024-03-01")
    unknown = "listings native_id valid_from valid_from_basis: 1|-|left_censored / 3|-|left_censored"
    folded(ADDRESSES, NAMES).shows(unknown, "events kind:")


def test_parties_with_an_address_in_china_come_in_the_interval_between_two_real_vintages(
    real_data: Path, sdn_history: Path
) -> None:
    newest = max((sdn_history / SDN).iterdir())
    vintages: list[tuple[datetime, Mapping[str, bytes]]] = [(FIRST, {"sdn.csv": (newest / "sdn.csv").read_bytes()})]
    for folder in sorted((real_data / "more" / "us_ofac_sdn_parts").iterdir()):
        files = {file.name.removesuffix(".xz"): lzma.decompress(file.read_bytes()) for file in folder.iterdir()}
        vintages.append((datetime.fromisoformat(f"{folder.name}T18:00"), files))
    staged = [(at, ofac_delta.stage(SDN, files)) for at, files in vintages]
    assert [s.n_rejected or 0 for _, s in staged] == [0] * len(staged)
    history = folded(*staged, at_once=True)
    addresses = history.all("sanction_addresses").collect().filter(pl.col("country_id").is_in(["CHN", "HKG", "MAC"]))
    listings = history.all("sanction_listings").collect().filter(pl.col("known_to").is_null())

    def n_on(day: date) -> int:
        began = pl.col("valid_from").is_null() | (pl.col("valid_from") <= day)
        in_force = listings.filter(began, pl.col("valid_to").is_null() | (pl.col("valid_to") > day))
        # of those that had a name, the addresses of then
        then = pl.col("known_from").dt.date() <= day, pl.col("known_to").is_null() | (pl.col("known_to").dt.date() > day)
        late = in_force.filter(pl.col("known_from").dt.date() > day, pl.col("valid_from") > FIRST.date())
        found = pl.concat([addresses.filter(*then), addresses.join(late, on="listing_id", how="semi")])
        n: int = in_force.join(found, on="listing_id", how="semi").height
        return n

    days = ((2024, 1, 8), (2025, 1, 6), (2025, 11, 8), (2025, 12, 24), (2026, 6, 2))
    assert [n_on(date(*day)) for day in days] == [541, 835, 1086, 1120, 1189]
