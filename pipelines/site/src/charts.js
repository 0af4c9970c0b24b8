// The charts of a pair of states, each with its finding as title.
import { rows, site } from "./data.js";
import { Plot, colour, days, figure, iso } from "./chart.js";
import { h } from "./dom.js";
import { t, number, state, listName, listOf, partiesOf, month, fullMonth, shortDay, day, cell, language } from "./words.js";
import { actPage } from "./view.js";

const publishers = Object.fromEntries(rows(site.sources).map((x) => [x.source, x]));
const publisher = (source) => (publishers[source] ? `${publishers[source].publisher}${publishers[source].newest_date ? ` (${publishers[source].newest_date})` : ""}` : source);
const cut = (text, n) => (text.length <= n ? text : `${text.slice(0, n).replace(/[\s,;:]+\S*$/, "")} …`);
const answerOf = (columns, list) => ({ columns, rows: list.map((r) => columns.map((c) => r[c] ?? null)) });

// An act once, though talks stand in both directions.
export function once(acts) {
  const seen = new Map();
  for (const act of acts) if (!seen.has(act.act_id)) seen.set(act.act_id, act);
  return [...seen.values()];
}

const WEIGHT = { agreement: 38, tariff: 30, export_control: 26, diplomatic: 26, scheduling: 16, import_control: 16, investment_control: 16, program: 14, delisting: 12, suspension: 12, listing: 8, dialogue: 6, prosecution: 6, determination: 6 };
function marksOf(acts, home, most) {
  return once(acts).map((act) => ({
    d: days(act.date), href: actPage(act.act_id, act.url), fill: act.source_id === home ? "a" : "b",
    label: cut(act.title, most), weight: (WEIGHT[act.sort] ?? 2) + Math.min(6, Math.log2(1 + (act.n_parties ?? 0))) + (act.n_events_that_tell ? 3 : 0) - act.title.length / 30,
    says: `${shortDay(act.date)}, ${state(act.source_id)}: ${act.title}`,
  }));
}

// Marks of acts that became known after the day of knowledge: without a label, in the colour of what is later.
const laterMarks = (acts, home) => marksOf(acts, home, 40).map((m) => ({ ...m, label: "", later: true, says: `${m.says} (${t("became known later")})` }));

