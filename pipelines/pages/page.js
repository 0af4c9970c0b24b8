"use strict";
// One period moves all charts and the chronicle. Text is only ever set as text, never as markup.
(() => {
  const body = document.body, days = Number(body.dataset.days), atFirst = Number(body.dataset.first);
  const start = Date.parse(body.dataset.since), DAY = 86400000;
  const el = (id) => document.getElementById(id);
  const day = (n) => new Date(start + n * DAY).toISOString().slice(0, 10);
  const brush = el("brush"), rows = [...el("facts").tBodies[0].rows];
  const words = rows.map((row) => row.textContent.toLowerCase());
  let from = 0, to = days, all = false;

  // the same round dates as the charts are drawn with
  function ticks(most) {
    const n = to - from, first = new Date(start + from * DAY), found = [];
    if (n >= 60) {
      for (const months of [1, 3, 6, 12, 24, 60, 120]) {
        if (n / 30.4 / months > most) continue;
        for (let m = first.getUTCFullYear() * 12 + first.getUTCMonth(); ; m++) {
          const at = (Date.UTC(Math.floor(m / 12), m % 12, 1) - start) / DAY;
          if (at >= to) return found;
          if (at >= from && m % months === 0) found.push([at, day(at).slice(0, months >= 12 ? 4 : 7)]);
        }
      }
    }
    const step = Math.max(1, Math.ceil(n / most));
    for (let at = from; at < to; at += step) found.push([at, day(at)]);
    return found;
  }

  function drawTicks(svg) {
    const width = svg.clientWidth || 600, svgText = (at, label) => {
      const text = document.createElementNS("http://www.w3.org/2000/svg", "text");
      const x = (at - from) / (to - from) * width;
      text.setAttribute("x", Math.min(x, width - label.length * 7));
      text.setAttribute("y", 15);
      text.textContent = label;
      return text;
    };
    svg.replaceChildren(...ticks(Math.max(2, Math.floor(width / 80))).map(([at, label]) => svgText(at, label)));
  }

  function filter() {
    const kinds = new Set([...document.querySelectorAll("[name=kind]:checked")].map((box) => box.value));
    const way = el("way").value, asked = el("words").value.toLowerCase().split(/\s+/).filter(Boolean);
    let matching = 0;
    rows.forEach((row, i) => {
      const at = Number(row.dataset.day);
      const fits = at >= from && at < to && kinds.has(row.dataset.kind) && (!way || !row.dataset.way || row.dataset.way === way)
        && asked.every((word) => words[i].includes(word));
      if (fits) matching += 1;
      row.hidden = !fits || (!all && matching > atFirst);
    });
    const shown = all ? matching : Math.min(matching, atFirst);
    el("counted").textContent = `${matching} facts match; ${shown} are shown.`;
    el("more").hidden = shown === matching;
  }

  let waiting = false;
  function show(newFrom, newTo) {
    from = Math.max(0, Math.min(Math.round(newFrom), days - 7));
    to = Math.min(days, Math.max(Math.round(newTo), from + 7));
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      for (const svg of document.querySelectorAll("svg.zoom")) {
        svg.setAttribute("viewBox", `${from} 0 ${to - from} ${svg.dataset.height}`);
      }
      document.querySelectorAll("svg.x").forEach(drawTicks);
      el("window").style.left = el("left").style.left = `${100 * from / days}%`;
      el("window").style.width = `${100 * (to - from) / days}%`;
      el("right").style.left = `${100 * to / days}%`;
      for (const [id, at, last] of [["left", from, from], ["right", to, to - 1]]) {
        el(id).setAttribute("aria-valuenow", at);
        el(id).setAttribute("aria-valuetext", day(last));
      }
      el("from").value = day(from);
      el("to").value = day(to - 1);
      el("said").textContent = `All charts show ${day(from)} to ${day(to - 1)}.`;
      filter();
    });
  }

  const at = (event) => {
    const box = brush.getBoundingClientRect();
    return Math.max(0, Math.min(days, (event.clientX - box.left) / box.width * days));
  };
  brush.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    brush.setPointerCapture(event.pointerId);
    if (event.target.id === "left" || event.target.id === "right") event.target.focus();
    const fixed = event.target.id === "left" ? to : event.target.id === "right" ? from : at(event);
    const drag = (move) => show(Math.min(fixed, at(move)), Math.max(fixed, at(move)));
    brush.addEventListener("pointermove", drag);
    const end = () => brush.removeEventListener("pointermove", drag);
    brush.addEventListener("pointerup", end, { once: true });
    brush.addEventListener("pointercancel", end, { once: true });
  });
  for (const id of ["left", "right"]) {
    el(id).addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -7, ArrowDown: -7, ArrowRight: 7, ArrowUp: 7, PageDown: -91, PageUp: 91, Home: -days, End: days };
      const by = step[event.key];
      if (by === undefined) return;
      event.preventDefault();
      if (id === "left") show(Math.min(from + by, to - 7), to);
      else show(from, Math.max(to + by, from + 7));
    });
  }
  const typed = () => {
    const first = (Date.parse(el("from").value) - start) / DAY, last = (Date.parse(el("to").value) - start) / DAY + 1;
    if (Number.isFinite(first) && Number.isFinite(last) && first < last) show(first, last);
  };
  el("from").addEventListener("change", typed);
  el("to").addEventListener("change", typed);
  el("all").addEventListener("click", () => show(0, days));
  el("more").addEventListener("click", () => { all = true; filter(); });
  el("filters").addEventListener("input", () => { all = false; filter(); });
  for (const form of document.forms) {
    form.hidden = false;
    form.addEventListener("submit", (event) => event.preventDefault());
  }
  window.addEventListener("resize", () => show(from, to));
  show(0, days);
})();
