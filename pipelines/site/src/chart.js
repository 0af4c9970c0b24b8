// Charts as SVG: a frame with axes in days, on which lines, steps, bands, bars and marks are drawn; and the figure around them.
import { h, s, save } from "./dom.js";
import { site } from "./data.js";
import { t, number, day as dayText, month as monthText } from "./words.js";
import { go, now, same } from "./view.js";
import { table, csv } from "./table.js";

export const days = (text) => Date.UTC(+text.slice(0, 4), +text.slice(5, 7) - 1, +(text.slice(8, 10) || 1)) / 864e5;
export const iso = (n) => new Date(n * 864e5).toISOString().slice(0, 10);

// As for print (light) and as on dark screens. Hues are Okabe and Ito's; lightness differs too.
export const COLOURS = {
  a: ["#0072b2", "#56b4e9"],
  b: ["#d55e00", "#f0803c"],
  c: ["#00795a", "#2fc79b"],
  d: ["#a2417f", "#e08cc0"],
  e: ["#7a6200", "#d9c24a"],
  f: ["#4b4b8f", "#a9a9ea"],
  ink: ["#1c1c1e", "#ececee"],
  muted: ["#5d6066", "#a3a7ae"],
  rule: ["#dcdee2", "#34373d"],
  hatch: ["#e6e7ea", "#2c2f34"],
  paper: ["#ffffff", "#17181b"],
  faint: ["#9aa0a8", "#7b818a"],
  later: ["#c98500", "#e8b23a"],
};
export const colour = (name) => `var(--${name})`;

function niceStep(range, n, integer) {
  const raw = range / n;
  const power = 10 ** Math.floor(Math.log10(raw));
  return [1, 2, 2.5, 5, 10].map((m) => m * power).find((step) => step >= raw && (!integer || Number.isInteger(step)));
}

// How wide a text is at a size, roughly: a Chinese character is as wide as high.
const wide = (words, size, weight) => [...words].reduce((n, c) => n + (c > "\u2e80" ? 1 : weight ? 0.62 : 0.56), 0) * size;