// Deaths over twelve months of a drug class with the band of revisions; acts on drugs above.
export function deaths({ overdose, acts, later = [], a, drug, x, known, height = 360 }) {
  const all = rows(overdose).filter((r) => r.actor_id === "USA" && r.drug === drug).sort((p, q) => (p.period_end < q.period_end ? -1 : 1));
  const main = known ? "known_then" : "known_now";
  const list = all.filter((r) => days(r.period_end) >= x[0] && days(r.period_end) <= x[1]);
  const told = list.filter((r) => r[main] !== null);
  const isAll = drug === "all";
  if (!told.length) return figure({ id: `deaths-${drug}`, title: isAll ? t("Overdose deaths") : t("Deaths from fentanyl and its like"), empty: t("no count held") });
  const last = told.at(-1), peak = told.reduce((p, q) => (q[main] > p[main] ? q : p));
  const down = Math.round((1 - last[main] / peak[main]) * 100);
  const change = down > 0 ? t("{p} % below the peak of {month}", { p: down, month: fullMonth(peak.period_end) }) : t("the highest so far");
  const title = t(isAll ? "Overdose deaths in the 12 months to {month}: {value}, {change}" : "Deaths from overdoses of fentanyl and its like in the 12 months to {month}: {value}, {change}", { month: fullMonth(last.period_end), value: number(last[main]), change });
  const revised = told.filter((r) => r.n_versions > 1 && r.first_known).map((r) => Math.abs(r[main] / r.first_known - 1) * 100).sort((p, q) => p - q);
  const from = (r) => days(r.period_end);
  const isRevised = !known && revised.length > 0;
  const draw = (width) => {
    const levels = width < 520 ? 3 : 5;
    const top = acts.length ? 34 + levels * 15 : 16;
    const plot = new Plot({ width, height: height + (width < 520 ? -20 : 0), x, y: [0, Math.max(...list.map((r) => Math.max(r.highest ?? 0, r[main] ?? 0)))], top });
    plot.axes();
    gaps(told.map(from), 40).forEach(([p, q]) => plot.hatch(p, q, t("no count held")));
    if (from(told[0]) - x[0] > 40) plot.hatch(x[0], from(told[0]) - 15, t("no count held"));
    plot.hatch(from(last) + 15, x[1], t("no count held"));
    if (isRevised) plot.band(list.filter((r) => r.lowest !== null).map((r) => [from(r), r.lowest, r.highest]));
    const open = (points) => broken(points, 40);
    if (isRevised) plot.line(open(list.filter((r) => r.first_known !== null).map((r) => [from(r), r.first_known])), { stroke: "muted", width: 1.2, dash: "3 3" });
    if (known) plot.line(open(list.filter((r) => r.known_now !== null).map((r) => [from(r), r.known_now])), { stroke: "later", width: 2, dash: "4 3" });
    plot.line(open(told.map((r) => [from(r), r[main]])), { stroke: "a", width: 2.6 });
    if (told.length < 24) told.forEach((r) => plot.dot(from(r), r[main], { r: 2.5 }));
    plot.dot(from(last), last[main], { r: 4 });
    const room = width - plot.x(from(last)) > 60;
    plot.over.append(plot.text(plot.x(from(last)) + (room ? 9 : 2), plot.y(last[main]) + (room ? 4 : -10), number(last[main]), { anchor: room ? "start" : "end", fill: "a", weight: 600 }));
    plot.marks([...marksOf(acts, a, width < 520 ? 34 : 56), ...laterMarks(later, a)], top - 14, { rows: levels });
    return { plot, tips: told.map((r) => ({ d: from(r), text: `${month(r.period_end)}: ${number(r[main])}${r.n_versions > 1 && !known ? ` (${number(r.lowest)}–${number(r.highest)})` : ""}` })) };
  };
  const sources = ["us_cdc_vsrr"].filter((x) => publishers[x]).map(publisher);
  return figure({
    id: `deaths-${drug}`, title, draw,
    unit: t(isAll ? "Deaths in the 12 months to each month, United States, predicted counts, all drugs" : "Deaths in the 12 months to each month, United States, predicted counts (T40.4: synthetic opioids other than methadone). Above: official acts on drugs"),
    says: `${title}. ${t("{n} acts", { n: once(acts).length })}`,
    keys: [["a", known ? t("as known then") : t("as known now "), "line"], ...(known ? [["later", t("as known now "), "dash"]] : isRevised ? [["muted", t("as first published"), "dash"], ["a", t("range of all revisions"), "band"]] : []),
      ...(acts.length ? [["a", t("act of {a}", { a: state(a) }), "dot"], ["b", t("act of {a}", { a: state(acts.find((r) => r.source_id !== a)?.source_id ?? "") }), "up"]].filter(([, text]) => !/ $/.test(text)) : [])],
    note: isRevised ? t("Counts are revised for years: the band spans all values ever published for a month. The median revision since the first is {p} %.", { p: number(revised[Math.floor(revised.length / 2)], 1) }) : undefined,
    numbers: answerOf(["period_end", ...(known ? ["known_then", "known_now"] : ["known_now", "first_known", "lowest", "highest", "n_versions"])], list),
    from: sources,
  });
}

const gaps = (at, most) => at.slice(1).map((d, i) => [at[i] + 15, d - 15]).filter(([p, q]) => q - p + 30 > most);
// A line breaks where points lie too far apart.
const broken = (points, most) => points.flatMap((p, i) => (i && p[0] - points[i - 1][0] > most ? [[p[0] - 1, null], p] : [p]));

