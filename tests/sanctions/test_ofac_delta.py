"""OFAC's delta publications, on files written to the layout that programs which read them show."""

import io
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise
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
from tests.sanctions.conftest import Memory, offending, vintage

SDN, CONS = "us_ofac_sdn", "us_ofac_cons"
NAMESPACE = "https://www.treasury.gov/ofac/DeltaFile/1.0"
A, B, C = ({"native_id": n, "name": f"PARTY {n}"} for n in "123")


def entity(native_id: str, action: str | None = None, name: str | None = None, inner: str = "", **lists: str) -> str:
    """An entity; where it is added or removed, with all that names the party. ``lists``: the lists by any key."""
    written = "" if action is None else f' action="{action}"'
    named = "".join(f'<sanctionsList id="1" refId="2" datePublished="2026-09-23">{n}</sanctionsList>' for n in lists.values())
    body = ""
    if action in ("add", "remove"):
        body = f"""
      <generalInfo><identityId>5</identityId><entityType refId="601">Entity</entityType></generalInfo>
      <sanctionsLists>{named}</sanctionsLists>
      <sanctionsPrograms><sanctionsProgram id="3" refId="4">SDGT</sanctionsProgram></sanctionsPrograms>
      <sanctionsTypes><sanctionsType id="6" refId="1705">Block</sanctionsType></sanctionsTypes>
      <names><name id="7"><isPrimary>true</isPrimary><isLowQuality>false</isLowQuality><translations><translation id="8">
        <isPrimary>true</isPrimary><script refId="215">Latin</script>
        <formattedFullName>{name or f"PARTY {native_id}"}</formattedFullName></translation></translations></name></names>
      <addresses><address id="9"><country refId="11065">China</country><translations><translation id="10">
        <isPrimary>true</isPrimary><addressParts><addressPart id="11"><type refId="1454">CITY</type><value>Dalian</value>
        </addressPart></addressParts></translation></translations></address></addresses>"""
    return f'<entity id="{native_id}"{written}>{body}{inner}</entity>'


def delta(*entities: str, day: str = "2026-09-23", at: str | None = None) -> bytes:
    return f"""<?xml version="1.0" encoding="utf-8"?>
<sanctionsData xmlns="{NAMESPACE}">
  <publicationInfo><datePublished>{at or f"{day}T00:00:00-04:00"}</datePublished>
    <publicationType>Standard Action</publicationType></publicationInfo>
  <entities>{"".join(entities)}</entities>
</sanctionsData>""".encode()


def program(action: str, name: str) -> str:
    return f'<sanctionsPrograms><sanctionsProgram id="3" action="{action}">{name}</sanctionsProgram></sanctionsPrograms>'


def added(native_id: str, name: str | None = None) -> str:
    return entity(native_id, "add", name, sdn="SDN List")


def removed(native_id: str, name: str | None = None) -> str:
    return entity(native_id, "remove", name, sdn="SDN List")


def staged(*deltas: bytes, list_id: str = SDN) -> Staged:
    return ofac_delta.stage(list_id, {f"2026-09-23_delta_{n}.xml": data for n, data in enumerate(deltas, 1)})


def acts(found: Staged) -> list[tuple[Any, ...]]:
    return found.frames["delta_acts"].select("native_id", "action", "program").rows()


def fold(*seen: Any) -> Memory:
    """The history after these snapshots. A tuple: a day of 2026, and what was listed then."""
    snapshots = [vintage(f"2026-{v[0]}T15:00", v[1:]) if isinstance(v, tuple) else v for v in seen]
    return Memory().after(ofac_delta.fold(SDN, Memory(), snapshots))


def told(when: str, *deltas: bytes, beside: StagedSnapshot | None = None) -> StagedSnapshot:
    """A snapshot of deltas, beside a list or alone."""
    frames = staged(*deltas).frames
    alone = StagedSnapshot(f"sha-{when}", datetime.fromisoformat(when), False, {}, frames)
    return alone if beside is None else replace(beside, frames={**beside.frames, **frames})


def test_an_added_entity_is_read_as_one_of_the_enhanced_list_and_a_removal_is_its_id() -> None:
    found = staged(delta(added("58482"), removed("36")))
    assert acts(found) == [("58482", "add", None), ("36", "remove", None)]
    assert found.frames["delta_listings"].select("row", "native_id", "name", "party_type", "programs").rows() == [
        (1, "58482", "PARTY 58482", "entity", "SDGT")
    ]
    assert found.frames["delta_addresses"].select("native_id", "address", "country_id").rows() == [
        ("58482", "Dalian, China", "CHN")
    ]
    assert (found.n_read, found.n_rejected, found.rejects.height) == (2, 0, 0)


