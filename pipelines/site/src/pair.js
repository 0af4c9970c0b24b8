// A pair of states: charts, acts, parties on lists, chronicle, claims, sources.
import { ask, beside, rows, site } from "./data.js";
import { days, iso } from "./chart.js";
import * as charts from "./charts.js";
import { h } from "./dom.js";
import { RESET, table } from "./table.js";
import { actPage, go, same, to } from "./view.js";
import { t, actTitle, number, state, states, listName, day, fullMonth, headline, shortDay } from "./words.js";

const last = () => site.built.rows[0][site.built.columns.indexOf("last_known")];
export const FIRST = "2017-01";

const THEN = ["lists", "overdose", "coverage", "claims", "duties", "votes", "deaths_by_year", "fentanyl", "panel"];

// What a pair's view needs, as known on a day or now, from beside the page where it lies there; acts that became known later are in current.
export async function numbers(a, b, { known, grain = "month" }, isWanted) {
  const [source, target] = [a, b].sort();
  const key = `${source}-${target}`;
  const at = (name, more) => ask(name, { source, target, grain: "month", ...more }, isWanted);
  const asked = async (names, more) => {
    const found = {};
    for (const name of names) found[name] = await at(name, more);
    return found;
  };
  const current = (await beside(key)) ?? (await asked([...THEN, "acts", "tension"]));
  const hasNews = current.panel.rows.length > 0;
  const panel = async (of) => (grain === "month" || !hasNews ? of.panel : at("panel", { known, grain }));
  if (!known) return { ...current, panel: await panel(current), current };
  const then = (await beside(`${key}@${known}`)) ?? (await asked([...THEN, "n_since"], { known }));
  const isKnown = current.acts.columns.indexOf("known_from");
  const acts = { ...current.acts, rows: current.acts.rows.filter((r) => r[isKnown] <= `${known} 00:00:00`) };
  return { ...then, panel: await panel(then), acts, tension: { columns: current.tension.columns, rows: [] }, current };
}

// Whether a row became known after the day of knowledge: such rows are coloured.
const laterThan = (known) => known && ((r, at) => r[at.known_from] > `${known} 00:00:00`);

export function period(state) {
  const from = /^\d{4}-\d{2}/.test(state.from ?? "") ? state.from.slice(0, 7) : FIRST;
  const until = /^\d{4}-\d{2}/.test(state.to ?? "") ? state.to.slice(0, 7) : last().slice(0, 7);
  const end = new Date(Date.UTC(+until.slice(0, 4), +until.slice(5, 7), 1)) / 864e5;
  return { from, to: until, x: [days(from), Math.max(end, days(from) + 31)] };
}

function chooser(a, b, view) {
  const all = states().filter((id) => !id.includes(".")).sort((p, q) => state(p).localeCompare(state(q)));
  const choose = (value, other, side) => h("select", { "aria-label": side, onchange: (e) => go(same({ what: side === t("the one") ? `${e.target.value}-${other}` : `${other}-${e.target.value}`, list: undefined })) }, all.map((id) => h("option", { value: id, selected: id === value }, state(id))));
  const { from, to: until } = period(view);
  const when = (name, value) => h("label", null, t(name), h("input", { type: "month", value, min: "1980-01", max: "2035-12", onchange: (e) => go(same({ [name.toLowerCase()]: e.target.value })) }));
  return h("form", { class: "choose", onsubmit: (e) => e.preventDefault() }, choose(a, b, t("the one")), h("span", null, t("and")), choose(b, a, t("the other")), when("From", from), when("To", until),
    h("label", null, t("By"), h("select", { onchange: (e) => go(same({ grain: e.target.value })) }, ["month", "quarter", "week", "day"].map((g) => h("option", { value: g, selected: g === (view.grain ?? "month") }, t(g))))));
}

const TABS = [["", "Overview"], ["acts", "Acts"], ["parties", "Parties on lists"], ["chronicle", "Chronicle"], ["claims", "Claims"], ["sources", "Sources and coverage"]];

export async function pair(view, isWanted) {
  const [a, b] = view.what.split("-");
  const head = h("div", null, h("h1", null, `${state(a)} ${t("and")} ${state(b)}`), chooser(a, b, view), h("nav", { class: "tabs", "aria-label": t("Two states") }, TABS.filter(([tab]) => !site.alone || ["", "acts", "claims", "sources"].includes(tab)).map(([tab, name]) => h("a", { href: same({ ...RESET, tab: tab || undefined }), "aria-current": (view.tab ?? "") === tab ? "page" : null }, t(name)))));
  if (a === b) return h("div", null, head, h("p", null, t("Choose two different states.")));
  const { x } = period(view);
  const got = await numbers(a, b, view, isWanted);
  const known = view.known;
  const inside = (text) => text && days(text) >= x[0] && days(text) < x[1];
  const of = (name, more) => ask(name, { source: [a, b].sort()[0], target: [a, b].sort()[1], ...more }, isWanted);
  const part = {
    "": () => overview(a, b, x, got, view),
    acts: () => actTable(got.current.acts, inside, { later: laterThan(known) }),
    parties: async () => parties(await of("listings"), known && (await of("listings", { known })), view),
    chronicle: async () => chronicle(await of("chronicle"), inside, laterThan(known), new Map(rows(got.current.acts).map((r) => [r.title, actTitle(r)]))),
    claims: () => claimTable(got.claims, known),
    sources: () => [charts.coverage({ coverage: got.coverage, x }), sourceTable()],
  }[view.tab ?? ""];
  const since = known ? await changed(a, b, got, known, isWanted) : null;
  return h("div", null, head, since, h("div", { class: "part" }, await part()));
}