// Listings in force, a small chart for each list and direction.
export function lists({ lists: answer, nowLists, a, b, x, known, most = 12, only }) {
  const groups = new Map();
  const collect = (source, field) => source && rows(source).forEach((r) => {
    const key = `${r.list_id} ${r.source_id}`;
    if (!groups.has(key)) groups.set(key, { then: [], now: [] });
    groups.get(key)[field].push(r);
  });
  collect(answer, "then");
  collect(nowLists, "now");
  const charts = [...groups.values()].filter((g) => g.then.length && (!only || g.then[0].list_id === only)).map((g) => ({ ...g, end: ended(g.then), top: Math.max(...g.then.map((r) => r.n_in_force ?? 0)) }))
    .filter((g) => g.top > 0)
    .sort((p, q) => (q.then[0].source_id === a) - (p.then[0].source_id === a) || q.end.value - p.end.value);
  return charts.slice(0, most).map((g) => oneList(g, x, known));
}

function ended(list) {
  const last = list.at(-1), held = last.last_covered ? days(last.last_covered) : -Infinity;
  // the row of the day after the last one covered says no more than that
  const isEnd = days(last.date) === held + 1 && !last.n_added && !last.n_removed;
  return { day: isEnd ? held : Math.max(days(last.date), held), value: last.n_in_force, covered: isEnd || held >= days(last.date) };
}

function oneList({ then: list, now: later, end, top }, x, known) {
  const { list_id: id, source_id: source, target_id: target } = list[0];
  const stop = Math.min(end.day, x[1], known ? days(known) - 1 : days(site.built.rows[0][site.built.columns.indexOf("last_known")]));
  const until = [...list].reverse().find((r) => days(r.date) <= stop);
  const value = until?.n_in_force ?? 0;
  const words = end.covered ? number(value) : t("at least {n}", { n: number(value) });
  const title = t("{parties} on the {list}: {n} in {month}", { parties: partiesOf(target), list: listName(id), n: words, month: fullMonth(iso(stop)) });
  const spans = list.map((r, i) => ({ from: days(r.date), to: i + 1 < list.length ? days(list[i + 1].date) : end.day + 1, n: r.n_in_force, ok: r.is_covered })).filter((p) => p.to > p.from);
  const draw = (width) => {
    const plot = new Plot({ width, height: 168, x, y: [0, Math.max(top, ...later.map((r) => r.n_in_force ?? 0))], top: 18 });
    plot.axes();
    let dark = x[0];
    for (const p of spans.filter((p) => p.ok)) {
      if (p.from > dark) plot.hatch(dark, p.from, t("not covered"));
      dark = Math.max(dark, p.to);
    }
    plot.hatch(dark, x[1], t("not covered"));
    const runs = [];
    for (const p of spans) {
      const run = runs.at(-1);
      if (run && run.ok === p.ok) run.points.push([p.from, p.n], [p.to, p.n]);
      else runs.push({ ok: p.ok, points: [...(run ? [run.points.at(-1)] : []), [p.from, p.n], [p.to, p.n]] });
    }
    if (later.length) plot.line(inView(later.flatMap((r, i) => [[days(r.date), r.n_in_force], [i + 1 < later.length ? days(later[i + 1].date) : ended(later).day, r.n_in_force]]), x), { stroke: "later", width: 2, dash: "4 3", step: true });
    for (const run of runs) {
      const points = inView(run.points, x);
      if (run.ok) plot.band(points.map(([d, v]) => [d, 0, v]), { opacity: 0.1 });
      plot.line(points, { step: true, width: run.ok ? 2.2 : 1.6, dash: run.ok ? undefined : "2 2.5" });
    }
    if (value) plot.dot(stop, value);
    const tips = spans.flatMap((p) => [{ d: p.from, text: `${shortDay(iso(p.from))}: ${p.ok ? number(p.n) : t("at least {n}", { n: number(p.n) })}` }]);
    return { plot, tips };
  };
  return figure({
    id: `list-${id}-${source}`, small: true, title, draw, unit: t("Listings in force"),
    says: `${title}. ${t("Dashed: at least so many. Hatched: no edition of the list is held, removals may be missing.")}`,
    numbers: answerOf(["date", "n_in_force", "n_added", "n_removed", "is_covered"], list), from: [listOf(id)?.full_name ?? id],
  });
}

