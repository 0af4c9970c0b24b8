// Tables that sort, filter and page, of answers {columns, rows}.
import { h, out, save } from "./dom.js";
import { keep, now } from "./view.js";
import { t, name, number, cell } from "./words.js";

export function csv({ columns, rows }) {
  const one = (v) => (v === null || v === undefined ? "" : /[",\n\r]/.test(String(v)) ? `"${String(v).replaceAll('"', '""')}"` : String(v));
  return [columns, ...rows].map((row) => row.map(one).join(",")).join("\n") + "\n";
}

const PAGE = 25, MOST = 130, MOST_VALUES = 40;
// What a new view or query of a table forgets.
export const RESET = { sort: undefined, filter: undefined, count: undefined, is: undefined, page: undefined };

/* show: columns in this order, else all; head: their headings; link: {column: row => address}; isMain: sorting, filter, counts and page of
   this table stand in the address; later: row => whether it became known after the day of knowledge; none: what is said where it is empty;
   facets: columns whose values can be chosen; say: {column: row => what is shown in place of its value};
   plain: values as they stand in the data */
export function table(answer, { caption, show, head = {}, link = {}, later, page = PAGE, download, isMain = false, none, facets = [], say = {}, plain = false } = {}) {
  const shown = (c, row) => { const value = row[at[c]]; return plain ? String(value ?? "") : value && say[c] ? say[c](row, at) : cell(c, value); };
  if (none && !answer.rows.length) return h("p", { class: "empty" }, none);
  const at = Object.fromEntries(answer.columns.map((c, i) => [c, i]));
  // of the columns chosen for a view those without any value are left out
  const columns = show?.filter((c) => c === "valid_to" || answer.rows.some((r) => r[at[c]] !== null && r[at[c]] !== undefined && r[at[c]] !== "")) ?? answer.columns;
  const asked = isMain ? now : {};
  let sort = columns.find((c) => c === asked.sort?.replace(/^-/, "")) ?? null, down = sort !== null && asked.sort[0] === "-", filter = asked.filter ?? "", from = (Math.max(1, +asked.page || 1) - 1) * page;
  // the column whose values are counted, and the value that is chosen of it
  let count = columns.find((c) => c === asked.count) ?? "", is = count ? asked.is : undefined;
  const changed = () => { fill(); if (isMain) keep({ count: count || undefined, is, sort: sort ? `${down ? "-" : ""}${sort}` : undefined, filter: filter || undefined, page: from ? from / page + 1 : undefined }); };
  const body = h("tbody");
  const status = h("span", { role: "status", class: "said" });
  const box = h("div", { class: "table" });
  const texts = new Map();
  const words = (row) => {
    if (!texts.has(row)) texts.set(row, columns.map((c) => `${row[at[c]] ?? ""} ${shown(c, row)}`).join(" ").toLowerCase());
    return texts.get(row);
  };
  const heads = columns.map((c) => {
    const button = h("button", { type: "button", onclick: () => { down = sort === c ? !down : typeof answer.rows[0]?.[at[c]] === "number"; sort = c; from = 0; changed(); } }, head[c] ?? name(c));
    return h("th", { scope: "col" }, button);
  });
  const compare = (x, y) => {
    const [p, q] = [x[at[sort]], y[at[sort]]];
    if (p === q) return 0;
    if (p === null || p === undefined) return 1;
    if (q === null || q === undefined) return -1;
    return (typeof p === "number" ? p - q : String(p).localeCompare(String(q))) * (down ? -1 : 1);
  };
  const back = h("button", { type: "button", onclick: () => { from -= page; changed(); } }, `‹ ${t("back")}`);
  const next = h("button", { type: "button", onclick: () => { from += page; changed(); } }, `${t("next")} ›`);
  function fill() {
    const wanted = filter.toLowerCase().split(/\s+/).filter(Boolean);
    let found = wanted.length ? answer.rows.filter((r) => wanted.every((w) => words(r).includes(w))) : answer.rows;
    if (count) {
      const values = counted(found, count);
      if (is !== undefined && !values.has(is)) values.set(is, 0);
      const list = [...values].sort((p, q) => (q[0] === is) - (p[0] === is) || q[1] - p[1]), most = Math.max(...values.values());
      const held = document.activeElement?.dataset.value;
      counts.replaceChildren(...list.slice(0, MOST_VALUES).map(([value, n]) => {
        const button = h("button", { type: "button", "data-value": value, "aria-pressed": String(value === is), onclick: () => { is = value === is ? undefined : value; from = 0; changed(); } }, `${value || t("no data")} `, h("b", null, number(n)));
        button.style.setProperty("background-size", `${(100 * n) / most}% 100%`);
        return button;
      }), list.length > MOST_VALUES ? h("span", { class: "said" }, t("and {n} more values", { n: number(list.length - MOST_VALUES) })) : "");
      if (held !== undefined) [...counts.children].find((e) => e.dataset.value === held)?.focus();
      if (is !== undefined) found = found.filter((r) => shown(count, r) === is);
    }
    counts.hidden = !count;
    if (sort !== null) found = [...found].sort(compare);
    from = Math.max(0, Math.min(from, Math.floor(Math.max(found.length - 1, 0) / page) * page));
    body.replaceChildren(...found.slice(from, from + page).map((row) => h("tr", later?.(row, at) ? { class: "later" } : null, columns.map((c) => {
      const value = row[at[c]];
      const target = link[c]?.(row, at);
      const text = shown(c, row), short = text.length > MOST ? `${text.slice(0, MOST).replace(/\s+\S*$/, "")} …` : text;
      const inner = target && text ? (target.startsWith("#") ? h("a", { href: target }, short) : out(target, short)) : c === "url" ? out(value, value && new URL(value, location).hostname) : c === "evidence" ? text : short;
      // on the Chinese page a title that was put together stands above the one that was given
      const given = say[c] && now.lang === "zh" && text !== cell(c, value) && h("span", { class: "given", lang: "en" }, value);
      return h("td", { title: short !== text && text, class: typeof value === "number" ? "n" : /^[\d-]{10}$/.test(text) || (c === "direction" && text.length < 32) ? "d" : text.length > 50 ? "w" : null }, inner, given);
    }))));
    heads.forEach((th, i) => th.setAttribute("aria-sort", columns[i] !== sort ? "none" : down ? "descending" : "ascending"));
    const n = found.length;
    status.textContent = n ? `${number(from + 1)}–${number(Math.min(from + page, n))} ${t("of")} ${number(n)}${answer.cut ? "+" : ""}` : t("no rows");
    back.disabled = from === 0;
    next.disabled = from + page >= n;
    back.hidden = next.hidden = n <= page;
  }
  const search = h("input", { type: "search", placeholder: t("filter"), "aria-label": `${t("filter")}: ${caption ?? ""}`, value: filter, oninput: (e) => { filter = e.target.value; from = 0; changed(); } });
  const counts = h("div", { class: "chips counts", role: "group" });
  const counted = (list, c) => list.reduce((n, r) => n.set(shown(c, r), (n.get(shown(c, r)) ?? 0) + 1), new Map());
  // columns with a value that stands in several rows
  const countable = answer.rows.length > 8 ? columns.filter((c) => new Set(answer.rows.map((r) => r[at[c]])).size < answer.rows.length * 0.8) : [];
  const chooseCount = countable.length ? h("select", { "aria-label": t("Count by"), onchange: (e) => { count = e.target.value; [is, from] = [undefined, 0]; changed(); } }, h("option", { value: "" }, `${t("Count by")} …`), countable.map((c) => h("option", { value: c, selected: c === count }, `${t("Count by")}: ${head[c] ?? name(c)}`))) : null;
  const choices = facets.filter((c) => columns.includes(c)).map((c) => {
    const counts = counted(answer.rows.filter((r) => cell(c, r[at[c]])), c);
    return counts.size > 1 && counts.size < 40 ? h("select", { "aria-label": name(c), onchange: (e) => { search.value = filter = e.target.value; from = 0; changed(); } }, h("option", { value: "" }, `${name(c)}: ${t("all")}`), [...counts].sort((p, q) => q[1] - p[1]).map(([v, n]) => h("option", { value: v, selected: v === filter }, `${v} (${number(n)})`))) : null;
  });
  fill();
  if (later) box.append(h("p", { class: "note" }, h("span", { class: "later" }, t("coloured")), ` ${t("became known or changed after the day of knowledge")}`));
  box.append(
    h("div", { class: "bar" }, answer.rows.length > 8 ? [search, choices, chooseCount] : null, status, back, next,
      h("button", { type: "button", onclick: () => save(`${download ?? "table"}.csv`, csv(answer), "text/csv") }, "CSV")),
    counts, h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": caption ?? t("Table") }, h("table", null, h("caption", { class: "hide" }, caption ?? ""), h("thead", null, h("tr", null, heads)), body)));
  return box;
}
