// Makes ../built of src: node build.mjs FOLDER (make site). The engine is packed: page.js unpacks it in the browser.
import { geoEqualEarth, geoPath } from "d3-geo";
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { gunzipSync, gzipSync } from "node:zlib";
import { feature } from "topojson-client";

const to = process.argv[2];
const engine = "node_modules/@duckdb/duckdb-wasm/dist/";
mkdirSync(to, { recursive: true });
await build({
  entryPoints: ["src/page.js", "src/page.css"],
  outdir: to,
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  legalComments: "inline",
});
copyFileSync("src/index.html", `${to}/index.html`);
for (const name of ["duckdb-eh.wasm", "duckdb-browser-eh.worker.js"]) {
  const source = readFileSync(engine + name);
  // the address of a map that is not shipped
  const content = name.endsWith(".js") ? source.toString().replace(/\n\/\/# sourceMappingURL=.*\n?$/, "\n") : source;
  writeFileSync(`${to}/${name}.gz`, gzipSync(content, { level: 9 }));
}

// The map: outlines of states by the three letters of ISO 3166, drawn once; of states too small for that scale a disc.
const read = (path) => JSON.parse(readFileSync(`node_modules/${path}`));
const letters = Object.fromEntries(read("i18n-iso-countries/codes.json").map(([, three, digits]) => [digits, three]));
const [coarse, fine] = ["110m", "50m"].map((scale) => read(`world-atlas/countries-${scale}.json`)).map((world) => feature(world, world.objects.countries).features.filter((f) => f.properties.name !== "Antarctica"));
const [width, height] = [960, 450];
const path = geoPath(geoEqualEarth().fitSize([width, height], { type: "FeatureCollection", features: coarse })).digits(1);
const nameOf = (f) => letters[f.id] ?? { Kosovo: "XKX" }[f.properties.name];
const disc = ([x, y]) => `M${(x - 2.5).toFixed(1)} ${y.toFixed(1)}a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0 -5 0Z`;
const states = new Map(coarse.filter(nameOf).map((f) => [nameOf(f), path(f)]));
for (const f of fine) if (nameOf(f) && !states.has(nameOf(f))) states.set(nameOf(f), disc(path.centroid(f)));
writeFileSync(`${to}/world.json`, JSON.stringify({ width, height, states: Object.fromEntries([...states].sort()) }));

// What was made of what: of a packed file the hash of what is in it, since two versions of zlib pack in two ways.
const sums = [["", to], ["src/", "src"]].flatMap(([prefix, folder]) => readdirSync(folder).filter((name) => name !== "SHA256SUMS").sort().map((name) => {
  const content = readFileSync(`${folder}/${name}`);
  return `${createHash("sha256").update(name.endsWith(".gz") ? gunzipSync(content) : content).digest("hex")}  ${prefix}${name}\n`;
}));
writeFileSync(`${to}/SHA256SUMS`, sums.join(""));