// Steps cut to a period, the value at its beginning carried in.
function inView(points, [x0, x1]) {
  const kept = points.filter(([d]) => d >= x0 && d <= x1);
  const before = points.filter(([d]) => d < x0).at(-1);
  const after = points.find(([d]) => d > x1);
  if (before && (kept.length || after)) kept.unshift([x0, before[1]]);
  if (after && kept.length) kept.push([x1, kept.at(-1)[1]]);
  return kept;
}

// A small chart of lines over time or years. lines: [{points: [[day, value]], stroke, text, step, band: [[day, low, high]]}]
function lines({ id, title, unit, x, lines: all, numbers, from, note, format, integer = false, height = 168 }) {
  const values = all.flatMap((l) => [...l.points.map((p) => p[1]), ...(l.band ?? []).flatMap((p) => p.slice(1))]).filter((v) => v !== null);
  if (!values.length) return null;
  const draw = (width) => {
    const plot = new Plot({ width, height, x, y: [Math.min(0, ...values), Math.max(...values)], top: 18, integer });
    plot.axes({ format });
    for (const l of all) {
      if (l.band) plot.band(l.band, { fill: l.stroke, opacity: 0.12 });
      plot.line(l.points, { stroke: l.stroke, step: l.step, width: 2.2, dash: l.dash });
      const last = l.points.filter((p) => p[1] !== null && plot.inside(p[0])).at(-1);
      if (last && !l.step) plot.dot(...last, { fill: l.stroke });
    }
    const at = [...new Set(all.flatMap((l) => l.points.map((p) => p[0])))].sort((p, q) => p - q);
    const value = (l, d) => (l.step ? l.points.filter((p) => p[0] <= d).at(-1) : l.points.find((p) => p[0] === d))?.[1];
    return { plot, tips: at.map((d) => ({ d, text: `${all[0].step ? shortDay(iso(d)) : iso(d).slice(0, 4)}: ${all.filter((l) => value(l, d) !== undefined && value(l, d) !== null).map((l) => `${l.text} ${number(value(l, d), 2)}`).join(", ")}` })) };
  };
  return figure({ id, small: true, title, unit, says: title, draw, keys: all.map((l) => [l.stroke, l.text, l.dash ? "dash" : "line"]), numbers, from, note });
}

// Additional duties of each on goods of the other, by day: the range over goods.
export function duties(answer, a, b, [x0, x1], known) {
  const end = known ? Math.min(days(known), x1) : x1, x = [x0, x1];
  const list = rows(answer).map((r) => ({ ...r, to_date: iso(Math.min(days(r.to_date), end)) })).filter((r) => days(r.to_date) > x0 && days(r.from_date) < end);
  const now = (id) => list.filter((r) => r.source_id === id).at(-1);
  const line = (id, stroke) => {
    const mine = list.filter((r) => r.source_id === id);
    const steps = (v) => inView(mine.flatMap((r) => [[days(r.from_date), v(r)], [days(r.to_date), v(r)]]), x);
    const high = steps((r) => r.rate_high), low = steps((r) => r.rate_low);
    return { points: high, stroke, step: true, text: t("on goods of {a}", { a: state(id === a ? b : a) }), band: high.map(([d, v], i) => [d, low[i][1], v]) };
  };
  const newest = now(a) ?? now(b);
  if (!newest) return null;
  return lines({
    id: "duties", title: t("Additional duties: {a} up to {p} % on goods of {b}, {b} up to {q} %, in {month}", { a: state(a), b: state(b), p: number(now(a)?.rate_high, 1), q: number(now(b)?.rate_high, 1), month: fullMonth(iso(days(newest.to_date) - 1)) }),
    unit: t("Percent of value, by day; the band spans all goods. Ordinary duties come on top"), x, lines: [line(a, "a"), line(b, "b")], integer: true, numbers: answerOf(["source_id", "target_id", "from_date", "to_date", "rate_low", "rate_high", "measures"], list), from: [t("measures with citations: core.tariff_measures")],
  });
}

