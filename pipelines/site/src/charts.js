// The charts of a pair of states, each with its finding as title.
import { rows, site } from "./data.js";
import { Plot, colour, days, figure, iso, scaleOf, wide } from "./chart.js";
import { h } from "./dom.js";
import { t, number, state, listName, listOf, partiesOf, actTitle, month, fullMonth, shortDay, day, cell, language } from "./words.js";
import { actPage, go, now, same } from "./view.js";

const publishers = Object.fromEntries(rows(site.sources).map((x) => [x.source, x]));
const publisher = (source) => (publishers[source] ? `${publishers[source].publisher}${publishers[source].newest_date ? ` (${publishers[source].newest_date})` : ""}` : source);
const cut = (text, n) => (text.length <= n ? text : `${text.slice(0, n).replace(/[\s,;:]+\S*$/, "").replace(/（[^）]*$/, "")} …`);
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
    label: cut(actTitle(act), language() === "zh" ? most / 2 : most), weight: (WEIGHT[act.sort] ?? 2) + Math.min(6, Math.log2(1 + (act.n_parties ?? 0))) + (act.n_events_that_tell ? 3 : 0) - act.title.length / 30,
    says: `${shortDay(act.date)}, ${state(act.source_id)}: ${actTitle(act)}`,
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
  if (!told.length) return figure({ id: `deaths-${drug}`, title: isAll ? t("Overdose deaths") : t("Deaths from synthetic opioids (mostly fentanyl)"), empty: t("no count yet") });
  const last = told.at(-1), peak = told.reduce((p, q) => (q[main] > p[main] ? q : p));
  const down = Math.round((1 - last[main] / peak[main]) * 100);
  const change = down > 0 ? t("{p} % below the peak of {month}", { p: down, month: fullMonth(peak.period_end) }) : t("the highest so far");
  const title = t(isAll ? "Overdose deaths in the 12 months to {month}: {value}, {change}" : "Deaths from synthetic opioids (mostly fentanyl) in the 12 months to {month}: {value}, {change}", { month: fullMonth(last.period_end), value: number(last[main]), change });
  const revised = told.filter((r) => r.n_versions > 1 && r.first_known).map((r) => Math.abs(r[main] / r.first_known - 1) * 100).sort((p, q) => p - q);
  const from = (r) => days(r.period_end);
  // a band that nobody could see is left out: 2 pixels of 300
  const isRevised = !known && list.some((r) => r.highest - r.lowest > peak[main] / 150);
  const draw = (width) => {
    const levels = width < 520 ? 3 : 5;
    const top = acts.length ? 34 + levels * 15 : 16;
    const plot = new Plot({ width, height: height + (width < 520 ? -20 : 0), x, y: [0, Math.max(...list.map((r) => Math.max(r.highest ?? 0, r[main] ?? 0)))], top });
    plot.axes();
    gaps(told.map(from), 40).forEach(([p, q]) => plot.hatch(p, q, t("no count yet")));
    if (from(told[0]) - x[0] > 40) plot.hatch(x[0], from(told[0]) - 15, t("no count yet"));
    plot.hatch(from(last) + 15, x[1], t("no count yet"), Boolean(known));
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
    unit: t(isAll ? "Deaths in the 12 months to each month, United States, all drugs" : "Deaths in the 12 months to each month, United States. Above: official acts of both states on drugs"),
    says: `${title}. ${t("{n} acts", { n: once(acts).length })}`,
    keys: [["a", known ? t("as known then") : t("as known now "), "line"], ...(known ? [["later", t("as known now "), "dash"]] : isRevised ? [["muted", t("as first published"), "dash"], ["a", t("range of all revisions"), "band"]] : []),
      ...(acts.length ? [["a", t("act of {a}", { a: state(a) }), "dot"], ["b", t("act of {a}", { a: state(acts.find((r) => r.source_id !== a)?.source_id ?? "") }), "up"]].filter(([, text]) => !/ $/.test(text)) : [])],
    note: revised.length && !known ? t("Counts are revised for years: by {p} % in the median, by {most} % at most since the first publication that is in this file.", { p: number(revised[Math.floor(revised.length / 2)], 1), most: number(revised.at(-1), 1) }) : undefined,
    method: t(isAll ? "Counted: overdose deaths that occurred in the United States, whoever died, adjusted by the source for late records (predicted counts). Final counts, of residents, differ by up to 2 %." : "Counted: overdose deaths that occurred in the United States whose certificate names a synthetic opioid other than methadone (T40.4), adjusted by the source for late records (predicted counts). Certificates that name no drug are not in it."),
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
  // a list of which there is one edition is a number, no course over time
  const isSingle = (g) => Math.min(g.end.day, x[1]) - Math.max(days(g.then[0].date), x[0]) < 60;
  return { all: together(charts.filter((g) => !isSingle(g)), x, known), small: charts.filter((g) => !isSingle(g)).slice(0, most).map((g) => oneList(g, x, known)), single: charts.filter(isSingle).map((g) => titleOf(g, x, known).title) };
}

