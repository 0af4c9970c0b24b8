// Words of the page in English and Chinese, and how values are written.
import { rows, site } from "./data.js";
import { now } from "./view.js";
import { ZH, ZH_LISTS, ZH_ACTORS, ZH_CITED, ZH_VERBS } from "./zh.js";

export const language = () => (now.lang === "zh" ? "zh" : "en");
const locale = () => (language() === "zh" ? "zh-CN" : "en");

// English is the key; {n} stands for a value.
export function t(text, values = {}) {
  const words = language() === "zh" ? (ZH[text] ?? text) : text;
  return singular(words.replace(/\{(\w+)\}/g, (_, key) => values[key] ?? ""));
}
// "1 acts became known" is said as "1 act became known".
const singular = (text) => text.replace(/(?<![\d.,])1 (official )?(act|listing|event|row|claim|change|item|pair|year)s\b( are\b)?/g, (_, before = "", noun, are) => `1 ${before}${noun}${are ? " is" : ""}`);
export const counted = (n, words) => singular(`${number(n)} ${t(words)}`);

export const number = (v, digits = 0) => (v === null || v === undefined ? "–" : v.toLocaleString(locale(), { maximumFractionDigits: digits }));
const format = (text, options) => new Date(`${text.slice(0, 10)}T00:00:00Z`).toLocaleDateString(language() === "zh" ? "zh-CN" : "en-GB", { timeZone: "UTC", ...options });
export const day = (text) => (text ? format(text, { day: "numeric", month: "long", year: "numeric" }) : "–");
export const shortDay = (text) => (text ? format(text, { day: "numeric", month: "short", year: "numeric" }) : "–");
export const month = (text) => (text ? format(text, { month: "short", year: "numeric" }) : "–");
export const fullMonth = (text) => (text ? format(text, { month: "long", year: "numeric" }) : "–");

const actors = Object.fromEntries(rows(site.actors).map((a) => [a.actor_id, a]));
const regions = { zh: new Intl.DisplayNames(["zh-Hans"], { type: "region" }) };
const lists = Object.fromEntries(rows(site.list_names).map((l) => [l.list_id, l]));

export function state(id) {
  const actor = actors[id];
  if (language() === "zh") {
    if (ZH_ACTORS[id]) return ZH_ACTORS[id];
    if (actor?.iso2) return regions.zh.of(actor.iso2) ?? actor.name;
  }
  return actor?.name ?? id ?? "";
}
export const states = () => Object.keys(actors);
// Of whom: "Chinese parties" has no rule, "parties of China" has.
const ADJECTIVES = { CHN: "Chinese", USA: "US", RUS: "Russian", IRN: "Iranian", HKG: "Hong Kong", GBR: "British", CAN: "Canadian", MEX: "Mexican", IND: "Indian", TUR: "Turkish", UKR: "Ukrainian", DEU: "German", FRA: "French", JPN: "Japanese", KOR: "South Korean", PRK: "North Korean", PAK: "Pakistani", TWN: "Taiwanese", ARE: "Emirati", VEN: "Venezuelan", SYR: "Syrian", COL: "Colombian" };
export const partiesOf = (id) => (language() === "zh" ? `${state(id)}实体与个人` : ADJECTIVES[id] ? `${ADJECTIVES[id]} parties` : `Parties of ${state(id)}`);

const SHORT = {
  us_ofac_sdn: "SDN List", us_ofac_cons: "OFAC Non-SDN List", us_ofac_cmic: "NS-CMIC List", us_bis_entity_list: "Entity List", us_bis_meu: "Military End-User List", us_bis_uvl: "Unverified List", us_bis_dpl: "Denied Persons List",
  us_dod_1260h: "Section 1260H list", us_dod_1260h_notices: "Section 1260H list (notices)", us_dod_1286: "Section 1286 list", us_dhs_uflpa: "UFLPA Entity List", us_cbp_wro: "WRO list (forced labour)", us_fcc_covered: "FCC Covered List", us_state_isn: "nonproliferation sanctions list", us_csl: "Consolidated Screening List",
  un_sc: "UN Security Council list", cn_countermeasures: "Chinese countermeasures list", cn_mofcom: "MOFCOM lists", eu_fsf: "EU consolidated list", eu_sectoral_annexes: "EU sectoral annexes", gb_sanctions: "UK Sanctions List", ca_sema: "Canadian SEMA list", ch_seco: "Swiss SECO list", jp_third_countries: "Japan's export-ban list",
};
export const listName = (id) => (language() === "zh" && ZH_LISTS[id]) || SHORT[id] || lists[id]?.name || id || "";
export const listFull = (id) => (language() === "zh" && ZH_LISTS[id]) || lists[id]?.full_name || id;
export const listOf = (id) => lists[id];
// A text of the data with the short names of lists in place of the full ones,
const full = {};
const fullNames = () => (full[language()] ??= Object.values(lists).flatMap((l) => [l.full_name, l.name].map((name) => [name, listName(l.list_id)])).filter(([name, short]) => short !== name && name.length > short.length).sort((p, q) => q[0].length - p[0].length));
export const shortened = (text) => fullNames().reduce((words, [name, short]) => words.replace(name, short), text);