const midYear = (year) => Date.UTC(year, 6, 1) / 864e5;

// Votes in the UN General Assembly: agreement of the two, and the distance of their ideal points.
export function votes(answer, a, b) {
  const list = rows(answer);
  if (!list.length) return [];
  const x = [Date.UTC(list[0].year, 0, 1) / 864e5, Date.UTC(list.at(-1).year + 1, 0, 1) / 864e5];
  const of = (column) => list.filter((r) => r[column] !== null);
  const one = (column, id, words, unit, scale) => {
    const last = of(column).at(-1);
    return last ? lines({ id, title: t(words, { a: state(a), b: state(b), year: last.year, value: number(last[column] * scale, scale === 1 ? 2 : 0) }), unit, x, lines: [{ points: of(column).map((r) => [midYear(r.year), r[column] * scale]), stroke: "c", text: "" }], numbers: answerOf(["year", "session", column], list), from: publishers.un_ideal_points ? [publisher("un_ideal_points")] : [] }) : null;
  };
  return [
    one("agreement", "votes", "{a} and {b} voted alike in {value} % of votes in the UN General Assembly in {year}", t("Percent of roll calls of a session in which both voted the same"), 100),
    one("ideal_point_distance", "ideal", "{a} and {b} stood {value} apart in UN votes in {year}", t("Distance of ideal points, by session"), 1),
  ];
}

// The tension index of both directions.
export function tension(answer, a, b, x) {
  const list = rows(answer).filter((r) => days(r.period_end) >= x[0] && days(r.period_end) <= x[1]);
  const of = (id) => list.filter((r) => r.source_id === id);
  const line = (id, stroke) => ({ points: broken(of(id).map((r) => [days(r.period_end), r.tension]), 40), stroke, text: t("{a} towards {b}", { a: state(id), b: state(id === a ? b : a) }) });
  const top = list.reduce((p, q) => (!p || q.tension > p.tension ? q : p), null);
  return top && lines({ id: "tension", title: t("Tension was highest in {month}: {a} towards {b}, {value}", { month: fullMonth(top.period_end), a: state(top.source_id), b: state(top.target_id), value: number(top.tension, 2) }), unit: t("Tension index by month, from events in the news; current knowledge"), x, lines: [line(a, "a"), line(b, "b")], numbers: answerOf(["source_id", "target_id", "period_end", "tension", "n_events"], list) });
}

// Deaths by drugs by calendar year, a small chart for each of the two states that has a count.
export function deathsByYear(answer, both) {
  const list = rows(answer).filter((r) => r.year >= 1999);
  return both.map((id) => {
    const mine = list.filter((r) => r.actor_id === id);
    if (mine.length < 2) return null;
    const names = { all: [t("all drugs"), "a"], "T40.4": [t("fentanyl and its like"), "b"], opioids: [t("opioids"), "b"], stimulants: [t("stimulants"), "c"] };
    const groups = Object.keys(names).filter((drug) => mine.some((r) => r.drug === drug));
    if (!groups.length) return null;
    const last = mine.filter((r) => r.drug === groups[0]).at(-1);
    const years = mine.map((r) => r.year);
    return lines({
      id: `deaths-by-year-${id}`, title: t("{state}: {value} deaths ({drug}) in {year}, {basis}", { state: state(id), value: number(last.deaths), drug: names[groups[0]][0], year: last.year, basis: t(last.basis) }), unit: t("Deaths by calendar year"), integer: true,
      x: [Date.UTC(Math.min(...years), 0, 1) / 864e5, Date.UTC(Math.max(...years) + 1, 0, 1) / 864e5],
      lines: groups.map((drug) => ({ points: mine.filter((r) => r.drug === drug).map((r) => [midYear(r.year), r.deaths]), stroke: names[drug][1], text: names[drug][0] })),
      numbers: answerOf(["actor_id", "drug", "year", "deaths", "basis", "is_provisional", "source"], mine), from: [...new Set(mine.map((r) => r.source))].filter((s) => publishers[s]).map(publisher),
      note: id === "USA" ? undefined : t("Apparent toxicity deaths: not comparable with those of the United States."),
    });
  });
}

