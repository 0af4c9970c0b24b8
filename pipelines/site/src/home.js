// The first page: what this is in ten seconds.
import { rows, site } from "./data.js";
import * as charts from "./charts.js";
import { h } from "./dom.js";
import { table } from "./table.js";
import { numbers, period } from "./pair.js";
import { go, to } from "./view.js";
import { t, number, state, shortDay, cell } from "./words.js";

export async function home(view, isWanted) {
  const built = rows(site.built)[0];
  const pairs = rows(site.pairs);
  const main = h("div", { class: "home" },
    h("h1", null, t("Who sanctioned whom, how many died, what was said: as known on any day.")),
    h("p", { class: "lead" }, t("{acts} official acts, {listings} listings on {lists} sanctions lists, overdose deaths with every revision, and the news, joined on actor and date.", { acts: number(built.n_acts), listings: number(built.n_listings), lists: number(site.list_names.rows.length) })),
    searchBox(""));
  if (!pairs.length) return main;
  const first = pairs.find((p) => p.source_id === "CHN" && p.target_id === "USA") ?? pairs[0];
  const [a, b] = [first.source_id, first.target_id].sort((p, q) => (q === "USA") - (p === "USA"));
  const { x } = period({});
  const got = await numbers(a, b, { known: view.known }, isWanted);
  const acts = rows(got.acts);
  const story = { view: "pair", what: `${a}-${b}` };
  main.append(
    h("section", null, h("h2", null, t("Fentanyl, 2017 to now")), charts.deaths({ overdose: got.overdose, acts: acts.filter((r) => r.subject === "drugs"), a, drug: "T40.4", x, known: view.known, height: 400 })),
    h("section", { class: "columns" },
      h("div", null, h("h2", null, t("Newest acts")), h("ol", { class: "acts" }, charts.once(acts).filter((r) => !["other", "trade_remedy"].includes(r.sort)).slice(0, 7).map((r) => h("li", null, h("span", { class: "when" }, `${shortDay(r.date)} · ${state(r.source_id)} · ${cell("sort", r.sort)}`), h("a", { href: to({ view: "act", what: r.act_id }) }, r.title)))), h("a", { href: to({ ...story, tab: "acts" }) }, `${t("All acts")} →`)),
      h("div", null, h("h2", null, `${state(a)} ${t("and")} ${state(b)}`), charts.lists({ lists: got.lists, nowLists: view.known ? got.current.lists : null, a, b, x, known: view.known, most: 2 }), h("a", { href: to(story) }, `${t("The story in full")} →`))),
    h("section", null, h("h2", null, t("Pairs of states with data")), pairTable(pairs)));
  return main;
}

export function searchBox(q) {
  const input = h("input", { type: "search", value: q, required: true, placeholder: t("Name of a person, firm or ship, in any script"), "aria-label": t("Find a party") });
  return h("form", { class: "search", role: "search", onsubmit: (e) => { e.preventDefault(); if (input.value.trim()) go(to({ view: "find", q: input.value.trim() })); } }, input, h("button", null, t("Search")));
}

function pairTable(pairs) {
  const most = Math.max(...pairs.map((p) => p.n_acts + p.n_listings + p.n_events));
  const cards = pairs.slice(0, 12).map((p) => {
    const [a, b] = [p.source_id, p.target_id].sort((x, y) => (y === "USA") - (x === "USA"));
    const n = p.n_acts + p.n_listings + p.n_events;
    return h("a", { class: "card", href: to({ view: "pair", what: `${a}-${b}` }) }, h("strong", null, `${state(a)} – ${state(b)}`), h("progress", { max: Math.sqrt(most), value: Math.sqrt(n), "aria-hidden": "true" }), h("span", null, ["acts", "listings", "events"].filter((n) => p[`n_${n}`]).map((n) => `${number(p[`n_${n}`])} ${t(n)}`).join(" · ")));
  });
  const rest = { columns: ["pair", "n_acts", "n_listings", "n_events", "key"], rows: pairs.map((p) => [`${state(p.source_id)} – ${state(p.target_id)}`, p.n_acts, p.n_listings, p.n_events, `${p.source_id}-${p.target_id}`]) };
  return [h("div", { class: "cards" }, cards), h("details", null, h("summary", null, `${t("all")} (${number(pairs.length)})`), table(rest, { caption: t("Pairs of states with data"), show: ["pair", "n_acts", "n_listings", "n_events"], link: { pair: (r, at) => to({ view: "pair", what: r[at.key] }) } }))];
}
