// A map of one state's data with each other state: the darker, the more; a click opens the pair.
import { site, world } from "./data.js";
import { named } from "./charts.js";
import { Plot, colour, figure } from "./chart.js";
import { h, s } from "./dom.js";
import { go, now, same, to } from "./view.js";
import { t, number, state, states } from "./words.js";

// What is counted: its name, unit and title, and unit and title of one year.
const BY = {
  listings: ["listings", "Listings of parties of either state on lists of the other, in force or ended", "Listings between {a} and others: most with {most}",
    "Listings of parties of either state on lists of the other, in force at the end of {year}: at least so many", "Listings between {a} and others at the end of {year}: most with {most}"],
  acts: ["official acts", "Official acts of either state towards the other since 2017", "Official acts of {a} and another state since 2017: most with {most}",
    "Official acts of either state towards the other in {year}", "Official acts of {a} and another state in {year}: most with {most}"],
  events: ["events in the news", "Events in the news of this file, in both directions", "Events in the news of {a} and another state: most with {most}"],
};
// Left, top, width and height of a part of the drawing.
const REGIONS = { Europe: [418, 30, 174, 99], Asia: [577, 66, 305, 220], "Middle East": [539, 101, 116, 106], Africa: [428, 120, 193, 254], "North and Central America": [101, 53, 266, 171], "South America": [249, 203, 158, 231], Oceania: [732, 250, 234, 161] };
const SHADES = [0.26, 0.44, 0.62, 0.8, 1];

export async function map(view, pairs) {
  const drawing = await world();
  const sides = pairs.flatMap((p) => [p.source_id, p.target_id]);
  const most = sides.reduce((counts, id) => counts.set(id, (counts.get(id) ?? 0) + 1), new Map());
  const home = most.has(view.of) ? view.of : [...most].sort((p, q) => q[1] - p[1])[0][0];
  const by = BY[view.by] ? view.by : "listings";
  const years = yearsOf(pairs, by), year = years.find((y) => String(y) === view.year);
  const value = (p) => (year ? p[`${by}_by_year`][year - 2017] : by === "acts" ? p.acts_by_year.reduce((n, k) => n + k, 0) : p[`n_${by}`]);
  const mine = pairs.filter((p) => [p.source_id, p.target_id].includes(home));
  const values = new Map(mine.map((p) => [p.source_id === home ? p.target_id : p.source_id, value(p)]));
  const ranked = [...values].filter(([, n]) => n).sort((p, q) => q[1] - p[1]);
  // steps of about three up to the largest, of any year where one is shown, the lowest from 1
  const top = Math.max(1, ...mine.flatMap((p) => (year ? p[`${by}_by_year`] : value(p))));
  const steps = [1, 3, 10, 30, 100, 300, 1000, 3000, 10000, 30000].filter((n) => n <= top).slice(-SHADES.length).map((low, i) => (i ? low : 1));
  const shade = (n) => SHADES[SHADES.length - steps.length + steps.findLastIndex((low) => n >= low)];
  const [, unit, title] = year ? BY[by].slice(2) : BY[by];
  const region = REGIONS[view.region] ?? [0, 0, drawing.width, drawing.height];
  const says = (id) => (id === home ? state(id) : `${state(id)}: ${values.get(id) ? number(values.get(id)) : t("nothing in this file")}`);
  const draw = (width) => {
    const scale = width / drawing.width;
    const plot = new Plot({ width, height: drawing.height * scale, x: [0, 1], y: [0, 1], labels: false });
    const place = s("svg", { class: "map", viewBox: region.join(" "), width, height: plot.height, overflow: "hidden" });
    for (const [id, d] of Object.entries(drawing.states)) {
      const n = values.get(id), isDisc = d.length < 70;
      if (isDisc && !n && id !== home) continue;
      const shape = s("path", { d, fill: colour(id === home ? "b" : n ? "a" : "rule"), "fill-opacity": n ? shade(n) : 1, "data-says": says(id) });
      place.append(n ? s("a", { href: to({ view: "pair", what: id === "USA" ? `USA-${home}` : `${home}-${id}` }), tabindex: -1, "aria-label": says(id) }, shape) : shape);
    }
    plot.links.append(place);
    return { plot };
  };
  const chart = figure({
    id: "map", draw, title: t(title, { year, a: named(home, false), most: ranked.slice(0, 3).map(([id, n]) => `${state(id)} ${number(n)}`).join(", ") || "–" }), unit: t(unit, { year }), says: ranked.slice(0, 30).map(([id]) => says(id)).join("; "),
    keys: [["b", state(home)], ...steps.map((low, i) => ["a", i + 1 < steps.length ? `${number(low)}–${number(steps[i + 1] - 1)}` : `${number(low)}+`, SHADES[SHADES.length - steps.length + i]]), ["rule", t("nothing in this file")]],
    method: t("Counted as for pairs below; a party may have several listings and several states. Discs stand for states too small to draw. Outlines: Natural Earth, borders as they are held; they take no side."),
    numbers: { columns: ["state", by, ...(year ? ["year"] : [])], rows: ranked.map(([id, n]) => [id, n, ...(year ? [year] : [])]) }, from: [t("Federal Register, lists and the reviewed record of acts")],
  });
  const choose = (label, value, change, options) => h("label", null, t(label), h("select", { onchange: (e) => go(same({ [change]: e.target.value })) }, options.map(([id, words]) => h("option", { value: id, selected: id === value }, words))));
  const others = states().filter((id) => most.has(id)).sort((p, q) => state(p).localeCompare(state(q)));
  const words = h("output", null, year ?? t("all years"));
  const range = h("input", { type: "range", min: 2016, max: years.at(-1), value: year ?? 2016, "aria-label": t("Year"), "aria-valuetext": words.textContent, onchange: (e) => go(same({ year: e.target.value > 2016 ? e.target.value : undefined })) });
  range.addEventListener("input", () => { words.textContent = range.value > 2016 ? range.value : t("all years"); range.setAttribute("aria-valuetext", words.textContent); });
  chart.querySelector(".room").before(h("form", { class: "choose", onsubmit: (e) => e.preventDefault() }, choose("State", home, "of", others.map((id) => [id, state(id)])), choose("By", by, "by", Object.entries(BY).filter(([id]) => id !== "events" || !view.known).map(([id, [words]]) => [id, t(words)])), choose("Region", REGIONS[view.region] ? view.region : "", "region", [["", t("World")], ...Object.keys(REGIONS).map((id) => [id, t(id)])]), years.length > 1 ? h("label", null, t("Year"), range, words) : null));
  return chart;
}

// The years of which pairs are counted: of listings by current knowledge alone, of the news none.
export function yearsOf(pairs, by) {
  const last = (now.known ?? site.built.rows[0][site.built.columns.indexOf("last_known")]).slice(0, 4);
  return (pairs[0]?.[`${by}_by_year`] ?? []).map((_, i) => 2017 + i).filter((year) => year <= last);
}