// Acts by quarter: up what the one did, down what the other did.
export function acts({ acts: list, later = [], a, b, x, known, grain }) {
  const within = (r) => days(r.date) >= x[0] && days(r.date) <= x[1];
  const inside = list.filter(within), since = later.filter(within);
  const years = (x[1] - x[0]) / 365;
  const step = grain ?? (years > 16 ? "year" : years > 3 ? "quarter" : "month");
  const n = (source) => inside.filter((r) => r.source_id === source).length;
  const newest = days(site.built.rows[0][site.built.columns.indexOf("last_known")]);
  const when = x[1] > newest && iso(x[0]).slice(5) === "01-01" ? t("since {year}", { year: iso(x[0]).slice(0, 4) }) : t("from {from} to {until}", { from: month(iso(x[0])), until: month(iso(x[1] - 1)) });
  // of a state of which nothing is held nobody knows that it did nothing
  const of = n(a) && n(b) ? "{a} took {n} official acts towards {b} {when}, {b} {m} towards {c}" : n(b) ? "{b} took {m} official acts towards {c} {when}" : "{a} took {n} official acts towards {b} {when}";
  const title = t(of, { a: named(a), b: named(b, false), n: number(n(a)), m: number(n(b)), c: named(a, false), when });
  if (!inside.length && !since.length) return figure({ id: "acts", title: t("Acts"), empty: t("no rows") });
  const start = (text) => {
    const m = step === "year" ? 0 : step === "quarter" ? Math.floor((+text.slice(5, 7) - 1) / 3) * 3 : +text.slice(5, 7) - 1;
    return Date.UTC(+text.slice(0, 4), m, 1) / 864e5;
  };
  const next = (d) => { const at = new Date(d * 864e5); at.setUTCMonth(at.getUTCMonth() + { month: 1, quarter: 3, year: 12 }[step]); return at / 864e5; };
  const bins = new Map();
  for (const r of [...inside, ...since.map((r) => ({ ...r, later: true }))]) {
    const key = start(r.date);
    if (!bins.has(key)) bins.set(key, { [a]: {}, [b]: {} });
    const sort = r.later ? "later" : r.effect === "imposed" ? "b" : r.effect ? "c" : "faint";
    const side = bins.get(key)[r.source_id];
    side[sort] = (side[sort] ?? 0) + 1;
  }
  const total = (side) => Object.values(side).reduce((p, q) => p + q, 0);
  const high = Math.max(1, ...[...bins.values()].map((v) => total(v[a]))), low = Math.max(1, ...[...bins.values()].map((v) => total(v[b])));
  const draw = (width) => {
    const levels = width < 520 ? 3 : 4;
    const top = 34 + levels * 15;
    const plot = new Plot({ width, height: 340, x, y: [-low, high], top });
    plot.axes({ format: (v) => number(Math.abs(v)) });
    for (const [d, sides] of bins) for (const [side, sign] of [[a, 1], [b, -1]]) {
      let at = 0;
      for (const sort of ["b", "c", "faint", "later"]) {
        const k = sides[side][sort];
        if (k) plot.bar(d, next(d), sign * at, sign * (at + k), { fill: sort, opacity: sort === "later" ? 0.6 : undefined });
        at += k ?? 0;
      }
    }
    plot.over.append(plot.text(width, plot.y(plot.y1) + 12, `${t("{a} towards {b}", { a: state(a), b: state(b) })} ↑`, { anchor: "end", weight: 600, fill: "ink" }), plot.text(width, plot.y(plot.y0) - 6, `${t("{a} towards {b}", { a: state(b), b: state(a) })} ↓`, { anchor: "end", weight: 600, fill: "ink" }));
    plot.marks(marksOf(inside, a, width < 520 ? 34 : 56).sort((p, q) => q.weight - p.weight).slice(0, width < 520 ? 8 : 16), top - 14, { rows: levels, lead: false });
    const tips = [...bins].map(([d, s]) => ({ d: (d + next(d)) / 2, text: `${step === "year" ? iso(d).slice(0, 4) : month(iso(d))}: ${state(a)} ${total(s[a])}, ${state(b)} ${total(s[b])}` }));
    return { plot, tips };
  };
  return figure({
    id: "acts", title, draw, unit: t("Official acts by {grain}. Up: {a} towards {b}; down: {b} towards {a}", { grain: t(step), a: state(a), b: state(b) }),
    keys: [["b", t("measure imposed")], ["c", t("eased or cooperation")], ["faint", t("other")], ...(since.length ? [["later", t("became known later")]] : []), ["a", t("act of {a}", { a: state(a) }), "dot"], ["b", t("act of {a}", { a: state(b) }), "up"]],
    note: t("What is held of acts is a choice where no register is covered: these are not all acts."),
    numbers: answerOf(["date", "source_id", "target_id", "sort", "effect", "title", "citation", "url"], inside), from: [t("Federal Register, lists and the reviewed record of acts")],
  });
}

