// A search by name, a party's page, an act's page, a claim's page.
import { ask, rows } from "./data.js";
import { Plot, colour, days, figure, iso } from "./chart.js";
import { h, out, s } from "./dom.js";
import { searchBox } from "./home.js";
import { actWords, partyLink } from "./pair.js";
import { table } from "./table.js";
import { to } from "./view.js";
import { t, actTitle, number, state, listName, shortDay, shortened, cell, day } from "./words.js";

export async function find(view, isWanted) {
  const main = h("div", null, h("h1", null, t("Find a party")), searchBox(view.q ?? ""));
  if (!view.q) return main;
  const hits = await ask("find", { name: view.q, most: 100 }, isWanted);
  const n = hits.rows.length;
  main.append(h("p", { role: "status" }, n ? t("{n} parties have a name like {q}. A similar name is no proof that it is the one you mean.", { n: number(n), q: `“${view.q}”` }) : t("No party has a name like {q}.", { q: `“${view.q}”` })));
  if (n) main.append(table(hits, { caption: t("Find a party"), isMain: true, facets: ["lists"], show: ["name", "score", "reason", "lists", "target_ids", "n_listings"], link: { name: partyLink } }));
  return main;
}

// A part of the page with its heading, where there is something.
const part = (title, answer, more = {}) => (answer.rows.length ? h("section", null, h("h2", null, title), table(answer, { caption: title, ...more })) : null);
const facts = (pairs) => h("dl", null, pairs.filter(([, v]) => v !== null && v !== undefined && v !== "").map(([k, v]) => h("div", null, h("dt", null, k), h("dd", null, v))));

export async function party(view, isWanted) {
  const at = (name) => ask(name, { actor: view.what, known: view.known }, isWanted);
  const listings = await at("party_listings");
  if (!listings.rows.length) return h("div", null, h("h1", null, view.what), h("p", null, `${t("was not listed on any list")}${view.known ? ` (${day(view.known)})` : ""}`));
  const list = rows(listings);
  const changes = await at("party_changes");
  const main = h("div", null, h("h1", null, list[0].name), h("p", { class: "lead" }, [...new Set(list.map((r) => listName(r.list_id)))].join(" · ")), life(list, rows(changes), view));
  const names = await at("party_names");
  main.append(
    part(t("Names"), names, { show: ["name", "kind", "quality", "lists"] }) ?? "",
    part(t("Listings"), listings, { show: ["list_id", "name", "valid_from", "valid_from_earliest", "valid_to", "programs", "citation", "vintage_date"], link: { citation: (r, c) => r[c.url] } }),
    part(t("Changes"), changes, { show: ["event_date", "event_date_earliest", "kind", "list_id", "detail", "citation", "known_at"], link: { citation: (r, c) => r[c.url] } }) ?? "");
  for (const [title, name, more] of [
    [t("Acts that changed its listings"), "party_acts", { say: { title: actWords }, show: ["date", "authority_id", "sort", "title", "citation"], link: { title: (r, c) => to({ view: "act", what: r[c.act_id] }), citation: (r, c) => r[c.url] } }],
    [t("Articles that name it"), "party_articles", { show: ["published_at", "outlet", "title", "named_as", "was_listed"], link: { title: (r, c) => r[c.url] } }],
    [t("Links, numbers and addresses"), "party_links", { show: ["kind", "what", "value"], link: { value: (r, c) => r[c.other_id] && to({ view: "party", what: r[c.other_id] }) } }],
    [t("Why these are one party"), "party_decisions", {}],
  ]) main.append(part(title, await at(name), more) ?? "");
  return main;
}

// The listings of a party as strips over time.
function life(list, changes, view) {
  const ends = list.flatMap((r) => [r.valid_from, r.valid_from_earliest, r.certain_from, r.certain_to, r.valid_to]).concat(changes.map((r) => r.event_date)).filter(Boolean).map(days);
  const x = [Math.min(...ends) - 90, Math.max(...ends) + 90];
  const lanes = [...new Set(list.map((r) => r.listing_id))];
  const draw = (width) => {
    const plot = new Plot({ width, height: lanes.length * 40 + 36, x, y: [0, 1], top: 6, labels: false });
    plot.time();
    lanes.forEach((id, i) => {
      const y = 24 + i * 40;
      const mine = list.filter((r) => r.listing_id === id);
      plot.over.append(plot.text(0, y - 5, `${listName(mine[0].list_id)}${mine[0].name === list[0].name ? "" : `: ${mine[0].name}`}`, { fill: "ink", size: 12 }));
      plot.over.append(s("rect", { x: 0, y, width, height: 12, fill: "url(#hatch)" }));
      for (const r of mine) {
        const end = r.valid_to ? days(r.valid_to) : r.certain_to ? days(r.certain_to) : r.vintage_date ? days(r.vintage_date) + 1 : x[1];
        const start = r.valid_from ? days(r.valid_from) : r.certain_from ? days(r.certain_from) : x[0];
        const [p, q] = [plot.x(start), plot.x(Math.max(end, start))];
        if (r.valid_from_earliest) plot.over.append(s("line", { x1: plot.x(days(r.valid_from_earliest)), x2: p, y1: y + 6, y2: y + 6, stroke: colour("a"), "stroke-width": 2, "stroke-dasharray": "3 3" }));
        plot.over.append(s("rect", { x: p, y, width: Math.max(q - p, 2), height: 12, fill: colour("a") }, s("title", null, says(r))));
        if (r.valid_to) plot.over.append(s("path", { d: `M${q} ${y - 3}v18`, stroke: colour("ink"), "stroke-width": 2 }, s("title", null, `${t("removed")}: ${r.valid_to}`)));
      }
      for (const c of changes.filter((c) => c.listing_id === id && !["added", "removed"].includes(c.kind))) plot.over.append(s("circle", { cx: plot.x(days(c.event_date)), cy: y + 6, r: 3, fill: colour("paper"), stroke: colour("ink") }, s("title", null, `${c.event_date}: ${cell("kind", c.kind)} ${c.detail ?? ""}`)));
    });
    return { plot };
  };
  const says = (r) => `${listName(r.list_id)}: ${r.valid_from ? shortDay(r.valid_from) : "…"} – ${r.valid_to ? shortDay(r.valid_to) : t("in force")}`;
  const open = list.filter((r) => !r.valid_to).length;
  return figure({
    id: "life", title: `${t("Listings over time")}: ${t("{n} in force, {m} ended", { n: number(open), m: number(list.length - open) })}`, says: list.map(says).join("; "), draw, keys: [["a", t("in force"), "box"], ["a", t("came on one of these days"), "dash"], ["hatch", t("not known, or not listed"), "hatch"]],
    method: t("Bars: days in force as the lists show them by the day of knowledge; a mark at the end is a removal. Which listings are one party is decided by names, numbers and addresses, below."),
    numbers: { columns: ["list_id", "name", "valid_from", "valid_to"], rows: list.map((r) => [r.list_id, r.name, r.valid_from, r.valid_to]) }, from: [...new Set(list.map((r) => r.list_name))],
  });
}