function overview(a, b, x, got, view) {
  const list = rows(got.acts);
  const then = new Set(list.map((r) => r.act_id));
  const later = rows(got.current.acts).filter((r) => !then.has(r.act_id));
  const drugs = list.filter((r) => r.subject === "drugs");
  const withUs = [a, b].includes("USA");
  const { all, small, single } = charts.lists({ lists: got.lists, nowLists: view.known ? got.current.lists : null, a, b, x, known: view.known, only: view.list });
  const beyond = [charts.duties(got.duties, a, b, x, view.known), charts.votes(got.votes, a, b), charts.tension(got.tension, a, b, x), charts.deathsByYear(got.deaths_by_year, [a, b]), charts.fentanyl(got.fentanyl)].flat().filter(Boolean);
  const news = charts.news({ panel: got.panel, a, b, x, grain: view.grain });
  return [
    list.length || later.length ? charts.acts({ acts: list, later, a, b, x, known: view.known, grain: ["month", "quarter"].includes(view.grain) ? view.grain : undefined }) : null,
    small.length + single.length ? h("section", null, h("h2", null, t("Listings in force by list")),
      h("p", { class: "note" }, `${t("Solid: every edition is in the file. Dashed over a hatched foot: at least so many, since removals between editions may be missing. Charts have scales of their own.")} ${t(charts.COUNTED)}`),
      all, h("div", { class: "grid" }, small), single.length ? h("ul", { class: "note" }, h("li", null, `${t("Seen in one edition only:")} ${single.join("; ")}`)) : null) : null,
    withUs && drugs.length ? [charts.deaths({ overdose: got.overdose, acts: drugs, later: later.filter((r) => r.subject === "drugs"), a, drug: "T40.4", x, known: view.known }), charts.deaths({ overdose: got.overdose, acts: [], a, drug: "all", x, known: view.known, height: 260 })] : null,
    beyond.length ? h("section", null, h("h2", null, t("More series")), h("div", { class: "grid" }, beyond)) : null,
    news.length ? h("section", null, h("h2", null, t("In the news")), h("div", { class: "grid two" }, news)) : h("p", { class: "note" }, t("This file has no news on these two states in this period.")),
    site.alone ? null : h("p", null, h("a", { href: to({ view: "compare", what: [view.what, ...rows(site.pairs).map((p) => pairOf(p)).filter((p) => p.split("-").sort().join() !== view.what.split("-").sort().join()).slice(0, 2)].join(",") }) }, `${t("Compare with other pairs")} →`)),
  ];
}

// A pair as an address names it, the United States first.
export const pairOf = (p) => [p.source_id, p.target_id].sort((x, y) => (y === "USA") - (x === "USA")).join("-");

const cutTo = (answer, column, inside) => ({ ...answer, rows: answer.rows.filter((r) => inside(r[answer.columns.indexOf(column)])) });
// The row of a table as an object, for the words of its act.
export const actWords = (r, at) => actTitle(Object.fromEntries(Object.entries(at).map(([c, i]) => [c, r[i]])));
const actLink = (r, at) => actPage(r[at.act_id], r[at.url]);
export const partyLink = (r, at) => r[at.actor_id] && to({ view: "party", what: r[at.actor_id] });

// With who acts towards whom in one column. Talks stand in both directions, and are one row.
function directed(answer) {
  const [id, from, target] = ["act_id", "source_id", "target_id"].map((c) => answer.columns.indexOf(c));
  const seen = new Map();
  answer.rows.forEach((row, i) => {
    const key = id < 0 ? i : row[id], isSecond = seen.has(key);
    seen.set(key, [...row, `${row[from]} ${isSecond ? "↔" : "→"} ${row[target]}`]);
  });
  return { ...answer, columns: [...answer.columns, "direction"], rows: [...seen.values()] };
}

