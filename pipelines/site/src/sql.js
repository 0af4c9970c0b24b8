// Questions in SQL, answered by the reader's browser.
import { run, site, started } from "./data.js";
import { Plot, days, figure } from "./chart.js";
import { h } from "./dom.js";
import { RESET, table } from "./table.js";
import { go, now, same } from "./view.js";
import { t, counted, number } from "./words.js";

const MOST = 5000;
const EXAMPLES = [
  ["Listings of Chinese parties by list and year", "SELECT list_id, year(valid_from) AS year, count(*) AS n\nFROM marts.listing_dyads\nWHERE source_id = 'USA' AND target_id = 'CHN' AND valid_from IS NOT NULL\nGROUP BY ALL ORDER BY ALL"],
  ["Who was listed on 15 November 2023", "SELECT name, list_id, valid_from, valid_to, certainty\nFROM listed_on(DATE '2023-11-15')\nORDER BY valid_from DESC NULLS LAST LIMIT 200"],
  ["How one figure was revised", "SELECT known_from::DATE AS known_from, value\nFROM core.overdose_observations\nWHERE actor_id = 'USA' AND measure = 'deaths_12m' AND drug = 'all' AND basis = 'predicted' AND period_end = DATE '2023-05-31'\nORDER BY known_from"],
  ["The panel of a pair by month, as known on a day", "FROM dyad_panel_as_known('USA', 'CHN', 'month', DATE '2023-12-22')\nWHERE n_official_acts > 0 ORDER BY date"],
  ["The United States and China by year: tension, listings by list, duties, votes, deaths", "SELECT y.year, round(y.tension, 1) AS tension, s.n_listings_in_force AS on_sdn, e.n_listings_in_force AS on_entity_list,\n    y.duty_rate_low AS duty_low, y.duty_rate_high AS duty_high, round(y.un_agreement, 3) AS votes_alike, d.deaths::INTEGER AS deaths_usa, d.basis\nFROM marts.dyad_year AS y\nLEFT JOIN marts.dyad_list_spans AS s ON s.list_id = 'us_ofac_sdn' AND s.target_id = y.target_id\n    AND s.from_date <= make_date(y.year, 12, 31) AND make_date(y.year, 12, 31) < s.to_date\nLEFT JOIN marts.dyad_list_spans AS e ON e.list_id = 'us_bis_entity_list' AND e.target_id = y.target_id\n    AND e.from_date <= make_date(y.year, 12, 31) AND make_date(y.year, 12, 31) < e.to_date\nLEFT JOIN marts.overdose_best AS d ON d.actor_id = y.source_id AND d.drug = 'all' AND d.year = y.year\nWHERE y.source_id = 'USA' AND y.target_id = 'CHN' AND y.year BETWEEN 2015 AND 2026\nORDER BY y.year"],
  ["The United States and Canada by year, with deaths in both", "SELECT y.year, round(y.tension, 1) AS tension, y.n_listings_in_force AS listed, y.duty_rate_low AS duty_low, y.duty_rate_high AS duty_high,\n    round(y.un_agreement, 3) AS votes_alike, d.deaths::INTEGER AS overdose_deaths_usa, c.value::INTEGER AS opioid_deaths_canada\nFROM marts.dyad_year AS y\nLEFT JOIN marts.overdose_best AS d ON d.actor_id = y.source_id AND d.drug = 'all' AND d.year = y.year\nLEFT JOIN core.drug_harms AS c ON c.actor_id = 'CAN' AND c.measure = 'apparent_deaths' AND c.substance = 'opioids' AND c.manner = 'all'\n    AND c.unit = 'count' AND c.period_start = make_date(y.year, 1, 1) AND c.period_end = make_date(y.year, 12, 31) AND c.known_to IS NULL\nWHERE y.source_id = 'USA' AND y.target_id = 'CAN' AND y.year BETWEEN 2015 AND 2026\nORDER BY y.year"],
  ["Tables and columns", "SELECT table_schema, table_name, column_name, description FROM meta.columns"],
];