const named = (id, first = true) => (language() === "en" && id === "USA" ? `${first ? "The" : "the"} United States` : state(id));

// Events of the news by direction: cooperation upwards, conflict downwards.
export function news({ panel, a, b, x, grain = "month" }) {
  const all = rows(panel).filter((r) => days(r.period_end) >= x[0] && days(r.date) <= x[1]);
  const periods = new Set(all.map((r) => r.date)).size;
  const held = new Set(all.filter((r) => r.n_events !== null).map((r) => r.date));
  const top = Math.max(1, ...all.map((r) => Math.max((r.n_verbal_cooperation ?? 0) + (r.n_material_cooperation ?? 0), (r.n_verbal_conflict ?? 0) + (r.n_material_conflict ?? 0))));
  return [[a, b], [b, a]].map(([one, other]) => {
    const list = all.filter((r) => r.source_id === one);
    const n = list.reduce((p, r) => p + (r.n_events ?? 0), 0);
    const bad = list.reduce((p, r) => p + (r.n_verbal_conflict ?? 0) + (r.n_material_conflict ?? 0), 0);
    const title = n ? t("{a} towards {b}: {n} events in the news, {p} % of them conflict", { a: named(one), b: named(other, false), n: number(n), p: Math.round((100 * bad) / n) }) : t("{a} towards {b}: no event in the news that is held", { a: named(one), b: named(other, false) });
    const draw = (width) => {
      const plot = new Plot({ width, height: 190, x, y: [-top, top], top: 18 });
      plot.axes({ format: (v) => number(Math.abs(v)) });
      let dark = null;
      for (const r of [...list, { date: iso(x[1]), n_events: 0 }]) {
        if (r.n_events === null) dark ??= days(r.date);
        else if (dark !== null) { plot.hatch(dark, days(r.date), t("no news held")); dark = null; }
      }
      if (list.length && days(list.at(-1).period_end) < x[1]) plot.hatch(days(list.at(-1).period_end), x[1], t("no news held"));
      for (const r of list) {
        const [from, till] = [days(r.date), days(r.period_end) + 1];
        plot.bar(from, till, 0, r.n_verbal_cooperation ?? 0, { fill: "c", opacity: 0.6 });
        plot.bar(from, till, r.n_verbal_cooperation ?? 0, (r.n_verbal_cooperation ?? 0) + (r.n_material_cooperation ?? 0), { fill: "c" });
        plot.bar(from, till, 0, -(r.n_verbal_conflict ?? 0), { fill: "b", opacity: 0.6 });
        plot.bar(from, till, -(r.n_verbal_conflict ?? 0), -(r.n_verbal_conflict ?? 0) - (r.n_material_conflict ?? 0), { fill: "b" });
      }
      return { plot, tips: list.filter((r) => r.n_events !== null).map((r) => ({ d: (days(r.date) + days(r.period_end)) / 2, text: `${month(r.date)}: ${number(r.n_events)}` })) };
    };
    return figure({
      id: `news-${one}`, small: true, title, draw, unit: t("Events by {grain}, one a day per pair and code. Up: cooperation; down: conflict", { grain: t(grain) }), keys: [["c", t("cooperation")], ["b", t("conflict")], ["hatch", t("no news held"), "hatch"]],
      note: t("News is held for {n} of {m} periods.", { n: number(held.size), m: number(periods) }),
      numbers: answerOf(["date", "period_end", "n_events", "n_verbal_cooperation", "n_material_cooperation", "n_verbal_conflict", "n_material_conflict", "goldstein_mean", "coverage_share"], list), from: ["gdelt_v2_events", "gdelt_v1_events", "icews", "polecat"].filter((s) => publishers[s]).map(publisher),
    });
  });
}