export function actTable(answer, inside = () => true, more = {}) {
  return table(directed(cutTo(answer, "date", inside)), { caption: t("Acts"), download: "acts", isMain: true, facets: ["direction", "sort", "effect", "subject"], show: ["date", "title", "direction", "sort", "effect", "subject", "n_parties", "citation", ...(more.later ? ["known_from"] : [])], say: { title: actWords }, link: { title: actLink, citation: (r, at) => r[at.url] }, ...more });
}

// Listings by current knowledge; of an earlier day those that came or ended since are coloured.
function parties(answer, then, view) {
  const at = answer.columns.indexOf("list_id");
  const [id, end] = ["listing_id", "valid_to"].map((c) => answer.columns.indexOf(c));
  const before = then && new Map(then.rows.map((r) => [r[id], r[end]]));
  const lists = [...new Set(answer.rows.map((r) => r[at]))].sort();
  const kept = view.list ? { ...answer, rows: answer.rows.filter((r) => r[at] === view.list) } : answer;
  return [
    h("p", null, h("label", null, t("List"), " ", h("select", { onchange: (e) => go(same({ ...RESET, list: e.target.value || undefined })) }, h("option", { value: "" }, t("all")), lists.map((id) => h("option", { value: id, selected: id === view.list }, listName(id)))))),
    table(directed(kept), { caption: t("Parties on lists"), download: "listings", isMain: true, facets: ["direction", "party_type", "target_basis"], show: ["name", "direction", "list_id", "party_type", "valid_from", "valid_to", "valid_from_basis", "target_basis"], link: { name: partyLink }, later: before && ((r) => !before.has(r[id]) || before.get(r[id]) !== r[end]) }),
  ];
}

function chronicle(answer, inside, later, titles) {
  return table(directed(cutTo(answer, "date", inside)), { caption: t("Chronicle"), download: "chronicle", isMain: true, facets: ["direction", "kind"], show: ["date", "headline", "direction", "kind", "magnitude", "n_reports", "citation"], later, say: { headline: (r, at) => titles.get(r[at.headline]) ?? headline(r[at.headline]) }, link: { headline: (r, at) => r[at.url], citation: (r, at) => r[at.url] } });
}

function claimTable(answer, known) {
  return table(answer, { isMain: true, facets: ["verdict", "outlet", "measure"], none: t("No article in this file makes a claim in numbers about these two states."), later: known && ((r, at) => r[at.verdict] !== r[at.verdict_now] || r[at.figure] !== r[at.figure_now]), caption: t("Claims"), download: "claims", show: ["published_on", "outlet", "surface", "measure", "evidence", "verdict", "figure", "verdict_now", "figure_now"], link: { surface: (r, at) => !site.alone && to({ view: "claim", what: `${r[at.article_id]}/${r[at.char_start]}` }), outlet: (r, at) => r[at.url] } });
}

export const sourceTable = () => table(site.sources, { caption: t("Sources"), download: "sources", show: ["title", "publisher", "licence", "newest_date", "n_snapshots"], link: { title: (r, at) => r[at.url] } });

// What became known after the day of knowledge, in short.
async function changed(a, b, got, known, isWanted) {
  const [source, target] = [a, b].sort();
  const news = [];
  const then = new Set(rows(got.acts).map((r) => r.act_id));
  const later = charts.once(rows(got.current.acts).filter((r) => !then.has(r.act_id)));
  if (later.length) news.push(h("li", null, t("{n} acts became known", { n: number(later.length) })));
  const n = got.n_since?.rows[0][0];
  if (n) news.push(h("li", null, t("{n} changes of lists became known", { n: number(n) })));
  for (const [drug, words] of [["all", t("all drugs")], ["T40.4", t("synthetic opioids")]]) {
    const counts = rows(got.overdose).filter((r) => r.actor_id === "USA" && r.drug === drug && r.known_then !== null);
    const last = counts.at(-1);
    if (last && last.known_now !== null && last.known_now !== last.known_then) {
      news.push(h("li", null, `${words}: ${t("deaths in the 12 months to {month}: {then} then, {now} now ({p} %)", { month: fullMonth(last.period_end), then: number(last.known_then), now: number(last.known_now), p: `${last.known_now > last.known_then ? "+" : "−"}${number(Math.abs(100 * (last.known_now / last.known_then - 1)), 1)}` })}`));
    }
  }
  const verdicts = rows(got.claims).filter((r) => r.verdict !== r.verdict_now).length;
  if (verdicts) news.push(h("li", null, t("{n} claims are judged otherwise now", { n: verdicts })));
  const more = h("details", null, h("summary", null, t("Changes of lists")));
  more.addEventListener("toggle", async () => more.append(table(await ask("listings_since", { source, target, known }), { caption: t("Changes"), page: 10 })), { once: true });
  return h("section", { class: "since" }, h("h2", null, t("What changed since {day}", { day: day(known) })), news.length ? h("ul", null, news) : h("p", null, t("nothing in this file")),
    n && !site.alone ? more : null);
}

export { iso, shortDay };