export async function sql(view, isWanted) {
  const text = h("textarea", { rows: 8, spellcheck: "false", "aria-label": "SQL", value: view.q ?? EXAMPLES[0][1], onkeydown: (e) => { if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) ask(); } });
  const ask = () => (text.value === view.q ? show() : go(same({ ...RESET, q: text.value })));
  const answer = h("div", { class: "part", role: "status" });
  const main = h("div", null, h("h1", null, "SQL"), h("p", { class: "note" }, t("The published file, read-only, in your browser. Nothing is sent anywhere. Macros and tables:"), " ", h("code", null, "meta.columns"), ", ", h("code", null, "meta.macros"), "."),
    h("label", null, t("Examples"), " ", h("select", { onchange: (e) => e.target.value && go(same({ ...RESET, q: EXAMPLES[e.target.value][1] })) }, h("option", { value: "" }, "…"), EXAMPLES.map(([name], i) => h("option", { value: i, selected: EXAMPLES[i][1] === view.q }, t(name))))),
    text, h("p", null, h("button", { type: "button", class: "main", onclick: ask }, `${t("Run")} (Ctrl+Enter)`), " ", h("button", { type: "button", onclick: async () => (await started()).cancelSent() }, t("Cancel"))), answer);
  async function show() {
    answer.replaceChildren(h("p", { class: "wait" }, t("Asking …")));
    const begun = performance.now();
    try {
      const found = await run(view.q, { isWanted, most: MOST });
      answer.replaceChildren(h("p", { class: "note" }, `${counted(found.rows.length, found.cut ? "rows or more" : "rows")}, ${number((performance.now() - begun) / 1000, 2)} s`), drawn(found) ?? "", table(found, { caption: "SQL", download: "answer", isMain: true, plain: true, head: Object.fromEntries(found.columns.map((c) => [c, c])) }));
    } catch (error) {
      if (error.name === "AbortError") return;
      const text = String(error.message ?? error), missing = /(\w+\.duckdb_extension\.wasm)/.exec(text)?.[1];
      answer.replaceChildren(missing ? h("p", { class: "since" }, t("This query needs {name} of DuckDB, which does not lie beside this page, and nothing is loaded from another host.", { name: missing })) : "", h("pre", { class: "fault" }, text));
    }
  }
  if (view.q) show();
  return main;
}

// The first column of days and the numbers beside it, as lines.
function drawn(found) {
  const d = found.columns.findIndex((_, i) => found.rows.length > 2 && found.rows.every((r) => r[i] === null || /^\d{4}-\d{2}-\d{2}/.test(r[i])) && found.rows.some((r) => r[i]));
  const ys = found.columns.map((_, i) => i).filter((i) => found.rows.some((r) => typeof r[i] === "number") && found.rows.every((r) => r[i] === null || typeof r[i] === "number")).slice(0, 3);
  if (d < 0 || !ys.length) return null;
  const list = found.rows.filter((r) => r[d]).sort((p, q) => (p[d] < q[d] ? -1 : 1));
  const values = list.flatMap((r) => ys.map((i) => r[i])).filter((v) => v !== null);
  const x = [days(list[0][d]), days(list.at(-1)[d])];
  if (x[0] === x[1]) return null;
  return figure({ id: "answer", title: ys.map((i) => found.columns[i]).join(", "), unit: `${found.columns[d]}`, keys: ys.map((i, n) => ["abc"[n], found.columns[i], "line"].map((v, k) => (k === 0 ? "abc"[n] : v))), numbers: found,
    draw: (width) => { const plot = new Plot({ width, height: 280, x, y: [Math.min(0, ...values), Math.max(...values)], integer: false }); plot.axes({ format: (v) => number(v, 2) }); ys.forEach((i, n) => plot.line(list.map((r) => [days(r[d]), r[i]]), { stroke: "abc"[n] })); return { plot, tips: list.map((r) => ({ d: days(r[d]), text: `${r[d]}: ${ys.map((i) => number(r[i], 2)).join(", ")}` })) }; } });
}

export { site, now };
