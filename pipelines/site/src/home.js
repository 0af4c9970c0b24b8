// The first page: what this is in ten seconds.
import { pairsAt, rows, site } from "./data.js";
import * as charts from "./charts.js";
import { colour } from "./chart.js";
import { h, s } from "./dom.js";
import { map, yearsOf } from "./map.js";
import { table } from "./table.js";
import { numbers, pairOf, period } from "./pair.js";
import { go, same, to } from "./view.js";
import { t, counted, number, state, shortDay, actTitle, fullMonth, cell } from "./words.js";

const MOST_PAIRS = 6;

export async function home(view, isWanted) {
  const built = rows(site.built)[0];
  const pairs = await pairsAt(view.known, isWanted);
  const main = h("div", { class: "home" },
    h("h1", null, t("Who sanctioned whom, how many died, what was said: as known on any day.")),
    view.known ? null : h("p", { class: "lead" }, t("{acts} official acts, {listings} listings on {lists} sanctions lists, overdose deaths with every revision, and the news, joined on actor and date.", { acts: number(built.n_acts), listings: number(built.n_listings), lists: number(site.list_names.rows.length) })),
    searchBox(""));
  if (!pairs.length) return main;
  const first = pairs.find((p) => p.source_id === "CHN" && p.target_id === "USA") ?? pairs[0];
  const [a, b] = pairOf(first).split("-");
  const { x } = period({});
  const got = await numbers(a, b, { known: view.known }, isWanted);
  const acts = rows(got.acts);
  const story = { view: "pair", what: `${a}-${b}` };
  main.append(
    h("section", null, h("h2", null, t("Fentanyl, 2017 to now")), told(got, acts, a, b, view.known), charts.deaths({ overdose: got.overdose, acts: acts.filter((r) => r.subject === "drugs"), a, drug: "T40.4", x, known: view.known, height: 400 }), h("p", null, h("a", { href: to({ ...story, tab: "acts", filter: t("drugs") }) }, `${t("All acts on drugs")} →`))),
    h("section", { class: "columns" },
      h("div", null, h("h2", null, t("Newest acts")), h("ol", { class: "acts" }, charts.once(acts).filter((r) => !["other", "trade_remedy"].includes(r.sort)).slice(0, 7).map((r) => h("li", null, h("span", { class: "when" }, `${shortDay(r.date)} · ${state(r.source_id)} · ${cell("sort", r.sort)}`), h("a", { href: to({ view: "act", what: r.act_id }) }, actTitle(r))))), h("a", { href: to({ ...story, tab: "acts" }) }, `${t("All acts")} →`)),
      h("div", null, h("h2", null, `${state(a)} ${t("and")} ${state(b)}`), charts.lists({ lists: got.lists, nowLists: view.known ? got.current.lists : null, a, b, x, known: view.known, most: 2 }).small, h("a", { href: to(story) }, `${t("The story in full")} →`))),
    h("section", null, h("h2", null, t("Pairs of states with data")), await map(view, pairs), h("p", { class: "note" }, t("Bars: official acts by year since 2017, on one scale.")), pairTable(pairs)));
  return main;
}

export function searchBox(q) {
  const input = h("input", { type: "search", value: q, required: true, placeholder: t("Name of a person, firm or ship, in any script"), "aria-label": t("Find a party") });
  return h("form", { class: "search", role: "search", onsubmit: (e) => { e.preventDefault(); if (input.value.trim()) go(to({ view: "find", q: input.value.trim() })); } }, input, h("button", null, t("Search")));
}

// The story in a few computed sentences.
function told(got, acts, a, b, known) {
  const field = known ? "known_then" : "known_now";
  const counts = rows(got.overdose).filter((r) => r.actor_id === "USA" && r.drug === "T40.4" && r.period_end >= "2017" && r[field] !== null).sort((p, q) => (p.period_end < q.period_end ? -1 : 1));
  if (!counts.length) return null;
  const [first, last] = [counts[0], counts.at(-1)], peak = counts.reduce((p, q) => (q[field] > p[field] ? q : p));
  const n = (source) => number(acts.filter((r) => r.subject === "drugs" && r.source_id === source && r.date >= "2017").length);
  const at = (r) => ({ n: number(r[field]), month: fullMonth(r.period_end) });
  return h("p", { class: "story" }, t("Deaths from synthetic opioids in the United States over 12 months: {n} to {month},", at(first)), " ", peak === last ? "" : [t("{n} at the peak, to {month},", at(peak)), " "], t("{n} to {month}.", at(last)), " ", t("Since 2017 {a} took {n} official acts on drugs that concern {b}, and {b} took {m} that concern {a}.", { a: charts.named(a, false), b: state(b), n: n(a), m: n(b) }));
}

