// Where the numbers come from: JSON beside the page (or inside it), and DuckDB in the browser, which reads the published file by ranges.
import { AsyncDuckDB, VoidLogger } from "@duckdb/duckdb-wasm";

const here = new URL(".", location.href);
const inside = JSON.parse(document.getElementById("beside")?.textContent ?? "null");
export const site = inside ? inside.site : await got("data/site.json");

// Answers are {columns, rows}; rows() gives objects.
export function rows(answer) {
  return answer.rows.map((row) => Object.fromEntries(answer.columns.map((c, i) => [c, row[i]])));
}

async function got(path) {
  const answer = await fetch(new URL(path, here));
  if (!answer.ok) throw new Error(`${path}: ${answer.status}. The folder of the page is not whole: write it again with 'bilateral site'.`);
  return answer.json();
}

const pairs = new Map();
// The numbers of a pair (AAA-BBB, as known now; AAA-BBB@day) that lie beside the page; null where there are none.
export function beside(pair) {
  if (inside?.[pair]) return inside[pair];
  const [two, known] = pair.split("@"), place = site.beside.indexOf(two);
  if (inside || place < 0 || (known && !(place < site.n_days_beside && site.days.includes(known)))) return null;
  if (!pairs.has(pair)) pairs.set(pair, got(`data/${pair}.json?build=${site.built.rows[0][0]}`));
  return pairs.get(pair);
}

// Pairs of states with data, as known on a day or now.
export async function pairsAt(known, isWanted) {
  if (!known) return rows(site.pairs);
  if (site.days.includes(known)) return rows(await got(`data/pairs@${known}.json?build=${site.built.rows[0][0]}`));
  return rows(await ask("pairs", { known }, isWanted)).map((p) => ({ ...p, acts_by_year: JSON.parse(p.acts_by_year), listings_by_year: null }));
}

let outlines = null;
// Outlines of states, for the map.
export const world = () => (outlines ??= got("world.json"));

async function unpacked(name, type) {
  const packed = await fetch(new URL(name, here));
  if (!packed.ok) throw new Error(`${name}: ${packed.status}`);
  const bytes = new Uint8Array(await packed.arrayBuffer());
  // some hosts unpack by themselves
  const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const body = isPacked ? new Response(bytes).body.pipeThrough(new DecompressionStream("gzip")) : bytes;
  return URL.createObjectURL(new Blob([await new Response(body).arrayBuffer()], { type }));
}

let engine = null;
// The engine, started once. Its worker comes from a blob, so that the page's policy holds for it too: no other host.
export function started() {
  if (inside) return Promise.reject(new Error("This file holds the numbers of one pair. For the rest open the whole page: bilateral explore."));
  engine ??= (async () => {
    const [worker, module] = await Promise.all([
      unpacked("duckdb-browser-eh.worker.js.gz", "text/javascript"),
      unpacked("duckdb-eh.wasm.gz", "application/wasm"),
    ]);
    const db = new AsyncDuckDB(new VoidLogger(), new Worker(worker));
    await db.instantiate(module);
    await db.open({
      // extensions beside the page are made of the engine's source and bear no signature of its publisher; no others can be reached
      allowUnsignedExtensions: true,
      filesystem: { reliableHeadRequests: true, allowFullHTTPReads: false, forceFullHTTPReads: false },
    });
    const con = await db.connect();
    // what the engine has not built in (Parquet, JSON, time zones) it may load from beside the page alone
    await con.query(`SET custom_extension_repository = '${new URL("extensions", here)}'`);
    await con.query(`ATTACH '${new URL(`bilateral.duckdb?build=${site.built.rows[0][0]}`, here)}' AS b (READ_ONLY); USE b`);
    return con;
  })();
  engine.catch(() => (engine = null));
  return engine;
}

let small = null;
// A connection to the small file of the charts' numbers as known on any day, which is read whole, once.
function ofCharts() {
  small ??= (async () => {
    const [con, address] = await Promise.all([started(), unpacked("small.duckdb.gz", "application/octet-stream")]);
    await con.bindings.registerFileBuffer("small.duckdb", new Uint8Array(await (await fetch(address)).arrayBuffer()));
    const own = await con.bindings.connect();
    await own.query("ATTACH 'small.duckdb' AS small (READ_ONLY); USE small");
    return own;
  })();
  small.catch(() => (small = null));
  return small;
}

// Values of Arrow by the number of their type. The engine could cast numbers to doubles by itself, but not those within lists.
const plain = {
  7: (v, { scale }) => Number(BigInt.asIntN(128, v.reduceRight((n, part) => (n << 32n) | BigInt(part), 0n))) / 10 ** scale,
  8: (v) => new Date(Number(v)).toISOString().slice(0, 10),
  9: (v) => new Date(Number(v) / 1e3).toISOString().slice(11, 19),
  10: (v) => new Date(Number(v)).toISOString().slice(0, 19).replace("T", " "),
};

// What lists (12) and structures (13) hold, with days as days.
function inner(value, type) {
  if (value === null || value === undefined) return null;
  if (type.typeId === 12) return [...value].map((v) => inner(v, type.children[0].type));
  if (type.typeId === 13) return Object.fromEntries(type.children.map((f) => [f.name, inner(value[f.name], f.type)]));
  return plain[type.typeId]?.(value, type) ?? value;
}

function said(value, type) {
  if (value === null || value === undefined) return null;
  if (plain[type.typeId]) return plain[type.typeId](value, type);
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "object") return JSON.stringify(inner(value, type), (_, v) => (typeof v === "bigint" ? Number(v) : v));
  return value;
}

let line = Promise.resolve();
// One question after the other; what a view that was left has asked for is not asked any more.
export function run(sql, { isWanted = () => true, most = Infinity, on = started } = {}) {
  const answer = line.then(async () => {
    const con = await on();
    if (!isWanted()) throw new DOMException("left", "AbortError");
    const stream = await con.send(sql, true);
    const result = { columns: [], rows: [], cut: false };
    await stream.open();
    result.columns = stream.schema.fields.map((f) => f.name);
    for await (const batch of stream) {
      const fields = batch.schema.fields;
      const columns = fields.map((f, i) => batch.getChildAt(i));
      for (let i = 0; i < batch.numRows; i++) {
        if (result.rows.length >= most) result.cut = true;
        else result.rows.push(fields.map((f, j) => said(columns[j].get(i), f.type)));
      }
      if (result.cut) {
        await con.cancelSent();
        break;
      }
    }
    return result;
  });
  line = answer.catch(() => {});
  return answer;
}

export function literal(value) {
  if (value === null || value === undefined) return "NULL";
  if (typeof value === "number") return String(value);
  return `'${String(value).replaceAll("'", "''")}'`;
}

const answers = new Map();
// A query of sql/site with its values; known: a day, or nothing for current knowledge.
export function ask(name, { known, ...values }, isWanted) {
  const moment = known ? `TIMESTAMP '${known.replace(/[^0-9-]/g, "")} 00:00:00'` : "end_of_time()";
  const sql = site.queries?.[name]?.replace(/\$(\w+)/g, (_, n) => (n === "known" ? moment : literal(values[n])));
  if (!answers.has(sql)) {
    if (answers.size > 80) answers.delete(answers.keys().next().value);
    const answer = run(sql, { isWanted, on: site.small.includes(name) && (known || !["listings", "pairs"].includes(name)) ? ofCharts : started });
    answers.set(sql, answer);
    answer.catch(() => answers.delete(sql));
  }
  return answers.get(sql);
}
