// Builds the hashed stylesheet, scripts, fonts, icon sprite and logo, and a manifest of their names, for the web package.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const out = join(here, "..", "src", "quarterdeck", "web", "static", "dist");

/** One symbol per icon named in icons.json; stroke and size come from the page's .icon class. */
function sprite() {
  const names = JSON.parse(readFileSync(join(here, "icons.json"), "utf8"));
  const symbols = [...new Set(names)].sort().map((name) => {
    const file = join(here, "node_modules", "lucide-static", "icons", `${name}.svg`);
    if (!existsSync(file)) throw new Error(`icons.json names an icon that lucide-static lacks: ${name}`);
    const inner = readFileSync(file, "utf8").replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "");
    return `<symbol id="${name}" viewBox="0 0 24 24">${inner.replace(/\s*\n\s*/g, "").replace(/ \/>/g, "/>")}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`;
}

/** Write a file under a name that carries its content's hash, and return that name. */
function emit(name, content) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 8).toUpperCase();
  const dot = name.lastIndexOf(".");
  const hashed = `${name.slice(0, dot)}.${hash}${name.slice(dot)}`;
  writeFileSync(join(out, hashed), content);
  return hashed;
}

mkdirSync(out, { recursive: true });

const entries = ["src/app.ts", "css/app.css", "css/plan.css"];
const pages = join(here, "src", "pages");
if (existsSync(pages)) entries.push(...readdirSync(pages).filter((f) => f.endsWith(".ts")).map((f) => `src/pages/${f}`));

const result = await build({
  absWorkingDir: here,
  entryPoints: entries,
  outdir: out,
  entryNames: "[name].[hash]",
  chunkNames: "chunk.[hash]",
  assetNames: "[name].[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  minify: true,
  target: ["chrome123", "firefox121", "safari17.5"],
  loader: { ".woff2": "file" },
  legalComments: "none",
  metafile: true,
  logLevel: "warning",
});

const manifest = {};
for (const [file, { entryPoint }] of Object.entries(result.metafile.outputs)) {
  const name = basename(file);
  if (entryPoint) manifest[basename(entryPoint).replace(/\.ts$/, ".js")] = name;
  else if (name.startsWith("inter-latin-wght-normal.")) manifest["inter.woff2"] = name;
}
manifest["icons.svg"] = emit("icons.svg", sprite());
manifest["logo.svg"] = emit("logo.svg", readFileSync(join(here, "art", "logo.svg")));

// A server that runs goes on naming the files of its start: those of the last hour stay, unless all is to be new.
const made = new Set([...Object.keys(result.metafile.outputs).map((file) => basename(file)), ...Object.values(manifest), "manifest.json"]);
const kept = process.argv.includes("--clean") ? Infinity : Date.now() - 3600_000;
for (const file of readdirSync(out)) {
  if (!made.has(file) && statSync(join(out, file)).mtimeMs < kept) rmSync(join(out, file), { force: true });
}
writeFileSync(join(out, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