function ended(list) {
  const last = list.at(-1), held = last.last_covered ? days(last.last_covered) : -Infinity;
  // the row of the day after the last one covered says no more than that
  const isEnd = days(last.date) === held + 1 && !last.n_added && !last.n_removed;
  return { day: isEnd ? held : Math.max(days(last.date), held), value: last.n_in_force, covered: isEnd || held >= days(last.date) };
}

export const COUNTED = "Counted: listings whose party has the state as nationality, address or aim; a party may have several.";
function titleOf({ then: list, end }, x, known) {
  const { list_id: id, target_id: target } = list[0];
  const stop = Math.min(end.day, x[1], known ? days(known) - 1 : days(site.built.rows[0][site.built.columns.indexOf("last_known")]));
  const until = [...list].reverse().find((r) => days(r.date) <= stop);
  const value = until?.n_in_force ?? 0;
  const words = end.covered ? number(value) : t("at least {n}", { n: number(value) });
  const when = fullMonth(iso(stop));
  return { stop, value, words: t("{n} in {month}", { n: words, month: when }), title: t("{parties} on the {list}: {n} in {month}", { parties: partiesOf(target), list: listName(id), n: words, month: when }) };
}

// The days of a list between its changes, and runs of them with every edition in the file (ok) or not.
function course(list, end) {
  const spans = list.map((r, i) => ({ from: days(r.date), to: i + 1 < list.length ? days(list[i + 1].date) : end.day + 1, n: r.n_in_force, ok: r.is_covered })).filter((p) => p.to > p.from);
  const runs = [];
  for (const p of spans) {
    const run = runs.at(-1);
    if (run && run.ok === p.ok) run.points.push([p.from, p.n], [p.to, p.n]);
    else runs.push({ ok: p.ok, points: [...(run ? [run.points.at(-1)] : []), [p.from, p.n], [p.to, p.n]] });
  }
  return { spans, runs };
}

