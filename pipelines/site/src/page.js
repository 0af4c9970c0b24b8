// What is shown where: the frame of the page, and a view for each address.
import { ask, beside, rows, site, started } from "./data.js";
import { h } from "./dom.js";
import { compare, home, searchBox } from "./home.js";
import { pair, sourceTable } from "./pair.js";
import { act, claim, find, party } from "./party.js";
import { sql } from "./sql.js";
import { citation } from "./chart.js";
import { go, look, now, same, to } from "./view.js";
import { t, day, language, number, state } from "./words.js";

const VIEWS = { home, pair, compare, party, act, claim, find, sql, about };
const built = rows(site.built)[0];
const main = document.getElementById("main");
const ORIGINS = { record: "the built-in record of public files", live: "what sources serve", sample: "the sample of the tests" };
let turn = 0;

async function about() {
  const place = location.href.replace(/#.*/, "");
  return h("div", null, h("h1", null, t("Sources")), h("p", null, t("Made on {day} from {origin}; {n} checks of the data passed.", { day: day(built.built_at), origin: t(ORIGINS[built.origin] ?? built.origin), n: number(built.n_passed) })), site.withheld?.length ? h("p", null, `${t("Left out, since not everyone may pass them on:")} ${site.withheld.join("; ")}`) : null, sourceTable(), h("h2", null, t("How to cite")), h("p", null, citation("Bilateral relations warehouse", place)));
}

function head() {
  const first = site.beside[0] ?? "CHN-USA";
  const two = now.view === "pair" ? now.what : first.split("-").sort((p, q) => (q === "USA") - (p === "USA")).join("-");
  const link = (view, what, words) => h("a", { href: to({ view, what }), "aria-current": now.view === view ? "page" : null }, words);
  document.documentElement.lang = language() === "zh" ? "zh-CN" : "en";
  const nav = site.alone ? null : h("nav", { "aria-label": t("Bilateral relations") }, link("home", "", h("strong", null, t("Bilateral relations"))), link("pair", two, t("Two states")), link("compare", now.view === "compare" ? now.what : site.beside.slice(0, 3).map((p) => p.split("-").sort((x, y) => (y === "USA") - (x === "USA")).join("-")).join(","), t("Compare")), link("find", "", t("Find a party")), link("sql", "", t("SQL")), link("about", "", t("Sources")));
  const other = language() === "zh" ? undefined : "zh";
  document.getElementById("head").replaceChildren(h("div", { class: "wide" }, nav ?? h("strong", null, t("Bilateral relations")), h("button", { type: "button", onclick: () => go(same({ lang: other })), lang: other ? "zh-CN" : "en", class: "lang" }, other ? "中文" : "English"), site.alone ? null : slider()));
}

// One control for the day of knowledge, for the whole page: the slider stops at days whose numbers lie beside the page, the field takes any day.
function slider() {
  const stops = [...site.days, undefined];
  const at = now.known ? stops.findLastIndex((d) => d && d <= now.known) : stops.length - 1;
  const says = (d) => (d ? day(d) : t("today"));
  const words = h("output", null, says(now.known));
  const set = (d) => go(same({ known: d }));
  const range = h("input", { type: "range", min: 0, max: stops.length - 1, step: 1, "aria-label": t("As known on"), "aria-valuetext": says(now.known), value: Math.max(at, 0) });
  range.addEventListener("input", () => { words.textContent = says(stops[+range.value]); range.setAttribute("aria-valuetext", words.textContent); });
  range.addEventListener("change", () => set(stops[+range.value]));
  const exact = h("input", { type: "date", value: now.known ?? "", min: "2000-01-01", max: built.last_known, "aria-label": `${t("As known on")}: ${t("day")}`, onchange: (e) => set(e.target.value || undefined) });
  const play = h("button", { type: "button", class: "play", "aria-label": t(playing ? "Stop" : "Play through time"), title: t(playing ? "Stop" : "Play through time"), onclick: () => { playing = playing ? null : { stops, next: at < stops.length - 1 ? at + 1 : 0 }; head(); step(); } }, playing ? "❚❚" : "▶");
  const years = h("div", { class: "years", "aria-hidden": "true" }, stops.slice(0, -1).map((d, i) => (d.slice(5) === "01-01" ? h("span", { "data-at": i / (stops.length - 1) }, d.slice(0, 4)) : null)));
  for (const year of years.children) year.style.setProperty("left", `calc(${100 * year.dataset.at}% + ${8 - 16 * year.dataset.at}px)`);
  return h("div", { class: now.known ? "known on" : "known" }, h("label", null, t("As known on")), play, h("div", { class: "stops" }, range, years), exact, words, now.known ? h("a", { href: same({ known: undefined }) }, `✕ ${t("today")}`) : null);
}

// Play: one stop after the other, each once it is drawn; the last one is today.
let playing = null;
function step() {
  if (!playing) return;
  const { stops, next } = playing;
  if (next >= stops.length) { playing = null; head(); return; }
  playing.next += 1;
  location.replace(same({ known: stops[next] }));
}

// A chart by itself, for a frame in another page: with a link to the view that it is of.
function alone(node) {
  const chart = node.querySelector(`#c-${CSS.escape(now.chart)}`);
  node.replaceChildren(chart ?? h("p", { class: "empty" }, t("There is no such chart in this view.")), h("p", { class: "source" }, h("a", { href: same({ chart: undefined }), target: "_blank" }, `${t("Bilateral relations")} →`)));
}

// What is in use: after a change of the view the control of the same name has the focus again.
const called = (e) => `${e.tagName} ${e.getAttribute("aria-label") ?? (e.closest("label")?.firstChild ?? e).textContent}`;

async function show() {
  const before = now, used = document.activeElement.matches("input, select, button") && called(document.activeElement);
  look();
  const mine = ++turn;
  document.body.classList.toggle("embed", Boolean(now.chart));
  const isWanted = () => mine === turn;
  head();
  main.classList.add("busy");
  const begun = performance.now();
  let node;
  const waiting = setTimeout(() => isWanted() && main.prepend(h("p", { class: "wait", role: "status" }, site.engineReady ? t("Asking …") : t("The engine is loading: {mb} MB, once.", { mb: 8 }))), 250);
  try {
    node = await (VIEWS[now.view] ?? home)(now, isWanted);
  } catch (error) {
    if (error.name === "AbortError" || !isWanted()) return;
    console.warn(error);
    node = h("div", null, h("h1", null, t("This view cannot be shown")), h("pre", { class: "fault" }, String(error.message ?? error)), h("p", null, t("Reload the page; if the file was replaced meanwhile, that helps.")));
  } finally {
    clearTimeout(waiting);
  }
  if (!isWanted()) return;
  if (now.chart) alone(node);
  else if (now.known && node && now.view !== "pair") node.prepend(h("p", { class: "banner" }, t("The page shows what was known at the beginning of {day} (UTC).", { day: day(now.known) })));
  main.replaceChildren(node);
  main.classList.remove("busy");
  if (used && document.activeElement === document.body) [...document.querySelectorAll("input, select, button")].find((e) => called(e) === used)?.focus({ preventScroll: true });
  document.title = [main.querySelector("h1")?.textContent, t("Bilateral relations")].filter(Boolean).join(" · ");
  if (before.view !== now.view || before.what !== now.what) window.scrollTo(0, 0);
  document.documentElement.dataset.shown = location.hash || "#/";
  document.documentElement.dataset.took = Math.round(performance.now() - begun);
  if (playing) setTimeout(step, 900);
}

// A first question about a past day takes three times as long as the next: it is put before anybody asks, unless the reader's network is dear.
async function warmed() {
  site.engineReady = true;
  const [source, target] = (site.beside[0] ?? "CHN-USA").split("-");
  if (!navigator.connection?.saveData) for (const name of ["lists", "deaths_by_year", "panel"]) await ask(name, { source, target, grain: "month", known: "2018-01-01" });
}

document.getElementById("foot").append(h("div", { class: "wide" }, h("p", null, t("Made on {day} from {origin}; {n} checks of the data passed.", { day: day(built.built_at), origin: t(ORIGINS[built.origin] ?? built.origin), n: number(built.n_passed) }), built.origin === "sample" ? ` ${t("This is the sample of the tests: small, and partly made up.")}` : "")));
window.addEventListener("hashchange", show);
await show();
// the engine after the first picture
if (!site.alone) started().then(warmed).then(() => { document.documentElement.dataset.engine = "ready"; }, (error) => { console.warn(error); document.documentElement.dataset.engine = "failed"; });

export { beside, searchBox, state };