export async function act(view, isWanted) {
  const at = (name) => ask(name, { act: view.what, known: view.known }, isWanted);
  const found = rows(await at("act"))[0];
  if (!found) return h("p", null, t("no rows"));
  const late = view.known && found.known_from.slice(0, 10) >= view.known;
  const dates = [["Announced", "date_announced"], ["Signed", "date_signed"], ["Published", "date_published"], ["In force", "date_in_force"], ["Known since", "known_from"]];
  const main = h("div", null, h("p", { class: "when" }, `${state(found.authority_id) ?? found.authority} · ${cell("sort", found.sort)} · ${cell("effect", found.effect)}`), h("h1", null, actTitle(found)), actTitle(found) === shortened(found.title) ? null : h("p", { class: "lead", lang: "en" }, found.title),
    late ? h("p", { class: "since" }, t("This act was not known yet on {day}.", { day: day(view.known) })) : null,
    facts([...dates.map(([k, c]) => [t(k), found[c] && day(found[c])]), [t("Citation"), out(found.url, found.citation ?? found.url)], [t("List"), found.list_id && listName(found.list_id)], [t("Subject"), cell("subject", found.subject)], [t("Programs"), found.programs], [t("Parties"), found.n_parties !== null ? number(found.n_parties) : null]]));
  const dyads = rows(await at("act_dyads"));
  main.append(h("section", null, h("h2", null, t("Pairs")), h("ul", null, dyads.map((r) => h("li", null, h("a", { href: to({ view: "pair", what: `${r.source_id}-${r.target_id}` }) }, t("{a} towards {b}", { a: state(r.source_id), b: state(r.target_id) })), ` (${cell("basis", r.basis)})`)))));
  main.append(part(t("Parties"), await at("act_parties"), { show: ["name", "kind", "list_id", "country_id", "event_date"], link: { name: partyLink } }) ?? "",
    part(t("News that tells of it"), await at("act_reports"), { show: ["event_date", "outlet", "title", "evidence", "lag_days", "score", "reasons"], link: { title: (r, c) => r[c.url], outlet: (r, c) => r[c.url] } }) ?? "");
  return main;
}

export async function claim(view, isWanted) {
  const [article, start] = view.what.split("/");
  const found = rows(await ask("article_claim", { article, start: Number(start) }, isWanted))[0];
  if (!found) return h("p", null, t("no rows"));
  const figureOf = (end) => (found[`figure${end}`] === null ? "–" : number(found[`figure${end}`], found.unit === "share" ? 3 : 0));
  const side = (title, end) => h("div", { class: `verdict ${found[`verdict${end}`].replaceAll(" ", "-")}` }, h("h2", null, title), h("p", { class: "big" }, `${figureOf(end)} ${found[`figure${end}`] === null ? "" : found.unit}`), h("p", null, h("strong", null, cell("verdict", found[`verdict${end}`])), found[`reason${end}`] ? `: ${found[`reason${end}`]}` : ""),
    facts([[t("Period"), found[`figure${end}_from`] && `${shortDay(found[`figure${end}_from`])} – ${shortDay(found[`figure${end}_to`])}`], [t("Source"), found[`source${end}`]], [t("basis"), cell("basis", found[`basis${end}`])], [t("Vintage"), found[`vintage_date${end}`] && shortDay(found[`vintage_date${end}`])]]));
  return h("div", null, h("p", { class: "when" }, `${found.outlet ?? ""} · ${shortDay(found.published_on)}`), h("h1", null, `“${found.surface}”`), h("blockquote", null, found.evidence), h("p", null, out(found.url, found.title)),
    facts([[t("claim"), `${t(found.measure.replaceAll("_", " "))}${found.drug ? ` (${found.drug})` : ""}`], [t("the claim admits"), `${number(found.low, 3)} … ${number(found.high, 3)} ${found.unit}`], [t("Period"), found.period_rule]]),
    h("div", { class: "columns" }, side(t("Figure as known then"), ""), side(t("Figure as known now"), "_now")));
}

export { iso };