// Several lists in one frame, those that the address names, else those with most: a line each, with its name at its end.
function together(groups, x, known) {
  if (groups.length < 2) return null;
  const key = (g) => `${g.then[0].list_id}.${g.then[0].target_id}`, asked = now.lists?.split(",") ?? [];
  const scale = scaleOf("lists", ["log", "stacked"]);
  // the Consolidated Screening List repeats others, and is not added to them unless it is chosen
  const chosen = groups.filter((g) => asked.includes(key(g))), most = groups.filter((g) => scale !== "stacked" || g.then[0].list_id !== "us_csl").sort((p, q) => q.end.value - p.end.value);
  const drawn = (chosen.length ? chosen : most.slice(0, 5)).slice(0, 6).map((g, i) => ({ ...g, ...titleOf(g, x, known), stroke: "abcdef"[i], ...course(g.then, g.end) })).sort((p, q) => q.value - p.value);
  const isMixed = new Set(groups.map((g) => g.then[0].target_id)).size > 1;
  const label = (g) => `${listName(g.then[0].list_id)}${isMixed ? ` (${partiesOf(g.then[0].target_id)})` : ""}`;
  // the same days for all, twice where a list changes, so that areas have steps; after its last edition a list counts as in that one
  const valueAt = (g, d) => (g.spans.findLast((p) => p.from <= d) ?? { n: 0 }).n;
  const changes = [...new Set(drawn.flatMap((g) => g.spans.map((p) => p.from)))].filter((d) => d > x[0] && d < x[1]).sort((p, q) => p - q);
  const end = Math.min(x[1], Math.max(...drawn.map((g) => g.stop)));
  const parts = drawn.map((g) => ({ stroke: g.stroke, points: [[x[0], valueAt(g, x[0])], ...changes.filter((d) => d < end).flatMap((d) => [[d, valueAt(g, d - 1)], [d, valueAt(g, d)]]), [end, valueAt(g, end)]] }));
  const draw = (width) => {
    const right = 14 + Math.max(...drawn.map((g) => wide(`${width < 700 ? "" : `${label(g)} `}${number(g.value)}`, 12, 600)));
    const seen = drawn.flatMap((g) => inView(g.runs.flatMap((r) => r.points), x).map((p) => p[1])), log = scale === "log";
    const plot = new Plot({ width, height: 340, x, y: [log ? Math.min(...seen.filter((v) => v > 0)) : 0, scale === "stacked" ? Math.max(...parts[0].points.map((_, i) => parts.reduce((n, p) => n + p.points[i][1], 0))) : Math.max(...seen)], right, log });
    plot.axes();
    const middles = scale === "stacked" ? stacked(plot, parts) : null;
    // from the highest: names at the ends of lines, pushed apart where two ends meet
    let last = -Infinity;
    for (const [i, g] of [...drawn.entries()].sort(([i], [k]) => (middles ? middles[k] - middles[i] : i - k))) {
      const [d, v] = middles ? [parts[i].points.at(-1)[0], middles[i]] : [g.stop, g.value];
      if (!middles) {
        for (const run of g.runs) plot.line(inView(run.points, x), { step: true, stroke: g.stroke, width: run.ok ? 2.4 : 1.6, dash: run.ok ? undefined : "2 2.5" });
        if (v > 0 || !log) plot.dot(d, v, { fill: g.stroke });
      }
      last = Math.max(plot.y(v), last + 14);
      plot.over.append(plot.text(plot.x(d) + 8, last + 4, `${width < 700 ? "" : `${label(g)} `}${number(g.value)}`, { fill: g.stroke, weight: 600 }));
    }
    const at = [...new Set(drawn.flatMap((g) => g.spans.map((p) => p.from)))].sort((p, q) => p - q);
    const on = (g, d) => g.spans.findLast((p) => p.from <= d && d < p.to);
    return { plot, tips: at.map((d) => ({ d, text: `${shortDay(iso(d))}: ${drawn.filter((g) => on(g, d)).map((g) => `${listName(g.then[0].list_id)} ${number(on(g, d).n)}`).join(", ")}` })) };
  };
  const words = drawn[0];
  const chart = figure({
    id: "lists", draw, scale, unit: t("Listings in force"), title: t("Of {n} lists {parties} are most on the {list}: {value}", { n: drawn.length, parties: partiesOf(words.then[0].target_id), list: listName(words.then[0].list_id), value: words.words }),
    keys: drawn.map((g) => [g.stroke, label(g), scale === "stacked" ? "box" : "line"]), isDirect: true,
    method: `${t(scale === "stacked" ? "Listings, not parties: a party on two lists counts twice. A list counts from its first edition in the file on, and after its last one as in that; where editions are missing, at least so many." : "Solid: every edition is in the file. Dashed: at least so many, since removals between editions may be missing. Lists do not add up: a party may be on several.")} ${t(COUNTED)}`,
    numbers: { columns: ["list_id", "target_id", "date", "n_in_force", "is_covered"], rows: drawn.flatMap((g) => g.then.map((r) => [r.list_id, r.target_id, r.date, r.n_in_force, r.is_covered])) }, from: drawn.map((g) => listOf(g.then[0].list_id)?.full_name ?? g.then[0].list_id),
  });
  const names = drawn.map(key), toggled = (k) => (names.includes(k) ? names.filter((n) => n !== k) : [...names, k]).join(",");
  chart.querySelector(".room").before(h("p", { class: "chips" }, groups.length > 2 && !now.chart ? groups.map((g) => h("button", { type: "button", "aria-pressed": String(names.includes(key(g))), onclick: () => go(same({ lists: toggled(key(g)) })) }, label(g))) : null));
  return chart;
}

