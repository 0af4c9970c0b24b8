// Makes ../built of src: node build.mjs FOLDER (make site). The engine is packed: page.js unpacks it in the browser.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { gunzipSync, gzipSync } from "node:zlib";

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

// What was made of what: of a packed file the hash of what is in it, since two versions of zlib pack in two ways.
const sums = [["", to], ["src/", "src"]].flatMap(([prefix, folder]) => readdirSync(folder).filter((name) => name !== "SHA256SUMS").sort().map((name) => {
  const content = readFileSync(`${folder}/${name}`);
  return `${createHash("sha256").update(name.endsWith(".gz") ? gunzipSync(content) : content).digest("hex")}  ${prefix}${name}\n`;
}));
writeFileSync(`${to}/SHA256SUMS`, sums.join(""));