// What an act is called: its title; on the Chinese page who did what, by which list and instrument, of the columns of its row, since titles
// are English.
export function actTitle(r) {
  if (language() !== "zh") return shortened(r.title);
  const n = r.n_parties ? `${number(r.n_parties)}个主体` : "主体", on = r.list_id && listName(r.list_id);
  const deed = on && { listing: `将${n}列入${on}`, delisting: `将${n}移出${on}`, suspension: `暂停对${n}适用${on}`, resumption: `恢复对${n}适用${on}` }[r.sort];
  const about = [cell("effect", r.effect), cell("subject", r.subject)].filter(Boolean).join("，");
  return `${state(r.authority_id)}：${deed || `${cell("sort", r.sort)}${about ? `（${about}）` : ""}`}${instrument(r.citation ?? "")}`;
}
// 联邦公报第91卷35189页 of 91 FR 35189; of a citation without a number its day, 2025年11月5日.
function instrument(citation) {
  const [pattern, words] = ZH_CITED.find(([form]) => form.test(citation)) ?? [];
  const date = /\d{1,2} [A-Z][a-z]+ \d{4}/.exec(citation)?.[0];
  return pattern ? `，${citation.replace(pattern, words)}` : date ? `，${day(new Date(`${date} UTC`).toISOString())}` : "";
}
// A headline of the chronicle, of the words that the warehouse itself put there.
export const headline = (text) => (language() === "zh" ? ZH_VERBS.reduce((words, [from, to]) => words.replace(from, to), shortened(text)) : shortened(text));

const HEADS = {
  source_id: "from", target_id: "to", date: "day", event_date: "day", published_on: "published", published_at: "published", n_parties: "parties", list_id: "list", list_name: "list",
  valid_from: "since", valid_to: "until", valid_from_basis: "basis of the day", party_type: "type", target_basis: "why this state", n_reports: "reports", known_from: "known since", known_at: "known since",
  authority_id: "authority", n_events_that_tell: "in the news", figure: "figure then", figure_now: "figure now", verdict: "verdict then", verdict_now: "verdict now", surface: "claim", n_acts: "acts", n_listings: "listings", n_events: "events",
  period_end: "period ends", known_then: "known then", known_now: "known now", first_known: "first known", n_in_force: "in force", valid_from_earliest: "came after", event_date_earliest: "after", vintage_date: "edition", n_added: "added", n_removed: "removed", headline: "what", newest_date: "newest date", n_snapshots: "editions", licence: "terms", direction: "direction", actor_id: "party", target_ids: "states", is_same: "same party", other_id: "other", score: "score",
};
export const name = (column) => t(HEADS[column] ?? column.replaceAll("_", " ").replace(/^n (?=\w)/, ""));

// What a code of the data says to a reader.
const CODES = {
  list_destination: "the list is aimed at it", linked_party: "that of a linked party", other_list: "another list", registry: "table of actors", identifier: "issuer of a document", nationality: "nationality", citizenship: "citizenship", address: "address", registration: "registration",
  snapshot_diff: "first in an edition", left_censored: "before the first edition", federal_register: "Federal Register", source_field: "stated by the list", official_notice: "official notice", federal_register_notice: "Federal Register",
};
const OF_STATES = new Set(["source_id", "target_id", "country_id", "authority_id", "target_ids"]);
const OF_WORDS = new Set(["sort", "effect", "kind", "party_type", "verdict", "verdict_now", "subject", "basis", "target_basis", "valid_from_basis", "quality", "measure", "certainty"]);
// A value as a table shows it.
export function cell(column, value) {
  if (value === null || value === undefined) return "";
  if (OF_STATES.has(column)) return String(value).split(", ").map(state).join(", ");
  if (column === "direction") return String(value).split(/( [→↔] )/).map((v, i) => (i % 2 ? v : state(v))).join("");
  if (column === "list_id" || column === "lists") return String(value).split(", ").map(listName).join(", ");
  if (OF_WORDS.has(column)) return t((column.endsWith("basis") && CODES[value]) || String(value).replaceAll("_", " "));
  if (column === "title") return shortened(String(value));
  if (column === "headline") return headline(String(value));
  if (typeof value === "boolean") return t(value ? "yes" : "no");
  if (typeof value === "number") return /year|_id$|^char_/.test(column) ? String(value) : number(value, Math.abs(value) < 10 ? 3 : 0);
  if (/^\d{4}-\d{2}-\d{2}/.test(value) && /known_|_at$/.test(column)) return String(value).slice(0, 10);
  return String(value);
}