// Where things stand: x in days, y in units.
export class Plot {
  // log: y is logarithmic, and its lower end above 0; what is 0 is not drawn
  constructor({ width, height, x, y, top = 16, bottom = 24, left = 0, right = 0, integer = true, labels = true, log = false }) {
    Object.assign(this, { width, height, top, bottom, left, right, log });
    [this.x0, this.x1] = x;
    let [low, high] = y;
    if (high <= low) high = low + 1;
    if (log) {
      const ladder = Array.from({ length: 45 }, (_, i) => [1, 2, 5][i % 3] * 10 ** (Math.floor(i / 3) - 3));
      this.ticks = ladder.slice(ladder.findLastIndex((v) => v <= low), ladder.findIndex((v) => v >= high) + 1);
      if (this.ticks.length > 8) this.ticks = this.ticks.filter((v, i) => i === 0 || i === this.ticks.length - 1 || Number.isInteger(Math.round(Math.log10(v) * 1e6) / 1e6));
    } else {
      const step = niceStep(high - low, Math.max(2, Math.round((height - top - bottom) / 48)), integer) ?? 1;
      const first = Math.floor(low / step);
      this.ticks = Array.from({ length: Math.ceil(high / step) - first + 1 }, (_, i) => (first + i) * step);
    }
    [this.y0, this.y1] = [this.ticks[0], this.ticks.at(-1)];
    // room for the numbers of the axis
    if (labels) this.left = 8 + 6.4 * Math.max(...[this.y0, this.y1, this.ticks[1]].map((v) => number(Math.abs(v), 2).length));
    this.under = s("g");
    this.over = s("g");
    this.links = s("g");
  }
  x(d) {
    return this.left + ((d - this.x0) / (this.x1 - this.x0)) * (this.width - this.left - this.right);
  }
  y(v) {
    const at = this.log ? (w) => Math.log(Math.max(w, this.y0)) : (w) => w;
    return this.height - this.bottom - ((at(v) - at(this.y0)) / (at(this.y1) - at(this.y0))) * (this.height - this.top - this.bottom);
  }
  inside = (d) => d >= this.x0 && d <= this.x1;
  text(x, y, words, { anchor = "start", fill = "muted", size = 12, weight } = {}) {
    const halo = { stroke: colour("paper"), "stroke-width": 3, "stroke-linejoin": "round", "paint-order": "stroke" };
    return s("text", { x, y, "text-anchor": anchor, fill: colour(fill), "font-size": size, "font-weight": weight, ...halo }, words);
  }
  axes({ format = number } = {}) {
    for (const v of this.ticks) {
      const y = Math.round(this.y(v)) + 0.5;
      const strong = Math.abs(v) < 1e-9;
      this.under.append(s("line", { x1: this.left, x2: this.width - this.right, y1: y, y2: y, stroke: colour(strong ? "faint" : "rule") }));
      this.under.append(this.text(this.left - 6, y + 4, format(strong ? 0 : v), { size: 11, anchor: "end" }));
    }
    this.time();
  }
  time() {
    const first = new Date(this.x0 * 864e5), last = new Date(this.x1 * 864e5);
    const years = last.getUTCFullYear() - first.getUTCFullYear();
    const room = (this.width - this.left - this.right) / (years > 1 ? 44 : 60);
    const months = (this.x1 - this.x0) / 30.4;
    const each = years > 2 ? 12 * ([1, 2, 5, 10, 20].find((n) => years / n <= room) ?? 20) : ([1, 2, 3, 6, 12].find((n) => months / n <= room) ?? 12);
    const y = this.height - this.bottom;
    const n = Math.max(1, each / 12);
    const at = new Date(Date.UTC(Math.floor(first.getUTCFullYear() / n) * n, 0, 1));
    for (; at <= last; at.setUTCMonth(at.getUTCMonth() + each)) {
      const d = at / 864e5;
      if (d < this.x0 - 1) continue;
      const x = this.x(d);
      this.under.append(s("line", { x1: x, x2: x, y1: y, y2: y + 5, stroke: colour("faint") }));
      const words = each >= 12 ? String(at.getUTCFullYear()) : monthText(iso(d));
      if (x < this.width - 30) this.over.append(this.text(x + (each >= 12 ? 3 : 0), y + 16, words, { size: 11 }));
    }
    this.under.append(s("line", { x1: this.left, x2: this.width - this.right, y1: y + 0.5, y2: y + 0.5, stroke: colour("faint") }));
  }
  // What is not covered: light, behind everything; at the foot alone where something is drawn above it.
  hatch(from, to, title, isFoot = false) {
    const a = this.x(Math.max(from, this.x0)), b = this.x(Math.min(to, this.x1));
    if (!(b - a > 0.5)) return;
    const height = isFoot ? 7 : this.height - this.top - this.bottom;
    const box = s("rect", { x: a, y: this.height - this.bottom - height, width: b - a, height, fill: "url(#hatch)" });
    if (title) box.append(s("title", null, title));
    this.under.append(box);
  }
  // points: [day, value|null]; a null breaks the line
  line(points, { stroke = "a", width = 2, dash, step = false, opacity } = {}) {
    let path = "", open = false, last = 0;
    for (const [d, v] of points) {
      if (v === null || v === undefined || (this.log && v <= 0)) { open = false; continue; }
      const x = this.x(d).toFixed(1), y = this.y(v).toFixed(1);
      path += !open ? `M${x} ${y}` : step ? `L${x} ${last}L${x} ${y}` : `L${x} ${y}`;
      [open, last] = [true, y];
    }
    if (path) this.over.append(s("path", { d: path, fill: "none", stroke: colour(stroke), "stroke-width": width, "stroke-dasharray": dash, "stroke-linejoin": "round", opacity }));
  }
  // points: [day, low, high]
  band(points, { fill = "a", opacity = 0.22 } = {}) {
    const known = points.filter((p) => p[1] !== null && p[2] !== null);
    if (known.length < 2) return;
    const up = known.map(([d, , high]) => `${this.x(d).toFixed(1)} ${this.y(high).toFixed(1)}`);
    const back = known.map(([d, low]) => `${this.x(d).toFixed(1)} ${this.y(low).toFixed(1)}`).reverse();
    this.over.append(s("path", { d: `M${up.join("L")}L${back.join("L")}Z`, fill: colour(fill), opacity }));
  }
  bar(from, to, low, high, { fill = "a", opacity, title } = {}) {
    const a = this.x(Math.max(from, this.x0)), b = this.x(Math.min(to, this.x1));
    const gap = b - a > 4 ? 1 : 0;
    const box = s("rect", { x: a, width: Math.max(b - a - gap, 0.8), y: Math.min(this.y(low), this.y(high)), height: Math.abs(this.y(low) - this.y(high)), fill: colour(fill), opacity });
    if (title) box.append(s("title", null, title));
    this.over.append(box);
  }
  dot(d, v, { fill = "a", r = 3.5 } = {}) {
    this.over.append(s("circle", { cx: this.x(d), cy: this.y(v), r, fill: colour(fill), stroke: colour("paper"), "stroke-width": 1.5 }));
  }
  // Acts above the plot: [{d, label, href, fill, says}]; each opens, as many are labelled as there is room for.
  marks(acts, y, { lead = true, rows = 3 } = {}) {
    const ends = [];
    for (const act of acts.filter((m) => this.inside(m.d)).sort((p, q) => (q.weight ?? 0) - (p.weight ?? 0) || p.d - q.d)) {
      const x = this.x(act.d);
      const mark = s("a", { href: act.href, class: "mark", "aria-label": act.says }, s("title", null, act.says));
      let level = -1;
      const room = act.label ? wide(act.label, 11) + 12 : 0;
      const flip = x + room > this.width;
      const [from, till] = flip ? [x - room, x + 5] : [x - 5, x + room];
      if (act.label && from >= 0) {
        level = Array.from({ length: rows }, (_, n) => n).findIndex((n) => !(ends[n] ?? []).some(([a, b]) => from < b && till > a));
        if (level >= 0) (ends[level] ??= []).push([from, till]);
      }
      if (level >= 0) {
        const at = y - 10 - level * 15;
        if (lead) this.under.append(s("line", { x1: x, x2: x, y1: at + 2, y2: this.height - this.bottom, stroke: colour("faint"), "stroke-dasharray": "1 3" }));
        mark.append(this.text(flip ? x - 5 : x + 5, at, act.label, { anchor: flip ? "end" : "start", fill: "ink", size: 11 }));
        this.under.append(s("line", { x1: x, x2: x, y1: at - 8, y2: y, stroke: colour("faint") }));
      }
      mark.append(s("rect", { "aria-hidden": "true", x: x - 6, y: y - 8, width: 12, height: 16, fill: "transparent" }));
      if (act.later) mark.append(s("circle", { "aria-hidden": "true", cx: x, cy: y, r: 3.5, fill: colour("paper"), stroke: colour("later"), "stroke-width": 2 }));
      else mark.append(act.fill === "b" ? s("path", { "aria-hidden": "true", d: `M${x - 4.5} ${y + 4}h9L${x} ${y - 4.5}Z`, fill: colour("b") }) : s("circle", { "aria-hidden": "true", cx: x, cy: y, r: 4, fill: colour(act.fill ?? "a") }));
      this.links.append(mark);
    }
  }
  svg(title, says) {
    const id = `t${Math.random().toString(36).slice(2, 8)}`;
    const hatch = s("pattern", { id: "hatch", width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" }, s("line", { x1: 0, x2: 0, y1: 0, y2: 6, stroke: colour("hatch"), "stroke-width": 3 }));
    return s("svg", { viewBox: `0 0 ${this.width} ${this.height}`, width: this.width, height: this.height, role: "group", "aria-label": title, "font-family": "system-ui, 'Segoe UI', Roboto, 'Noto Sans CJK SC', sans-serif" },
      s("defs", null, hatch), s("g", { role: "img", "aria-labelledby": `${id} ${id}d` }, s("title", { id }, title), s("desc", { id: `${id}d` }, says), this.under, this.over), this.links);
  }
}

const shown = new Set();
const watch = new ResizeObserver((all) => {
  for (const { target } of all) if (Math.abs(target.clientWidth - target.drawn) > 4) target.redraw?.();
});

// A line over the plot that says the numbers of the period under the pointer. at: [{d, text}]
function pointer(svg, plot, at, tip) {
  const line = s("line", { y1: plot.top, y2: plot.height - plot.bottom, stroke: colour("muted"), visibility: "hidden" });
  svg.append(line);
  const off = () => { line.setAttribute("visibility", "hidden"); tip.hidden = true; };
  svg.addEventListener("pointerleave", off);
  svg.addEventListener("pointermove", (event) => {
    const box = svg.getBoundingClientRect();
    const d = plot.x0 + ((event.clientX - box.left - plot.left) / (plot.width - plot.left - plot.right)) * (plot.x1 - plot.x0);
    const near = at.reduce((best, p) => (Math.abs(p.d - d) < Math.abs(best.d - d) ? p : best), at[0]);
    if (!near || !plot.inside(near.d)) return off();
    const x = plot.x(near.d);
    for (const end of ["x1", "x2"]) line.setAttribute(end, x);
    line.setAttribute("visibility", "visible");
    tip.hidden = false;
    tip.textContent = near.text;
    tip.style.setProperty("left", `${Math.min(Math.max(x - tip.offsetWidth / 2, 0), plot.width - tip.offsetWidth)}px`);
  });
}

const scales = new Map();
// The scale of a chart that the address names (as-ID=log), of those that it has, else "linear".
export function scaleOf(id, offered) {
  scales.set(id, offered);
  return offered.includes(now[`as-${id}`]) ? now[`as-${id}`] : "linear";
}

/* A chart with its title (the finding), units, legend, notes, table and what can be taken away.
   draw(width) gives {plot, tips}; numbers: {columns, rows}; keys: [[colour, text, kind]]; method: what is counted, over which days, and
   what is not; isDirect: where there is room lines bear their names, and the legend is left out; scale: what scaleOf gave, to choose from */
export function figure({ id, title, unit, says, draw, keys = [], note, method, numbers, from = [], small = false, empty, isDirect = false, scale }) {
  if (scale && scale !== "linear") unit = `${unit}; ${t(scale === "log" ? "logarithmic scale" : "stacked")}`;
  const room = h("div", { class: "room" });
  const tip = h("div", { class: "tip", hidden: true, "aria-hidden": "true" });
  const tag = small ? "h4" : "h3";
  const box = h("figure", { id: `c-${id}`, class: small ? "small" : "" }, h(tag, null, title), unit && h("p", { class: "unit" }, unit));
  if (empty) return filledWith(box, h("p", { class: "empty" }, empty));
  let svg = null;
  room.drawn = 0;
  room.redraw = () => {
    room.drawn = room.clientWidth;
    if (!room.drawn) return;
    const { plot, tips } = draw(room.drawn);
    const next = plot.svg(title, says ?? unit ?? "");
    svg ? svg.replaceWith(next) : room.prepend(next);
    svg = next;
    if (tips?.length) pointer(svg, plot, tips, tip);
    svg.addEventListener("pointermove", (event) => {
      const says = event.target.closest?.("[data-says]")?.dataset.says;
      if (tips?.length) return;
      tip.hidden = !says;
      tip.textContent = says ?? "";
      const at = svg.getBoundingClientRect();
      tip.style.setProperty("left", `${Math.min(Math.max(event.clientX - at.left - tip.offsetWidth / 2, 0), plot.width - tip.offsetWidth)}px`);
      tip.style.setProperty("top", `${event.clientY - at.top - 34}px`);
    });
  };
  room.append(tip);
  watch.observe(room);
  shown.add(room);
  const legend = keys.length ? h("ul", { class: isDirect ? "keys narrow" : "keys" }, keys.map(([fill, text, kind = "box"]) => h("li", null, swatch(fill, kind), text))) : null;
  const offered = scales.get(id) ?? [];
  const chips = scale && offered.length ? h("p", { class: "chips", role: "group", "aria-label": t("Scale") }, ["linear", ...offered].map((s) => h("button", { type: "button", "aria-label": `${t(s)}: ${title}`, "aria-pressed": String(s === scale), onclick: () => go(same({ [`as-${id}`]: s === "linear" ? undefined : s })) }, t(s)))) : null;
  box.append(...[chips, legend, room, note && h("p", { class: "note" }, note), method && h("p", { class: "source" }, method)].filter(Boolean));
  const sources = from.length ? `${t("Source")}: ${[...new Set(from)].join("; ")}` : "";
  if (sources) box.append(h("p", { class: "source" }, sources));
  const take = taken({ id, title, unit, keys, notes: [note, method].filter(Boolean), sources, numbers, picture: () => svg });
  box.append(small ? h("details", { class: "share" }, h("summary", null, t("Data and sharing")), take) : take);
  return box;
}

const filledWith = (box, ...more) => (box.append(...more), box);

function swatch(fill, kind) {
  const marks = {
    box: () => s("rect", { x: 1, y: 2, width: 14, height: 10, fill: colour(fill) }),
    band: () => s("rect", { x: 1, y: 2, width: 14, height: 10, fill: colour(fill), opacity: 0.25 }),
    line: () => s("line", { x1: 0, x2: 16, y1: 7, y2: 7, stroke: colour(fill), "stroke-width": 2.5 }),
    dash: () => s("line", { x1: 0, x2: 16, y1: 7, y2: 7, stroke: colour(fill), "stroke-width": 2, "stroke-dasharray": "3 3" }),
    dot: () => s("circle", { cx: 8, cy: 7, r: 4, fill: colour(fill) }),
    up: () => s("path", { d: "M3 11h10L8 2Z", fill: colour(fill) }),
    hatch: () => s("g", null, s("rect", { x: 0.5, y: 1.5, width: 15, height: 11, fill: "none", stroke: colour("rule") }), ...[2, 7, 12].map((x) => s("line", { x1: x - 2, x2: x + 4, y1: 12, y2: 2, stroke: colour("hatch"), "stroke-width": 3 }))),
  };
  // a number is how full the colour is
  return s("svg", { width: 16, height: 14, "aria-hidden": "true" }, typeof kind === "number" ? s("rect", { x: 1, y: 2, width: 14, height: 10, fill: colour(fill), "fill-opacity": kind }) : marks[kind]());
}

// Link, picture, numbers and citation of a chart.
function taken({ id, title, unit, keys, notes, sources, numbers, picture }) {
  const name = `${now.what || "home"}-${id}`.replace(/[^\w-]+/g, "-");
  const link = (chart) => location.href.replace(/#.*/, "") + same({ chart });
  const frame = () => `<iframe src="${link(id).replaceAll("&", "&amp;")}" title="${title.replaceAll('"', "&quot;")}" width="100%" height="560" loading="lazy" style="border:0"></iframe>`;
  const say = h("span", { role: "status", class: "said" });
  const copy = (text, done) => navigator.clipboard?.writeText(text).then(() => (say.textContent = done), () => (say.textContent = text));
  // of a page on this machine nobody else can follow the address: the view alone
  const svgText = () => alone(picture(), { title, unit, keys, notes, sources, link: /^(127\.0\.0\.1|localhost|)$/.test(location.hostname) ? same({ chart: id }) : link(id) });
  const behind = h("details", { class: "numbers" }, h("summary", null, t("Table")));
  behind.addEventListener("toggle", () => behind.open && behind.children.length < 2 && behind.append(table(numbers, { id, caption: title })), { once: false });
  const button = (text, says, onclick) => h("button", { type: "button", onclick, title: says, "aria-label": `${text}: ${title}` }, text);
  return h("div", { class: "take" },
    numbers && behind,
    button(t("Link"), t("Copy the address of this chart alone"), () => copy(link(id), t("copied"))),
    button(t("Embed"), t("Copy a frame with this chart for a page of your own"), () => copy(frame(), t("copied"))),
    button("SVG", t("This chart as a drawing"), () => save(`${name}.svg`, svgText(), "image/svg+xml")),
    button("PNG", t("This chart as a picture"), () => png(svgText()).then((blob) => save(`${name}.png`, blob, "image/png"))),
    numbers && button("CSV", t("The numbers of this chart"), () => save(`${name}.csv`, csv(numbers), "text/csv")),
    button(t("Cite"), t("Copy a citation of this chart"), () => copy(citation(title, link(id), sources), t("copied"))),
    say);
}

export function citation(title, link, sources = "") {
  const [id, built] = site.built.rows[0];
  return `"${title}." Bilateral relations warehouse, release ${id} (built ${built.slice(0, 10)}). ${sources ? `${sources}. ` : ""}${link}`;
}

// A drawing that stands by itself: title, units, legend, what is counted, sources, release and address in it, colours of print.
function alone(svg, { title, unit, keys, notes, sources, link }) {
  const width = svg.width.baseVal.value, height = svg.height.baseVal.value;
  const line = (text, size, weight, most) => {
    const lines = [""];
    for (const word of text.split(/(?<=[ /?&，。；、：（）\u4e00-\u9fff])/)) wide(lines.at(-1) + word, size, weight) > most && lines.at(-1) ? lines.push(word) : (lines[lines.length - 1] += word);
    return lines;
  };
  const parts = [];
  let y = 8;
  const put = (text, size, fill, weight) => line(text, size, weight, width - 12).forEach((words) => { y += size * 1.3; parts.push(s("text", { x: 12, y, "font-size": size, fill: colour(fill), "font-weight": weight }, words)); });
  put(title, 17, "ink", 600);
  if (unit) put(unit, 12.5, "muted");
  if (keys.length) {
    let x = 12;
    y += 22;
    for (const [fill, text, kind = "box"] of keys) {
      const room = 34 + wide(text, 12);
      if (x + room > width && x > 12) [x, y] = [12, y + 18];
      const mark = swatch(fill, kind);
      mark.setAttribute("x", x); mark.setAttribute("y", y - 11);
      parts.push(mark, s("text", { x: x + 21, y, "font-size": 12, fill: colour("ink") }, text));
      x += room;
    }
  }
  y += 8;
  const body = svg.cloneNode(true);
  body.setAttribute("y", y); body.setAttribute("x", 12);
  y += height;
  for (const text of [...notes, sources, `${t("Bilateral relations")}, ${t("release")} ${site.built.rows[0][0]}. ${link}`]) if (text) put(text, 10.5, "muted");
  const all = s("svg", { xmlns: "http://www.w3.org/2000/svg", viewBox: `0 0 ${width + 24} ${y + 14}`, width: width + 24, height: y + 14, "font-family": "system-ui, 'Segoe UI', Roboto, 'Noto Sans CJK SC', sans-serif" },
    s("rect", { width: "100%", height: "100%", fill: colour("paper") }), ...parts, body);
  return new XMLSerializer().serializeToString(all).replace(/var\(--(\w+)\)/g, (_, name) => COLOURS[name][0]);
}

function png(text) {
  return new Promise((done, failed) => {
    const image = new Image();
    image.onload = () => {
      const canvas = h("canvas", { width: image.width * 2, height: image.height * 2 });
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      canvas.toBlob(done, "image/png");
    };
    image.onerror = failed;
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  });
}

export { dayText, monthText, wide };