def test_the_midnight_of_a_publication_is_its_day_in_washington_whatever_its_offset() -> None:
    for at in ("2026-01-15T00:00:00-05:00", "2026-01-15T00:00:00-04:00", "2026-01-15T00:00:00Z", "2026-01-15"):
        assert staged(delta(at=at)).frames["delta_publications"].select("published_at", "published_on").rows() == [
            (datetime(2026, 1, 15, 23, 59, 59), date(2026, 1, 15))
        ]
    late = staged(delta(at="2026-01-16T02:01:44.7400510Z")).frames["delta_publications"]
    assert late.select("published_at", "published_on").rows() == [(datetime(2026, 1, 16, 2, 1, 44), date(2026, 1, 15))]
    eastern = staged(delta(at="2026-01-16T10:01:44.740051")).frames["delta_publications"]
    assert eastern["published_at"].to_list() == [datetime(2026, 1, 16, 15, 1, 44)]


def test_each_list_takes_its_own_entities_and_a_removal_that_names_no_list_is_from_all() -> None:
    data = delta(
        added("1"),
        entity("2", "add", lists="Sectoral Sanctions Identifications List"),
        entity("3", "remove", a="SDN List", b="FSE List"),
        '<entity id="4" action="remove"/>',
    )
    assert acts(staged(data)) == [("1", "add", None), ("3", "remove", None), ("4", "remove", None)]
    assert acts(staged(data, list_id=CONS)) == [("2", "add", None), ("3", "remove", None), ("4", "remove", None)]


def test_of_a_changed_entity_only_programs_and_the_sdn_list_are_acts() -> None:
    remarks = '<generalInfo><remarks action="update" oldValue="old">new</remarks></generalInfo>'
    data = delta(
        entity("1", None, inner=remarks + program("add", "IRAN")),
        entity("2", "update", inner=program("remove", "CUBA")),
        entity("3", None, inner='<sanctionsLists><sanctionsList action="remove">SDN List</sanctionsList></sanctionsLists>'),
        entity("4", None, inner='<names><name id="1" action="add"/></names><sanctionsPrograms/>'),
        entity("5", None, inner=program("", "SDGT")),
    )
    assert acts(staged(data)) == [("1", "add_program", "IRAN"), ("2", "remove_program", "CUBA"), ("3", "remove", None)]
    assert acts(staged(data, list_id=CONS)) == []


def test_entities_that_cannot_be_read_are_rejected_with_the_reason() -> None:
    found = staged(delta(entity("x", "add", sdn="SDN List"), entity("1", "vanish"), entity("2", "add"), added("3", " ")))
    assert found.rejects.select("row", "reason").rows() == [
        (1, "the id is missing"), (2, "the action is none that is known"), (3, "it is added to no list that is named"),
        (4, "the name is empty"),
    ]  # fmt: skip
    # that 3 was added is told: the next full list shows who it is
    assert (acts(found), found.frames["delta_listings"].height, found.n_rejected) == ([("3", "add", None)], 0, 4)


def test_an_empty_delta_and_a_move_within_one_are_no_removal() -> None:
    found = staged(delta())
    assert (found.n_read, acts(found), found.frames["delta_publications"].height) == (0, [], 1)
    assert judged(found).refusals == ()
    assert acts(staged(delta(removed("1"), added("1"), added("2"), added("2")))) == [("2", "add", None)]


@pytest.mark.parametrize("at", ["", "soon", "2026-13-01", "2026-02-30T00:00:00Z", "1999-01-01", "2026-01-01T00:00:00+99:99"])
def test_a_delta_without_a_day_that_can_be_believed_is_quarantined(at: str) -> None:
    with pytest.raises(Quarantine):
        staged(delta(added("1"), at=at or " "))


def test_of_several_deltas_a_cut_one_is_left_out_and_the_others_stand_in_order() -> None:
    found = staged(delta(added("1")), delta(added("2"))[:-60])
    assert acts(found) == [("1", "add", None)]
    assert "cut or is not well-formed" in judged(found).warnings[0]
    with pytest.raises(Quarantine, match="cut"):
        staged(delta(added("2"))[:-60])
    files = {f"2026-05-28_delta{n}.xml": delta(added(i)) for n, i in (("_10", "1"), ("", "2"), ("_2", "3"))}
    assert acts(ofac_delta.stage(SDN, files)) == [("2", "add", None), ("3", "add", None), ("1", "add", None)]


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
        assert acts(both) == [("2", "add", None)]
        assert judged(both).complete
        cut = ofac_delta.stage(SDN, {name: data, "delta.xml": delta(added("2"))[:-60]})
        assert (cut.frames["listings"].height, acts(cut)) == (1, [])


