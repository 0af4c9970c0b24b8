"""Charts of a report, drawn from rows (``drawing``). What is not known is shaded and never drawn as 0."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta

from pipelines.pages.drawing import (
    BAND,
    BLACK,
    BLUE,
    GAP,
    GREEN,
    ORANGE,
    PURPLE,
    RULE,
    SKY,
    VERMILION,
    Chart,
    Key,
    bar,
    box,
    hint,
    line,
    linear,
    place,
    point,
    points_of,
    round_values,
    short,
)
from pipelines.pages.holdings import Holdings, Row

LANE = 16
"""Height of the lane above a chart in which official acts stand."""

ACT_COLOURS = {"imposed": BLACK, "eased": GREEN, "cooperation": PURPLE}
OTHER_ACT = RULE
DRUGS = {"all": "all drugs", "T40.4": "synthetic opioids other than methadone (T40.4: fentanyl above all)"}


def charts(held: Holdings) -> list[Chart]:
    """All charts of a report, in the order in which they are read."""
    a, b = held.question.source, held.question.target
    found = [_tone(held)]
    found += [_events(held, *pair) for pair in ((a, b), (b, a))]
    for pair in ((a, b), (b, a)):
        found += [_in_force(held, *pair), _changes(held, *pair)]
    for actor, drug in dict.fromkeys((row["actor_id"], row["drug"]) for row in held.overdose):
        found.append(_overdose(held, actor, drug))
    return [*found, _coverage(held)]


def _tone(held: Holdings) -> Chart:
    a, b = held.question.source, held.question.target
    top, height = LANE + 6, 190
    y = linear(-10, 10, height - 8, top)
    rows = [r for r in held.panel if r["goldstein_mean"] is not None]
    style = {a: (BLUE, "round"), b: (VERMILION, "square")}

    def draw(scale: float) -> str:
        x = place(held.since, scale)
        marks = [
            _gaps(held, (r for r in held.panel if r["n_events"] is not None), x, top, height),
            _rule(y(0), held, scale),
            _act_marks(held.acts, x),
        ]
        for row in rows:
            colour, cap = style[row["source_id"]]
            says = f"{_period(row)}, {_direction(row)}: {row['goldstein_mean']:+.1f}, {row['n_goldstein']} events"
            marks.append(point(x(_middle(row)), y(row["goldstein_mean"]), colour, says, cap))
        return "".join(marks)

    means = [
        f"{held.names[s]} to {held.names[t]}: {_mean(of, s)} over {len(of)} {held.grain}s with events"
        for s, t in ((a, b), (b, a))
        for of in [_of(rows, s, t)]
    ]
    return Chart(
        name="tone",
        title="Tone of events, both directions",
        says=f"Mean Goldstein value of the events of each {held.grain}, from -10 (conflict) to 10 (cooperation). "
        + "; ".join(means)
        + ".",
        since=held.since,
        until=held.until,
        height=height,
        draw=draw,
        ticks=[(LANE / 2 - 2, "acts"), *((y(v), f"{v:+d}" if v else "0") for v in (-10, -5, 0, 5, 10))],
        keys=[Key(BLUE, f"{a} to {b}", "dot"), Key(VERMILION, f"{b} to {a}", "square"), *_act_keys(held), _GAP_KEY],
        columns=(held.grain, "direction", "mean Goldstein value", "events with a value"),
        rows=[(_period(r), _direction(r), f"{r['goldstein_mean']:+.2f}", r["n_goldstein"]) for r in rows],
        empty="" if rows else "No event with a Goldstein value is held for this period.",
    )


_QUADS = (
    ("n_verbal_cooperation", SKY, "verbal cooperation", 1),
    ("n_material_cooperation", BLUE, "material cooperation", 1),
    ("n_verbal_conflict", ORANGE, "verbal conflict", -1),
    ("n_material_conflict", VERMILION, "material conflict", -1),
)


def _events(held: Holdings, source: str, target: str) -> Chart:
    panel = _of(held.panel, source, target)
    known = [r for r in panel if r["n_events"] is not None]
    acts = _of(held.acts, source, target)
    top, height = LANE + 6, 180
    most_up = max((_sum(r, 1) for r in known), default=0)
    most_down = max((_sum(r, -1) for r in known), default=0)
    y, ticks = _both_ways(most_up, most_down, top, height - 6)

    def draw(scale: float) -> str:
        x = place(held.since, scale)
        marks = [_gaps(held, known, x, top, height), _rule(y(0), held, scale), _act_marks(acts, x)]
        for row in known:
            left, right = x(max(row["date"], held.since)), x(min(row["period_end"], held.until) + timedelta(1))
            reached = {1: 0, -1: 0}
            for column, colour, what, way in _QUADS:
                n = row[column] or 0
                if n:
                    ends = y(way * reached[way]), y(way * (reached[way] + n))
                    marks.append(bar(left, right, *ends, colour, f"{_period(row)}: {n} of {what}"))
                    reached[way] += n
        return "".join(marks)

    n_events = sum(r["n_events"] for r in known)
    up, down = (sum(_sum(r, way) for r in known) for way in (1, -1))
    return Chart(
        name=f"events-{source}-{target}",
        title=f"Events: {held.names[source]} to {held.names[target]}",
        says=f"{n_events:,} events in {len(known):,} {held.grain}s of which something is known, out of {held.n_periods:,}: "
        f"{up:,} of cooperation, drawn upwards, {down:,} of conflict, drawn downwards. {len(acts):,} "
        f"{_acts_word(held)} above them.",
        since=held.since,
        until=held.until,
        height=height,
        draw=draw,
        ticks=ticks,
        keys=[*(Key(c, what) for _, c, what, _ in _QUADS), *_act_keys(held), _GAP_KEY],
        columns=(held.grain, "events", *(what for _, _, what, _ in _QUADS), "share of the news held"),
        rows=[
            (_period(r), r["n_events"], *(r[c] for c, *_ in _QUADS), _share(r["coverage_share"]))
            for r in panel
            if r["n_events"] is not None
        ],
        empty="" if known else "No news is held that could say whether anything happened in this period.",
    )


def _in_force(held: Holdings, source: str, target: str) -> Chart:
    rows = _of(held.lists, source, target)
    by_list = {key: list(group) for key, group in itertools.groupby(rows, key=lambda r: r["list_id"])}
    by_list = {key: group for key, group in by_list.items() if any(r["date"] <= held.until for r in group)}
    lane = 58
    tops = {key: n * lane for n, key in enumerate(by_list)}
    steps = {key: _steps(group, held) for key, group in by_list.items()}
    most = {key: max((n for *_, n, _ in steps[key]), default=0) for key in by_list}

    def draw(scale: float) -> str:
        x = place(held.since, scale)
        marks = []
        for key, group in by_list.items():
            base, ceiling = tops[key] + lane - 4, tops[key] + 20
            y = linear(0, max(most[key], 1), base, ceiling)
            drawn = [*_unheld(steps[key], held)]
            marks += [box(x(s), x(u + timedelta(1)), tops[key] + 17, base, GAP, "not held") for s, u in drawn]
            for start, end, n, is_held in steps[key]:
                left, right = x(start), x(end + timedelta(1))
                text = f"{group[0]['list_name']}, {start} to {end}: {n:,} in force" + ("" if is_held else " at least")
                marks.append(box(left, right, y(n), base, BAND if is_held else "#EAF3F9", text))
                marks.append(line([(left, y(n)), (right, y(n))], BLUE, "" if is_held else "5 4", 2))
            marks.append(_rule(base, held, scale))
        return "".join(marks)

    lasts = [f"{group[0]['list_name']}: {steps[key][-1][2]:,}" for key, group in by_list.items() if steps[key]]
    return Chart(
        name=f"in-force-{source}-{target}",
        title=f"Parties of {held.names[target]} in force on each list of {held.names[source]}",
        says=f"Lists: {len(by_list)}, a strip each, with a scale of its own. At the end of what is held, in this period: "
        + ("; ".join(lasts) or "none")
        + ".",
        since=held.since,
        until=held.until,
        height=max(lane * len(by_list), 40),
        draw=draw,
        ticks=[
            pair
            for key in by_list
            for pair in ((tops[key] + lane - 4.0, "0"), (tops[key] + 20.0, f"{most[key]:,}"))
            if most[key] or pair[0] == tops[key] + lane - 4.0
        ],
        keys=[
            Key(BLUE, "in force, on days that the list is held in full", "line"),
            Key(
                BLUE,
                "by dates of listing alone: who came and went unseen is missing",
                "dashes",
            ),
            Key(GAP, "not held: not known", "gap"),
        ],
        columns=("list", "day", "added", "removed", "in force from then on", "covered"),
        rows=[
            (
                r["list_name"],
                r["date"],
                r["n_added"],
                r["n_removed"],
                r["n_in_force"],
                "yes" if r["is_covered"] else "no",
            )
            for group in by_list.values()
            for r in group
            if r["date"] <= held.until
        ],
        labels=[(tops[key] + 13, group[0]["list_name"]) for key, group in by_list.items()],
        empty="" if by_list else f"No party of {held.names[target]} is held on a list of {held.names[source]}.",
    )


def _changes(held: Holdings, source: str, target: str) -> Chart:
    panel = _of(held.panel, source, target)
    known = [r for r in panel if r["n_listings_added"] is not None or r["n_listings_removed"] is not None]
    top, height = LANE + 6, 150
    acts = _of(held.acts, source, target)
    most = [max((r[c] or 0 for r in known), default=0) for c in ("n_listings_added", "n_listings_removed")]
    y, ticks = _both_ways(most[0], most[1], top, height - 6)

    def draw(scale: float) -> str:
        x = place(held.since, scale)
        marks = [_gaps(held, known, x, top, height), _rule(y(0), held, scale), _act_marks(acts, x)]
        for row in known:
            left, right = x(max(row["date"], held.since)), x(min(row["period_end"], held.until) + timedelta(1))
            for column, colour, what, way in (
                ("n_listings_added", VERMILION, "added", 1),
                ("n_listings_removed", GREEN, "removed", -1),
            ):
                if row[column]:
                    marks.append(bar(left, right, y(0), y(way * row[column]), colour, f"{_period(row)}: {row[column]} {what}"))
        return "".join(marks)

    added, removed = (sum(r[c] or 0 for r in known) for c in ("n_listings_added", "n_listings_removed"))
    return Chart(
        name=f"changes-{source}-{target}",
        title=f"Parties of {held.names[target]} added and removed, all lists of {held.names[source]}",
        says=f"{added:,} added, drawn upwards; {removed:,} removed, drawn downwards, in {len(known):,} {held.grain}s of which "
        f"something is known, out of {held.n_periods:,}.",
        since=held.since,
        until=held.until,
        height=height,
        draw=draw,
        ticks=ticks,
        keys=[Key(VERMILION, "added (up)"), Key(GREEN, "removed (down)"), *_act_keys(held), _GAP_KEY],
        columns=(held.grain, "added", "removed", "in force at its end"),
        rows=[
            (_period(r), r["n_listings_added"], r["n_listings_removed"], r["n_listings_in_force"])
            for r in known
            if r["n_listings_added"] or r["n_listings_removed"]
        ],
        note="Where not all lists are held in full, these are lower bounds.",
        empty="" if known else "No list is held that covers this period.",
    )


def _overdose(held: Holdings, actor: str, drug: str) -> Chart:
    rows = [r for r in held.overdose if r["actor_id"] == actor and r["drug"] == drug]
    known = [r for r in rows if r["lowest"] is not None]
    then = "known_then" if held.question.as_known else "first_known"
    then_text = f"as known on {held.question.as_known}" if held.question.as_known else "as first known"
    top, height = 8, 280
    lowest, highest = min((r["lowest"] for r in known), default=0), max((r["highest"] for r in known), default=1)
    values = round_values(lowest, highest)
    y = linear(values[0], values[-1], height - 84, top)
    widest = max((abs(d) for r in known for d in _revisions(r, then)), default=0) or 0.01
    share = linear(-widest, widest, height - 6, height - 58)

    def draw(scale: float) -> str:
        x = place(held.since, scale)
        marks = [box(x(s), x(e + timedelta(1)), 0, height, GAP, "not held") for s, e in _without(rows, held)]
        for run in _runs(rows, "lowest"):
            edge = [(x(r["period_end"]), y(r["highest"])) for r in run] + [
                (x(r["period_end"]), y(r["lowest"])) for r in reversed(run)
            ]
            marks.append(f'<polygon points="{points_of(edge)}" fill="{BAND}"/>')
        for column, colour, dashes in (("known_now", BLACK, ""), (then, VERMILION, "6 3")):
            paths = [[(x(r["period_end"]), y(r[column])) for r in run] for run in _runs(rows, column)]
            # a month between unknown ones would be a line without length
            marks += [
                line(path, colour, dashes, 2) if len(path) > 1 else point(*path[0], colour, "", "round", 4) for path in paths
            ]
        marks.append(_rule(share(0), held, scale))
        for row in known:
            centre, half = x(row["period_end"]), 15 * scale
            if moved := _revisions(row, then):
                ends = share(min(moved[1:])), share(max(moved[1:]))
                marks.append(bar(centre - half * 0.8, centre + half * 0.8, *ends, BAND, ""))
                marks.append(point(centre, share(moved[0]), VERMILION, "", "round", 5))
            says = (
                f"12 months to {row['period_end']}: {_number(row[then])} {then_text}, {_number(row['known_now'])} known now, "
                f"{_number(row['lowest'])} to {_number(row['highest'])} over {row['n_versions']} versions"
            )
            reach = f'x="{short(centre - half)}" y="0" width="{short(2 * half)}" height="{height}"'
            marks.append(f'<rect {reach} fill="none" pointer-events="all">{hint(says)}</rect>')
        return "".join(marks)

    both = [r for r in known if r[then] is not None and r["known_now"] is not None]
    last = both[-1] if both else None
    says = f"Deaths over twelve months, predicted counts, {len(known)} months with a count."
    if last is not None:
        says += f" Of the twelve months to {last['period_end']}: {_number(last[then])} {then_text}, "
        says += f"{_number(last['known_now'])} known now."
    elif known:
        says += f" Of none of them is it held what was {then_text.removeprefix('as ')}."
    return Chart(
        name=f"overdose-{actor}-{drug.replace('.', '')}",
        title=f"Overdose deaths over twelve months, {held.names[actor]}, {DRUGS[drug]}",
        says=says,
        since=held.since,
        until=held.until,
        height=height,
        draw=draw,
        ticks=[(y(v), f"{v:,.0f}") for v in values] + [(share(v), f"{v:+.1%}" if v else "0 %") for v in (widest, 0, -widest)],
        labels=[(height - 62, "Against known now: dots then, bars all versions")],
        keys=[
            Key(BLACK, "known now", "line"),
            Key(VERMILION, then_text, "dashes"),
            Key(BAND, "between the lowest and the highest version held"),
            Key(GAP, "no count held", "gap"),
        ],
        columns=(
            "12 months to",
            then_text,
            "known now",
            "lowest version",
            "highest version",
            "versions held",
            "first known (UTC)",
        ),
        rows=[
            (
                r["period_end"],
                _number(r[then]),
                _number(r["known_now"]),
                _number(r["lowest"]),
                _number(r["highest"]),
                r["n_versions"],
                f"{r['first_known_from']:%Y-%m-%d}",
            )
            for r in rows
        ],
        note="The scale does not begin at 0. Sums of neighbouring months overlap by eleven months: never add them up.",
        empty="" if known else "No count is held for this period.",
    )


def _coverage(held: Holdings) -> Chart:
    lanes: dict[tuple[str, str], list[Row]] = {}
    for row in sorted(held.coverage, key=lambda r: (["news", "list", "vintage"].index(r["kind"]), r["name"], r["since"])):
        lanes.setdefault((row["kind"], row["name"]), []).append(row)
    words = {"news": "news", "list": "list", "vintage": "new counts by"}
    lane = 30
    names = {key: f"{words[key[0]]} {key[1]}" for key in lanes}

    def draw(scale: float) -> str:
        x = place(held.since, scale)
        marks = []
        for n, rows in enumerate(lanes.values()):
            top, base = n * lane + 15, n * lane + lane - 2
            marks.append(box(0, held_days * scale, top, base, GAP, "not held"))
            for row in rows:
                start, end = max(row["since"], held.since), min(row["until"], held.until)
                if start <= end:
                    text = f"{start} to {end}" + ("" if row["is_whole"] else ", in part")
                    marks.append(bar(x(start), x(end + timedelta(1)), top, base, BLUE if row["is_whole"] else ORANGE, text))
        return "".join(marks)

    held_days = (held.until - held.since).days + 1
    return Chart(
        name="coverage",
        title="What is held, and what is not",
        says=f"{len(lanes)} sources of events, lists and counts; a strip each, coloured on the days that are held, else grey.",
        since=held.since,
        until=held.until,
        height=max(lane * len(lanes), 40),
        draw=draw,
        ticks=[],
        keys=[Key(BLUE, "held; of counts the day they became known"), Key(ORANGE, "held in part"), Key(GAP, "not held", "gap")],
        columns=("what", "from", "to", "whole"),
        rows=[
            (names[k], r["since"], r["until"], "yes" if r["is_whole"] else "in part") for k, rows in lanes.items() for r in rows
        ],
        labels=[(n * lane + 12, name) for n, name in enumerate(names.values())],
        note="Articles of your own and feeds do not cover the news in full: from them alone no day is known to be quiet.",
        empty="" if lanes else "Nothing is held of this period.",
    )


_GAP_KEY = Key(GAP, "not known: nothing held that could say", "gap")


def _act_keys(held: Holdings) -> list[Key]:
    what = "official act" if held.acts_are_official else "change on a list"
    return [Key(BLACK, f"{what}: imposed", "square"), Key(GREEN, f"{what}: eased", "dot")] + (
        [Key(PURPLE, "cooperation agreed", "dot"), Key(OTHER_ACT, "other act", "square")] if held.acts_are_official else []
    )


def _acts_word(held: Holdings) -> str:
    return "official acts" if held.acts_are_official else "days of changes on lists"


def _act_marks(acts: Sequence[Row], x: Callable[[date], float]) -> str:
    marks = []
    for act in acts:
        cap = "round" if act["effect"] in ("eased", "cooperation") else "square"
        says = f"{act['date']}, {act['source_id']} to {act['target_id']}: {act['title']}"
        marks.append(point(x(act["date"]), LANE / 2, ACT_COLOURS.get(act["effect"], OTHER_ACT), says, cap))
    return "".join(marks)


def _both_ways(up: int, down: int, top: float, bottom: float) -> tuple[Callable[[float], float], list[tuple[float, str]]]:
    """A scale with 0 inside, and its ticks: the greatest on both sides, and 0."""
    high, low = max(up, 1), -max(down, 1)
    # a side with little still has the room for its label
    share = min(max(high / (high - low), 0.15), 0.85)
    zero = top + (bottom - top) * share
    unit = min((zero - top) / high, (bottom - zero) / -low)

    def y(value: float) -> float:
        return zero - value * unit

    # a label that would stand on that of 0 is left out; the table has the number
    return y, [(LANE / 2 - 2, "acts"), *((y(v), f"{abs(v):,}") for v in (high, 0, low) if v == 0 or abs(y(v) - zero) > 12)]


def _gaps(held: Holdings, known: Iterable[Row], x: Callable[[date], float], top: float, bottom: float) -> str:
    """Shading of the period wherever no row of those known lies."""
    at, boxes = held.since, []
    for start, end in sorted({(r["date"], r["period_end"]) for r in known}):
        if start > at:
            boxes.append((at, start - timedelta(1)))
        at = max(at, end + timedelta(1))
    if at <= held.until:
        boxes.append((at, held.until))
    return "".join(box(x(s), x(e + timedelta(1)), top, bottom, GAP, f"{s} to {e}: not known") for s, e in boxes)


def _steps(rows: Sequence[Row], held: Holdings) -> list[tuple[date, date, int, bool]]:
    """Stretches of one number in force within the period: first and last day, number, whether the list is covered then.

    Nothing is said of days after the last one covered, or the last change: what changed since is not known.
    """
    changed = [r["date"] for r in rows if r["n_added"] or r["n_removed"]]
    last = max([d for d in (*changed, rows[0]["last_covered"]) if d is not None and d <= held.known_until], default=held.since)
    if rows[0]["last_covered"] is not None and rows[0]["last_covered"] > held.known_until:
        last = held.known_until
    found = []
    for row, after in itertools.zip_longest(rows, rows[1:]):
        start = max(row["date"], held.since)
        end = last if after is None else min(after["date"] - timedelta(1), last)
        if start <= end:
            found.append((start, end, row["n_in_force"], row["is_covered"]))
    return found


def _unheld(steps: Sequence[tuple[date, date, int, bool]], held: Holdings) -> Iterator[tuple[date, date]]:
    """Stretches of the period before and after what is known of a list."""
    if not steps:
        yield held.since, held.until
        return
    if held.since < steps[0][0]:
        yield held.since, steps[0][0] - timedelta(1)
    if steps[-1][1] < held.until:
        yield steps[-1][1] + timedelta(1), held.until


def _without(rows: Sequence[Row], held: Holdings) -> Iterator[tuple[date, date]]:
    """Stretches of the period of which no count is held, from month to month."""
    at = held.since
    for run in _runs(rows, "lowest"):
        if (run[0]["period_end"] - at).days > 31:
            yield at, run[0]["period_end"] - timedelta(1)
        at = run[-1]["period_end"] + timedelta(1)
    if (held.until - at).days > 31 or at == held.since:
        yield at, held.until


def _runs(rows: Sequence[Row], column: str) -> Iterator[list[Row]]:
    """Rows with a value whose months follow each other: a line is not drawn across what is not known."""
    run: list[Row] = []
    for row in rows:
        if row[column] is None or (run and (row["period_end"] - run[-1]["period_end"]).days > 31):
            if run:
                yield run
            run = []
        if row[column] is not None:
            run.append(row)
    if run:
        yield run


def _of(rows: Iterable[Row], source: str, target: str) -> list[Row]:
    return [r for r in rows if r["source_id"] == source and r["target_id"] == target]


def _sum(row: Row, way: int) -> int:
    return sum(row[c] or 0 for c, *_, w in _QUADS if w == way)


def _mean(rows: Sequence[Row], source: str) -> str:
    mine = [r for r in rows if r["source_id"] == source]
    n = sum(r["n_goldstein"] for r in mine)
    return f"{sum(r['goldstein_mean'] * r['n_goldstein'] for r in mine) / n:+.1f}" if n else "no value"


def _middle(row: Row) -> date:
    middle: date = row["date"] + (row["period_end"] - row["date"]) / 2
    return middle


def _period(row: Row) -> str:
    return str(row["date"]) if row["date"] == row["period_end"] else f"{row['date']} to {row['period_end']}"


def _direction(row: Row) -> str:
    return f"{row['source_id']} to {row['target_id']}"


def _revisions(row: Row, then: str) -> tuple[float, ...]:
    """How far what was known then, the lowest and the highest version are from what is known now, as shares; () if not known."""
    now = row["known_now"]
    return tuple(row[c] / now - 1 for c in (then, "lowest", "highest")) if now and row[then] is not None else ()


def _share(share: float | None) -> str:
    return "not known" if share is None else f"{share:.0%}"


def _number(value: float | None) -> str:
    return "not known" if value is None else f"{value:,.0f}"


def _rule(y: float, held: Holdings, scale: float) -> str:
    right = ((held.until - held.since).days + 1) * scale
    return line([(0, y), (right, y)], RULE, "", 1)