// Bars of acts by year; most: where the scale ends.
function bars(years, most) {
  const [wide, high] = [100 / years.length, 34];
  return s("svg", { viewBox: `0 0 100 ${high}`, width: "100%", height: high, preserveAspectRatio: "none", "aria-hidden": "true" }, years.map((n, i) => n ? s("rect", { x: i * wide, width: wide * 0.8, y: high - Math.max(1, (n / most) * high), height: Math.max(1, (n / most) * high), fill: colour("a") }) : null), s("rect", { x: 0, y: high - 0.5, width: 100, height: 0.5, fill: colour("faint") }));
}

function pairTable(pairs) {
  const shown = pairs.slice(0, 12);
  const most = Math.max(...shown.flatMap((p) => p.acts_by_year), 1);
  const cards = shown.map((p) => h("a", { class: "card", href: to({ view: "pair", what: pairOf(p) }) }, h("strong", null, pairOf(p).split("-").map(state).join(" – ")), bars(p.acts_by_year, most), h("span", null, ["acts", "listings", "events"].filter((n) => p[`n_${n}`]).map((n) => counted(p[`n_${n}`], n)).join(" · "))));
  const rest = { columns: ["pair", "n_acts", "n_listings", "n_events", "key"], rows: pairs.map((p) => [pairOf(p).split("-").map(state).join(" – "), p.n_acts, p.n_listings, p.n_events, pairOf(p)]) };
  return [h("div", { class: "cards" }, cards), h("p", null, h("a", { href: to({ view: "compare", what: shown.slice(0, 3).map(pairOf).join(",") }) }, `${t("Compare pairs in one chart")} →`)), h("details", null, h("summary", null, `${t("all")} (${number(pairs.length)})`), table(rest, { caption: t("Pairs of states with data"), isMain: true, show: ["pair", "n_acts", "n_listings", "n_events"], link: { pair: (r, at) => to({ view: "pair", what: r[at.key] }) } }))];
}

// Up to six pairs in one chart, by year: official acts, or listings in force at the end of a year, which lie beside the page for all pairs.
export async function compare(view, isWanted) {
  const all = await pairsAt(view.known, isWanted);
  const by = view.by === "listings" && yearsOf(all, "listings").length ? "listings" : "acts";
  const byKey = new Map(all.map((p) => [pairOf(p), p]));
  const chosen = [...new Set(view.what.split(",").filter(Boolean).map((key) => [key, key.split("-").reverse().join("-")].find((k) => byKey.has(k)) ?? key))].slice(0, MOST_PAIRS);
  const told = chosen.filter((key) => byKey.get(key)?.[`n_${by}`]), untold = chosen.filter((key) => !told.includes(key));
  const label = (key) => key.split("-").map(state).join(" – ");
  const options = [...byKey.keys()].sort((p, q) => label(p).localeCompare(label(q)));
  const choose = [...chosen, ""].slice(0, MOST_PAIRS).map((value, i) => h("select", { "aria-label": `${t("pair")} ${i + 1}`, onchange: (e) => go(same({ what: Object.assign([...chosen], { [i]: e.target.value }).filter(Boolean).join(",") })) }, h("option", { value: "" }, chosen[i] ? "–" : t("Add a pair")), options.map((key) => h("option", { value: key, selected: key === value }, label(key)))));
  const measure = h("label", null, t("By"), h("select", { onchange: (e) => go(same({ by: e.target.value })) }, ["acts", "listings"].filter((id) => yearsOf(all, id).length).map((id) => h("option", { value: id, selected: id === by }, t(id === "acts" ? "official acts" : id)))));
  return h("div", null, h("h1", null, t("Compare pairs of states")), h("form", { class: "choose wider", onsubmit: (e) => e.preventDefault() }, choose, measure),
    told.length ? charts.compared(by, told.map((key) => ({ label: label(key), years: byKey.get(key)[`${by}_by_year`] })), yearsOf(all, by)) : h("p", { class: "empty" }, t("Choose a pair.")),
    untold.length ? h("p", { class: "note" }, `${t("Nothing in this file, which does not say that there was none:")} ${untold.map(label).join("; ")}`) : null,
    h("p", null, told.map((key, i) => [i ? " · " : "", h("a", { href: to({ view: "pair", what: key }) }, label(key))])));
}