function oneList(group, x, known) {
  const { then: list, now: later, end, top } = group;
  const { list_id: id, source_id: source, target_id: target } = list[0];
  const { stop, value, title } = titleOf(group, x, known), alone = now.chart;
  const { spans, runs } = course(list, end);
  const draw = (width) => {
    const plot = new Plot({ width, height: 168, x, y: [0, Math.max(top, ...later.map((r) => r.n_in_force ?? 0))], top: 18 });
    plot.axes();
    let dark = x[0];
    for (const p of spans.filter((p) => p.ok)) {
      if (p.from > dark) plot.hatch(dark, p.from, t("not covered"), true);
      dark = Math.max(dark, p.to);
    }
    plot.hatch(dark, x[1], t("not covered"), true);
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
    says: `${title}. ${t("Solid: every edition is in the file. Dashed over a hatched foot: at least so many, since removals between editions may be missing. Charts have scales of their own.")}`,
    method: `${alone ? `${t(COUNTED)} ` : ""}${covers(list)}`,
    numbers: answerOf(["date", "n_in_force", "n_added", "n_removed", "is_covered"], list), from: [listOf(id)?.full_name ?? id],
  });
}

// On which days every edition of a list is in the file: the longest run of them.
function covers(list) {
  const runs = [];
  list.forEach((r, i) => {
    const [from, to] = [days(r.date), i + 1 < list.length ? days(list[i + 1].date) : Math.max(days(r.date), r.last_covered ? days(r.last_covered) + 1 : 0)];
    if (!r.is_covered || to <= from) return;
    if (runs.at(-1)?.[1] === from) runs.at(-1)[1] = to;
    else runs.push([from, to]);
  });
  const [from, to] = runs.reduce((p, q) => (q[1] - q[0] > p[1] - p[0] ? q : p), [0, 0]);
  if (to - from < 60) return t("Single editions and notices: what was removed between them is not known.");
  return `${t("Every edition from {from} to {until}", { from: shortDay(iso(from)), until: shortDay(iso(to - 1)) })}${runs.length > 1 ? t(", of other days some") : ""}.`;
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

// A small chart of lines over time or years. lines: [{points: [[day, value]], stroke, text, step, band: [[day, low, high]]}]; parts: lines of
// the same form that add up, for the scale "stacked"
function lines({ id, title, unit, x, lines: all, parts, numbers, from, note, method, format, integer = false, height = 168, isLarge = false, scales = [] }) {
  const values = all.flatMap((l) => [...l.points.map((p) => p[1]), ...(l.band ?? []).flatMap((p) => p.slice(1))]).filter((v) => v !== null);
  if (!values.length) return null;
  const scale = scaleOf(id, parts ? [...scales, "stacked"] : scales), shown = scale === "stacked" ? parts : all;
  const draw = (width) => {
    const log = scale === "log", low = log ? Math.min(...values.filter((v) => v > 0)) : Math.min(0, ...values);
    const plot = new Plot({ width, height, x, y: [low, Math.max(...values)], top: 18, integer, log });
    plot.axes({ format });
    if (scale === "stacked") stacked(plot, parts);
    else for (const l of all) {
      if (l.band) plot.band(l.band, { fill: l.stroke, opacity: 0.12 });
      plot.line(l.points, { stroke: l.stroke, step: l.step, width: 2.2, dash: l.dash });
      const last = l.points.filter((p) => p[1] !== null && plot.inside(p[0])).at(-1);
      if (last && !l.step && !(log && last[1] <= 0)) plot.dot(...last, { fill: l.stroke });
    }
    const at = [...new Set(shown.flatMap((l) => l.points.map((p) => p[0])))].sort((p, q) => p - q);
    const value = (l, d) => (l.step ? l.points.filter((p) => p[0] <= d).at(-1) : l.points.find((p) => p[0] === d))?.[1];
    return { plot, tips: at.map((d) => ({ d, text: `${all[0].step ? shortDay(iso(d)) : iso(d).slice(0, 4)}: ${shown.filter((l) => value(l, d) !== undefined && value(l, d) !== null).map((l) => `${l.text} ${number(value(l, d), 2)}`).join(", ")}` })) };
  };
  return figure({ id, small: !isLarge, title, unit, says: title, draw, scale, keys: shown.filter((l) => l.text).map((l) => [l.stroke, l.text, scale === "stacked" ? "box" : l.dash ? "dash" : "line"]), numbers, from, note, method });
}

// Areas of [day, value], the first at the bottom; all have the same days. Gives where each ends.
function stacked(plot, parts) {
  const floor = new Map();
  return parts.map(({ points, stroke }) => {
    plot.band(points.map(([d, v], i) => { const low = floor.get(i) ?? 0; floor.set(i, low + v); return [d, low, low + v]; }), { fill: stroke, opacity: 0.75 });
    return floor.get(points.length - 1) - points.at(-1)[1] / 2;
  });
}

// Additional duties of each on goods of the other, by day: the range over goods.
export function duties(answer, a, b, [x0, x1], known) {
  const end = known ? Math.min(days(known), x1) : x1, x = [x0, x1];
  const list = rows(answer).map((r) => ({ ...r, to_date: iso(Math.min(days(r.to_date), end)) })).filter((r) => days(r.to_date) > x0 && days(r.from_date) < end);
  const newestOf = (id) => list.filter((r) => r.source_id === id).at(-1);
  const line = (id, stroke) => {
    const mine = list.filter((r) => r.source_id === id);
    const steps = (v) => inView(mine.flatMap((r) => [[days(r.from_date), v(r)], [days(r.to_date), v(r)]]), x);
    const high = steps((r) => r.rate_high), low = steps((r) => r.rate_low);
    return { points: high, stroke, step: true, text: t("on goods of {a}", { a: state(id === a ? b : a) }), band: high.map(([d, v], i) => [d, low[i][1], v]) };
  };
  const newest = newestOf(a) ?? newestOf(b);
  if (!newest) return null;
  return lines({
    id: "duties", title: t("Additional duties: {a} up to {p} % on goods of {b}, {b} up to {q} %, in {month}", { a: state(a), b: state(b), p: number(newestOf(a)?.rate_high, 1), q: number(newestOf(b)?.rate_high, 1), month: fullMonth(iso(days(newest.to_date) - 1)) }),
    unit: t("Percent of value, by day; the band spans all goods. Ordinary duties come on top"), x, lines: [line(a, "a"), line(b, "b")], integer: true, numbers: answerOf(["source_id", "target_id", "from_date", "to_date", "rate_low", "rate_high", "measures"], list), from: [t("Federal Register and Chinese announcements, each measure with its citation")],
    method: t("Counted: duties on top of the ordinary ones, by the day they apply. The line is the highest rate of any goods, the band all goods; what share of trade a rate applies to is not counted."),
  });
}

// Acts by year of several pairs, the year that still runs left open; or their listings in force at the end of each year, of the last one now.
export function compared(by, pairs, years) {
  const isActs = by === "acts", drawn = isActs && years.length > 1 ? years.slice(0, -1) : years, year = drawn.at(-1);
  const n = (p, y) => p.years[y - 2017], order = [...pairs].sort((p, q) => n(q, year) - n(p, year));
  return lines({
    id: "compared", height: 340, isLarge: true, integer: true, scales: ["log"],
    unit: t(isActs ? "Official acts of either state towards the other, by year; {year}, in part, is in the table" : "Listings of parties of either state on lists of the other, in force at the end of each year, of {year} now: at least so many", { year: years.at(-1) }),
    title: t(isActs ? "Official acts in {year}: {list}" : "Listings in force in {year}: {list}", { year, list: order.map((p) => `${p.label} ${number(n(p, year))}`).join(", ") }), x: [Date.UTC(2017, 0, 1) / 864e5, Date.UTC(year + 1, 0, 1) / 864e5],
    lines: pairs.map((p, i) => ({ points: drawn.map((y) => [isActs ? midYear(y) : Math.min(Date.UTC(y, 11, 31) / 864e5, days(site.built.rows[0][site.built.columns.indexOf("last_known")])), n(p, y)]), stroke: "abcdef"[i], text: p.label })),
    method: isActs ? t("Counted: rules, notices, listings and talks that name the other state or its parties, each on its day. Complete for the lists and the Federal Register on covered days; elsewhere a reviewed choice. Not counted: antidumping duties, and acts of parliaments.") : `${t(COUNTED)} ${t("A list counts from its first edition in the file on.")}`,
    numbers: { columns: ["year", ...pairs.map((p) => p.label)], rows: years.map((y) => [y, ...pairs.map((p) => n(p, y))]) }, from: [t("Federal Register, lists and the reviewed record of acts")],
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
    return last ? lines({ id, title: t(words, { a: state(a), b: state(b), year: last.year, value: number(last[column] * scale, scale === 1 ? 2 : 0) }), unit, x, lines: [{ points: of(column).map((r) => [midYear(r.year), r[column] * scale]), stroke: "c", text: "" }], method: t("Counted: roll calls in which both voted; absences are left out."), numbers: answerOf(["year", "session", column], list), from: publishers.un_ideal_points ? [publisher("un_ideal_points")] : [] }) : null;
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
  return top && lines({ id: "tension", title: t("Tension was highest in {month}: {a} towards {b}, {value}", { month: fullMonth(top.period_end), a: state(top.source_id), b: state(top.target_id), value: number(top.tension, 2) }), unit: t("Tension index by month, 0 to 100; current knowledge"), method: t("Share of conflict, weighted by its kind, in the events of the last 30 days with news; no value with fewer than 10 events."), x, lines: [line(a, "a"), line(b, "b")], numbers: answerOf(["source_id", "target_id", "period_end", "tension", "n_events"], list) });
}

// Deaths by drugs by calendar year, a small chart for each of the two states that has a count.
export function deathsByYear(answer, both) {
  const list = rows(answer).filter((r) => r.year >= 1999);
  return both.map((id) => {
    const mine = list.filter((r) => r.actor_id === id);
    if (mine.length < 2) return null;
    const names = { all: [t("all drugs"), "a"], "T40.4": [t("synthetic opioids"), "b"], "T40.2,T40.3": [t("natural and semisynthetic opioids, methadone"), "f"], "T40.1": [t("heroin"), "d"], "T40.5": [t("cocaine"), "c"], "T43.6": [t("methamphetamine and other stimulants"), "e"], opioids: [t("opioids"), "b"], stimulants: [t("stimulants"), "c"] };
    const groups = Object.keys(names).filter((drug) => mine.some((r) => r.drug === drug));
    if (!groups.length) return null;
    const last = mine.filter((r) => r.drug === groups[0]).at(-1);
    const years = mine.map((r) => r.year);
    // classes overlap, since a death may be by several; with and without synthetic opioids add up
    const n = (drug) => new Map(mine.filter((r) => r.drug === drug).map((r) => [r.year, r.deaths])), all = n("all"), named = n("T40.4"), both = [...all.keys()].filter((y) => named.has(y));
    const part = (value, stroke, text) => ({ points: both.map((y) => [midYear(y), value(y)]), stroke, text: t(text) });
    return lines({
      id: `deaths-by-year-${id}`, scales: ["log"], parts: both.length > 1 ? [part((y) => named.get(y), "b", "with synthetic opioids"), part((y) => all.get(y) - named.get(y), "a", "without")] : undefined, title: t("{state}: {value} deaths ({drug}) in {year}, {basis}", { state: state(id), value: number(last.deaths), drug: names[groups[0]][0], year: last.year, basis: t(last.basis) }), unit: t("Deaths by calendar year"), integer: true,
      x: [Date.UTC(Math.min(...years), 0, 1) / 864e5, Date.UTC(Math.max(...years) + 1, 0, 1) / 864e5],
      lines: groups.map((drug) => ({ points: mine.filter((r) => r.drug === drug).map((r) => [midYear(r.year), r.deaths]), stroke: names[drug][1], text: names[drug][0] })),
      numbers: answerOf(["actor_id", "drug", "year", "deaths", "basis", "is_provisional", "source"], mine), from: [...new Set(mine.map((r) => r.source))].filter((s) => publishers[s]).map(publisher),
      method: id === "USA" ? t("Counted: for each year the best count there is: final (of residents), else reported or predicted. A death by several drugs counts in each class: classes do not add up.") : t("Apparent toxicity deaths: not comparable with those of the United States."),
    });
  });
}

// Fentanyl that was found, by year: a small chart for each state and way of finding it.
export function fentanyl(answer) {
  const words = {
    border: (v) => [t("{state}: {value} kg of fentanyl seized at the borders in fiscal {year}", v), t("Kilograms by fiscal year (from October)"), t("Counted: what the border authority seized; purity is not known, and more seized may be more searched.")],
    laboratories: (v) => [t("{state}: forensic laboratories found fentanyl or the like {value} times in {year}", v), t("Reports by year"), t("Counted: items tested in which it was found; neither deaths nor seizures. The last year grows for months.")],
    reported: (v) => [t("{state}: {value} kg of fentanyl seized in {year}, as reported to the UN", v), t("Kilograms by year"), t("Counted: what the state reports; a year without a report is unknown, not 0.")],
  };
  const all = rows(answer);
  return [...new Set(all.map((r) => `${r.actor_id} ${r.series}`))].map((key) => {
    const mine = all.filter((r) => `${r.actor_id} ${r.series}` === key), { actor_id: id, series, year, value, source } = mine.at(-1);
    const [title, unit, method] = words[series]({ state: state(id), value: number(value), year });
    return mine.length < 2 ? null : lines({
      id: `fentanyl-${series}-${id}`, title, unit, method, integer: true,
      x: [Date.UTC(mine[0].year, 0, 1) / 864e5, Date.UTC(year + 1, 0, 1) / 864e5],
      lines: [{ points: mine.map((r) => [midYear(r.year), r.value]), stroke: "b", text: "" }],
      numbers: answerOf(["actor_id", "series", "year", "value", "source"], mine), from: publishers[source] ? [publisher(source)] : [],
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
    plot.over.append(plot.text(plot.left + 4, plot.y(plot.y1) + 12, `↑ ${t("{a} towards {b}", { a: state(a), b: state(b) })}`, { weight: 600, fill: "ink" }), plot.text(plot.left + 4, plot.y(plot.y0) - 6, `↓ ${t("{a} towards {b}", { a: state(b), b: state(a) })}`, { weight: 600, fill: "ink" }));
    plot.marks(marksOf(inside, a, width < 520 ? 34 : 56).sort((p, q) => q.weight - p.weight).slice(0, width < 520 ? 8 : 16), top - 14, { rows: levels, lead: false });
    const tips = [...bins].map(([d, s]) => ({ d: (d + next(d)) / 2, text: `${step === "year" ? iso(d).slice(0, 4) : month(iso(d))}: ${state(a)} ${total(s[a])}, ${state(b)} ${total(s[b])}` }));
    return { plot, tips };
  };
  return figure({
    id: "acts", title, draw, unit: t("Official acts by {grain}. Up: {a} towards {b}; down: {b} towards {a}", { grain: t(step), a: state(a), b: state(b) }),
    keys: [["b", t("measure imposed")], ["c", t("eased or cooperation")], ["faint", t("other")], ...(since.length ? [["later", t("became known later")]] : []), ["a", t("act of {a}", { a: state(a) }), "dot"], ["b", t("act of {a}", { a: state(b) }), "up"]],
    method: t("Counted: rules, notices, listings and talks that name the other state or its parties, each on its day. Complete for the lists and the Federal Register on covered days; elsewhere a reviewed choice. Not counted: antidumping duties, and acts of parliaments."),
    numbers: answerOf(["date", "source_id", "target_id", "sort", "effect", "title", "citation", "url"], inside), from: [t("Federal Register, lists and the reviewed record of acts")],
  });
}

export const named = (id, first = true) => (language() === "en" && id === "USA" ? `${first ? "The" : "the"} United States` : state(id));

// Events of the news by direction: cooperation upwards, conflict downwards.
export function news({ panel, a, b, x, grain = "month" }) {
  const all = rows(panel).filter((r) => r.n_events !== null && days(r.period_end) >= x[0] && days(r.date) <= x[1]);
  const told = [...new Set(all.map((r) => r.date))].sort();
  if (!told.length) return [];
  // where most of the time has no news, the time that has some is shown, and the title says which
  const span = [days(told[0]) - 31, days(all.reduce((p, r) => (r.period_end > p ? r.period_end : p), "")) + 31];
  const view = span[1] - span[0] < (x[1] - x[0]) * 0.75 ? span : x;
  const covered = told.map((d) => [days(d), days(all.find((r) => r.date === d).period_end) + 1]);
  const top = Math.max(1, ...all.map((r) => Math.max(r.n_verbal_cooperation + r.n_material_cooperation, r.n_verbal_conflict + r.n_material_conflict)));
  return [[a, b], [b, a]].map(([one, other]) => {
    const list = all.filter((r) => r.source_id === one);
    const n = list.reduce((p, r) => p + r.n_events, 0);
    const bad = list.reduce((p, r) => p + r.n_verbal_conflict + r.n_material_conflict, 0);
    const names = { a: named(one), b: named(other, false), from: month(told[0]), until: month(told.at(-1)) };
    const title = n ? t("{a} towards {b}, {from} to {until}: {n} events in the news, {p} % of them conflict", { ...names, n: number(n), p: Math.round((100 * bad) / n) }) : t("{a} towards {b}, {from} to {until}: no event in the news", names);
    const draw = (width) => {
      const plot = new Plot({ width, height: 190, x: view, y: [-top, top], top: 18 });
      plot.axes({ format: (v) => number(Math.abs(v)) });
      [[view[0], view[0]], ...covered].forEach(([, end], i) => plot.hatch(end, covered[i]?.[0] ?? view[1], t("no news in this file"), true));
      for (const r of list) {
        const [from, till] = [days(r.date), days(r.period_end) + 1];
        plot.bar(from, till, 0, r.n_verbal_cooperation, { fill: "c", opacity: 0.6 });
        plot.bar(from, till, r.n_verbal_cooperation, r.n_verbal_cooperation + r.n_material_cooperation, { fill: "c" });
        plot.bar(from, till, 0, -r.n_verbal_conflict, { fill: "b", opacity: 0.6 });
        plot.bar(from, till, -r.n_verbal_conflict, -r.n_verbal_conflict - r.n_material_conflict, { fill: "b" });
      }
      return { plot, tips: list.map((r) => ({ d: (days(r.date) + days(r.period_end)) / 2, text: `${month(r.date)}: ${number(r.n_events)}` })) };
    };
    return figure({
      id: `news-${one}`, small: true, title, draw, unit: t("Events by {grain}. Up: cooperation; down: conflict. Pale: words, full: deeds", { grain: t(grain) }), keys: [["c", t("cooperation")], ["b", t("conflict")], ["hatch", t("no news in this file"), "hatch"]],
      method: t("Counted: one event a day for each pair of parties and kind, as coders read it in reports; not how often it was reported. {n} periods have news in this file; in the others nothing is known, not 0.", { n: number(told.length) }),
      numbers: answerOf(["date", "period_end", "n_events", "n_verbal_cooperation", "n_material_cooperation", "n_verbal_conflict", "n_material_conflict", "goldstein_mean"], list), from: [...["gdelt_v2_events", "gdelt_v1_events", "icews", "polecat"].filter((s) => publishers[s]).map(publisher), ...(publishers.coded_texts ? [publisher("coded_texts")] : [])],
    });
  });
}

// Which days each source covers: a strip each.
export function coverage({ coverage: answer, x }) {
  const list = rows(answer);
  const names = [...new Set(list.map((r) => `${r.kind} ${r.name}`))];
  if (!names.length) return figure({ id: "coverage", title: t("Days that each source covers"), empty: t("nothing in this file") });
  const year = iso(x[1] - 1).slice(0, 4);
  const label = (key) => { const [kind, id] = [key.slice(0, key.indexOf(" ")), key.slice(key.indexOf(" ") + 1)]; return kind === "list" ? listName(id) : `${t(kind)}: ${publishers[id]?.title ?? id}`; };
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
    id: "coverage", title: t("{n} of {m} sources on these states are covered up to {year} or later", { n: names.filter((key) => list.some((r) => `${r.kind} ${r.name}` === key && r.until.slice(0, 4) >= year)).length, m: names.length, year }), unit: t("Days that each source covers"), draw,
    method: t("Covered: additions and removals of each day are in the file. In part: single editions, or additions alone. A vintage is an edition of the counts of deaths."), keys: [["a", t("covered")], ["a", t("in part"), "band"], ["b", t("vintage")]],
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