def judged(found: Staged, baseline: StagedInfo | None = None, when: str = "2026-09-24T15:00") -> Judgement:
    n_rejected = found.rejects.height if found.n_rejected is None else found.n_rejected
    info = StagedInfo("sha", datetime.fromisoformat(when), found.n_read, n_rejected, found.facts)
    return ofac_delta.judge(info, baseline, RowGuard())


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
    for native_id, action, _ in acts(found):
        if action == "remove":
            assert native_id.encode() in changed
            assert b"remove" in changed


SCENARIOS: dict[str, tuple[Any, ...]] = {
    "an addition is dated and known by its publication before any list shows it": (
        ("09-20", A), told("2026-09-23T18:00", delta(added("2"))),
        "listings valid_from valid_from_basis valid_from_earliest known_from known_basis native_id=2: "
        "2026-09-23|official_notice|-|2026-09-23T18:00|snapshot",
        "events kind event_date event_date_earliest known_at country_id: added|2026-09-23|-|2026-09-23T18:00|CHN",
        "programs program valid_from valid_from_basis listing_id=us_ofac_sdn:2: SDGT|2026-09-23|official_notice",
        "lists covered_from covered_until: 2026-09-20|2026-09-23",
    ),
    "what is fetched a day later was known when it was published": (
        ("09-20", A), told("2026-09-24T18:00", delta(added("2"))),
        "listings valid_from known_from known_basis native_id=2: 2026-09-23|2026-09-23T23:59:59|publication",
    ),
    # the list writes the party in another form: remarks that the delta lacks, an address in other words; that is no act
    "the next full list adds no event": (
        vintage("2026-09-20T15:00", [A, C], aliases=[], addresses=[]),
        told("2026-09-23T18:00", delta(added("2"), removed("1"))),
        *(
            vintage(when, [B | {"remarks": "DOB 1970."}, C], aliases=[], addresses=[("2", "Dalian City, China")])
            for when in ("2026-09-23T20:00", "2026-09-25T15:00")
        ),
        "events kind listing_id event_date: removed|us_ofac_sdn:1|2026-09-23 / added|us_ofac_sdn:2|2026-09-23",
        "listings valid_from valid_to valid_from_basis native_id=2 known_to=-: 2026-09-23|-|official_notice",
    ),
    "but for a real edit": (
        ("09-20", A), told("2026-09-23T18:00", delta(added("2"))),
        ("09-25", A, B | {"name": "OTHER NAME", "remarks": "DOB 1970."}),
        "events kind detail: added|- / modified|name",
    ),
    # the file states the day alone, and is published at about ten in the morning
    "a list of the same day may be older than the publication and takes nothing back": (
        ("09-20", A), vintage("2026-09-23T12:00", [A]), told("2026-09-23T14:10", delta(added("2"), removed("1"))), ("09-24", B),
        "events listing_id kind event_date: us_ofac_sdn:1|removed|2026-09-23 / us_ofac_sdn:2|added|2026-09-23",
    ),
    "also where it is fetched after it": (
        ("09-20", A), told("2026-09-23T14:10", delta(added("2"), removed("1"))), vintage("2026-09-23T15:00", [A]), ("09-24", B),
        "events listing_id kind event_date: us_ofac_sdn:1|removed|2026-09-23 / us_ofac_sdn:2|added|2026-09-23",
    ),
    # 3 is added again and 1 removed by the delta: the list of the day after says otherwise; what was known is not lost
    "a delta that comes after a later list only betters dates it agrees with": (
        ("09-20", A, C), ("09-24", A, B), told("2026-09-26T15:00", delta(added("2"), removed("1"), added("3"))),
        "listings native_id valid_from valid_from_basis valid_to known_to=-: 1|-|left_censored|- / "
        "2|2026-09-23|official_notice|- / 3|-|left_censored|2026-09-24",
        "listings valid_from known_from native_id=2: "
        "2026-09-24|2026-09-24T15:00 / 2026-09-23|2026-09-24T15:00:00.000001",
    ),
    "and none outside the days between two lists": (
        ("09-20", A, C), ("09-24", A, B), told("2026-09-26T15:00", delta(added("2"), added("1"), day="2026-09-19")),
        "listings native_id valid_from valid_from_basis known_to=-: 1|2026-09-19|official_notice / "
        "2|2026-09-24|snapshot_diff / 3|-|left_censored",
    ),
    "an empty delta changes nothing": (
        ("09-20", A), told("2026-09-23T18:00", delta()), "lists covered_until: 2026-09-20",
    ),
    "a delta without a list lists nobody": (
        told("2026-09-19T18:00", delta(added("2"), day="2026-09-19")), "listings native_id:",
    ),
    "and dates the listing when the list comes": (
        told("2026-09-19T18:00", delta(added("2"), day="2026-09-19")), ("09-20", A, B),
        "listings native_id valid_from valid_from_basis: 1|-|left_censored / 2|2026-09-19|official_notice",
        "events kind listing_id: added|us_ofac_sdn:2",
    ),
    "an id that is issued again begins on the day of its publication": (
        ("09-20", A, C), told("2026-09-22T18:00", delta(removed("1"), day="2026-09-22")),
        told("2026-09-23T18:00", delta(added("2", "Party 1"))),
        "listings valid_from valid_from_earliest valid_from_basis native_id=2: 2026-09-23|-|official_notice",
        "events kind event_date: reissued|2026-09-23",
    ),
    "or of the one publication of both": (
        ("09-20", A, C), told("2026-09-23T18:00", delta(removed("1"), added("2", "Party 1"))),
        "events kind listing_id event_date detail: reissued|us_ofac_sdn:2|2026-09-23|replaces us_ofac_sdn:1",
        "listings native_id known_to=- actor_id=us_ofac_sdn:1: 1 / 2",
    ),
    "programs are added and taken away on the day of the publication": (
        ("09-20", A, B | {"programs": "CUBA] [SDGT"}, C),
        told("2026-09-23T18:00", delta(
            entity("1", None, inner=program("add", "IRAN")), entity("2", None, inner=program("remove", "SDGT")),
            entity("3", None, inner=program("remove", "SDGT")), entity("4", None, inner=program("add", "CUBA")),
        )),
        ("09-25", A | {"programs": "IRAN] [SDGT"}, B | {"programs": "CUBA"}, C),
        "events kind listing_id detail event_date event_date_earliest: program_added|us_ofac_sdn:1|IRAN|2026-09-23|- / "
        "program_removed|us_ofac_sdn:2|SDGT|2026-09-23|-",
        "programs valid_from valid_from_basis known_from program=IRAN: 2026-09-23|official_notice|2026-09-23T18:00",
        "programs program listing_id=us_ofac_sdn:3 valid_to=- known_to=-: SDGT",
    ),
    # the folder 2026-09-23 is its first instant in UTC: before the day has begun in Washington
    "a delta of the day that an archive names alone": (
        vintage("2026-09-20", [A]), told("2026-09-23", delta(added("2")), beside=vintage("2026-09-23", [A, B])),
        vintage("2026-09-23T02:00", [A, B]), told("2026-09-24", delta(removed("1"), day="2026-09-24")),
        "listings native_id valid_from valid_to known_to=-: 1|-|2026-09-24 / 2|2026-09-23|-",
    ),
    "a delta of a day far ahead is not believed": (
        vintage("2026-09-20", [A]), told("2026-09-23", delta(added("2"), day="2026-10-23")), "listings native_id: 1",
    ),
}  # fmt: skip


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_after_lists_and_deltas_the_history_shows(scenario: tuple[Any, ...]) -> None:
    after = fold(*(v for v in scenario if not isinstance(v, str)))
    after.shows(*(text for text in scenario if isinstance(text, str)))
    assert offending(after) == {}


def test_an_old_delta_brings_nobody_back() -> None:
    first, d1, d2 = vintage("2026-09-20T15:00", [A]), delta(added("2"), day="2026-09-22"), delta(removed("2"))
    once = fold(first, told("2026-09-22T18:00", d1), told("2026-09-23T18:00", d2))
    again = fold(first, told("2026-09-22T18:00", d1), told("2026-09-23T18:00", d2), told("2026-09-23T20:00", d1, d2))
    for name in ("sanction_listings", "sanction_events", "sanction_programs", "sanction_names", "sanction_lists"):
        assert once.all(name).collect().equals(again.all(name).collect()), name


def test_a_repeat_of_a_delta_does_not_say_that_the_list_was_looked_at() -> None:
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
