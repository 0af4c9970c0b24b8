// Tables that sort, filter and page, of answers {columns, rows}.
import { h, out, save } from "./dom.js";
import { t, name, number, cell } from "./words.js";

export function csv({ columns, rows }) {
  const one = (v) => (v === null || v === undefined ? "" : /[",\n\r]/.test(String(v)) ? `"${String(v).replaceAll('"', '""')}"` : String(v));
  return [columns, ...rows].map((row) => row.map(one).join(",")).join("\n") + "\n";
}

const PAGE = 25;

/* show: columns in this order, else all; head: their headings; link: {column: row => address}; state: {sort, filter, page}, which
   the caller keeps; later: row => whether it became known after the day of knowledge */
export function table(answer, { caption, show, head = {}, link = {}, later, page = PAGE, download } = {}) {
  const at = Object.fromEntries(answer.columns.map((c, i) => [c, i]));
  // of the columns chosen for a view those without any value are left out
  const columns = show?.filter((c) => c === "valid_to" || answer.rows.some((r) => r[at[c]] !== null && r[at[c]] !== undefined && r[at[c]] !== "")) ?? answer.columns;
  let sort = null, down = false, filter = "", from = 0;
  const body = h("tbody");
  const status = h("span", { role: "status", class: "said" });
  const box = h("div", { class: "table" });
  const texts = new Map();
  const words = (row) => {
    if (!texts.has(row)) texts.set(row, columns.map((c) => `${row[at[c]] ?? ""} ${cell(c, row[at[c]])}`).join(" ").toLowerCase());
    return texts.get(row);
  };
  const heads = columns.map((c) => {
    const button = h("button", { type: "button", onclick: () => { down = sort === c ? !down : typeof answer.rows[0]?.[at[c]] === "number"; sort = c; from = 0; fill(); } }, head[c] ?? name(c));
    return h("th", { scope: "col" }, button);
  });
  const compare = (x, y) => {
    const [p, q] = [x[at[sort]], y[at[sort]]];
    if (p === q) return 0;
    if (p === null || p === undefined) return 1;
    if (q === null || q === undefined) return -1;
    return (typeof p === "number" ? p - q : String(p).localeCompare(String(q))) * (down ? -1 : 1);
  };
  const back = h("button", { type: "button", onclick: () => { from -= page; fill(); } }, `‹ ${t("back")}`);
  const next = h("button", { type: "button", onclick: () => { from += page; fill(); } }, `${t("next")} ›`);
  function fill() {
    const asked = filter.toLowerCase().split(/\s+/).filter(Boolean);
    let found = asked.length ? answer.rows.filter((r) => asked.every((w) => words(r).includes(w))) : answer.rows;
    if (sort !== null) found = [...found].sort(compare);
    from = Math.max(0, Math.min(from, Math.floor(Math.max(found.length - 1, 0) / page) * page));
    body.replaceChildren(...found.slice(from, from + page).map((row) => h("tr", later?.(row, at) ? { class: "later" } : null, columns.map((c) => {
      const value = row[at[c]];
      const target = link[c]?.(row, at);
      const text = cell(c, value);
      const inner = target && text ? (target.startsWith("#") ? h("a", { href: target }, text) : out(target, text)) : c === "url" ? out(value, value && new URL(value, location).hostname) : text;
      return h("td", { class: typeof value === "number" ? "n" : /^[\d-]{10}$/.test(text) ? "d" : text.length > 50 ? "w" : null }, inner);
    }))));
    heads.forEach((th, i) => th.setAttribute("aria-sort", columns[i] !== sort ? "none" : down ? "descending" : "ascending"));
    const n = found.length;
    status.textContent = n ? `${number(from + 1)}–${number(Math.min(from + page, n))} ${t("of")} ${number(n)}${answer.cut ? "+" : ""}` : t("no rows");
    back.disabled = from === 0;
    next.disabled = from + page >= n;
    back.hidden = next.hidden = n <= page;
  }
  const search = h("input", { type: "search", placeholder: t("filter"), "aria-label": `${t("filter")}: ${caption ?? ""}`, oninput: (e) => { filter = e.target.value; from = 0; fill(); } });
  fill();
  if (later) box.append(h("p", { class: "note" }, h("span", { class: "later" }, t("coloured")), ` ${t("became known or changed after the day of knowledge")}`));
  box.append(
    h("div", { class: "bar" }, answer.rows.length > 8 ? search : null, status, back, next,
      h("button", { type: "button", onclick: () => save(`${download ?? "table"}.csv`, csv(answer), "text/csv") }, "CSV")),
    h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": caption ?? t("Table") }, h("table", null, h("caption", { class: "hide" }, caption ?? ""), h("thead", null, h("tr", null, heads)), body)));
  return box;
}