// Which days each source covers: a strip each.
export function coverage({ coverage: answer, x }) {
  const list = rows(answer);
  const names = [...new Set(list.map((r) => `${r.kind} ${r.name}`))];
  if (!names.length) return figure({ id: "coverage", title: t("What is held"), empty: t("nothing that is held") });
  const label = (key) => { const [kind, id] = [key.slice(0, key.indexOf(" ")), key.slice(key.indexOf(" ") + 1)]; return kind === "list" ? listName(id) : `${cell("kind", kind)}: ${publishers[id]?.title ?? id}`; };
  const draw = (width) => {
    const plot = new Plot({ width, height: names.length * 30 + 40, x, y: [0, 1], top: 8, labels: false });
    plot.time();
    names.forEach((key, i) => {
      const y = 20 + i * 30;
      plot.over.append(s30(plot, y, width));
      for (const r of list.filter((r) => `${r.kind} ${r.name}` === key)) {
        const p = Math.max(plot.x(days(r.since)), 0), q = Math.min(plot.x(days(r.until) + 1), width);
        if (q < 0 || p > width) continue;
        plot.over.append(strip(p, Math.max(q - p, r.kind === "vintage" ? 2 : 1.5), y, r));
      }
      plot.over.append(plot.text(0, y - 3, label(key), { fill: "ink", size: 11 }));
    });
    return { plot };
  };
  const strip = (p, w, y, r) => { const box = rect(p, y, w, r.kind === "vintage" ? "b" : "a", r.is_whole ? 1 : 0.4); box.append(titled(`${r.since} – ${r.until}${r.is_whole ? "" : `, ${t("in part")}`}`)); return box; };
  return figure({
    id: "coverage", title: t("Days that each source covers"), says: t("What is held"), draw, keys: [["a", t("covered")], ["a", t("in part"), "band"], ["b", t("vintage")]],
    numbers: answerOf(["kind", "name", "since", "until", "is_whole"], list),
  });
}

const NS = "http://www.w3.org/2000/svg";
function rect(x, y, width, fill, opacity) {
  const box = document.createElementNS(NS, "rect");
  for (const [k, v] of Object.entries({ x, y, width, height: 9, fill: colour(fill), opacity })) box.setAttribute(k, v);
  return box;
}
const s30 = (plot, y, width) => rect(0, y, width, "hatch", 1);
const titled = (text) => { const e = document.createElementNS(NS, "title"); e.textContent = text; return e; };

export { publisher, day, h };
