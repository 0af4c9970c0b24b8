// The address is the view: what stands behind # says all that is shown.
import { site } from "./data.js";

// #/pair/USA-CHN?from=2017-01&known=2023-12-22 -> {view: "pair", what: "USA-CHN", from: ..., known: ...}
export function parsed(hash) {
  const [path, query] = hash.replace(/^#\/?/, "").split("?");
  const [view, ...what] = path.split("/").map((p) => decodeURIComponent(p));
  const state = { view: view || "home", what: what.join("/"), ...Object.fromEntries(new URLSearchParams(query ?? "")) };
  if (site.alone && state.view !== "pair") return { ...site.alone, ...state, view: "pair", what: site.alone.pair };
  if (!/^\d{4}-\d{2}-\d{2}$/.test(state.known ?? "")) delete state.known;
  return state;
}

const ORDER = ["from", "to", "grain", "list", "lists", "of", "by", "year", "region", "tab", "q", "sort", "filter", "count", "is", "page", "chart", "known", "lang"];

export function address({ view, what, ...rest }) {
  const query = new URLSearchParams();
  for (const name of [...ORDER, ...Object.keys(rest).filter((k) => k.startsWith("as-"))]) if (rest[name]) query.set(name, rest[name]);
  const path = view === "home" ? "" : `${view}/${what ? what.split("/").map(encodeURIComponent).join("/").replaceAll("%2C", ",") : ""}`;
  const text = query.toString();
  return `#/${path.replace(/\/$/, "")}${text ? `?${text}` : ""}`;
}

// An act's page; in a file of one pair the page of its authority.
export const actPage = (id, url) => (site.alone ? url : to({ view: "act", what: id }));
export let now = parsed(location.hash);
export const look = () => (now = parsed(location.hash));
// What is kept from one view to the next: the day of knowledge and the language.
export const to = (change) => address({ known: now.known, lang: now.lang, ...change });
// The same view, changed.
export const same = (change) => address({ ...now, ...change });
export function go(hash) {
  if (hash !== location.hash) location.hash = hash;
}
// What a reader does to a table goes into the address, without a new view.
export function keep(change) {
  history.replaceState(null, "", same(change));
  look();
}
