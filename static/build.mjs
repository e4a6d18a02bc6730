// Builds static/build/: two style sheets (light and dark), our script bundles, icons as PNG, and axe for the browser tests.
import { build } from "esbuild";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import path from "node:path";
import * as sass from "sass";
import { png } from "./icons.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const modules = path.join(here, "..", "node_modules");
const out = path.join(here, "build");

async function styles(name) {
  const { css } = sass.compile(path.join(here, "sass", `${name}.scss`), {
    style: "compressed",
    loadPaths: [modules],
    quietDeps: true,
  });
  await writeFile(path.join(out, `${name}.css`), css);
  return [...css.matchAll(/url\("images\/([^"]+)"\)/g)].map(([, image]) => image);
}

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
const images = await Promise.all([styles("app"), styles("app-dark")]);
for (const image of new Set(images.flat())) {
  await cp(path.join(modules, "nhsuk-frontend", "dist", "nhsuk", "assets", "images", image), path.join(out, "images", image));
}
// iOS cuts its own corners, so it gets the one without.
for (const [name, icon, size] of [["icon-192", "icon", 192], ["icon-512", "icon", 512], ["icon-touch", "icon-maskable", 180]]) {
  const svg = await readFile(path.join(here, "icons", `${icon}.svg`), "utf8");
  await writeFile(path.join(out, `${name}.png`), png(svg, size));
}
await build({
  entryPoints: ["app", "autosave", "chart", "desk", "devices", "offline", "redaction", "service-worker", "supported", "talk"].map((name) => path.join(here, "js", `${name}.js`)),
  outdir: out,
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2020",
  nodePaths: [modules],
  legalComments: "inline",
});
await cp(path.join(modules, "htmx.org", "dist", "htmx.min.js"), path.join(out, "htmx.js"));
await cp(path.join(modules, "axe-core", "axe.min.js"), path.join(out, "axe.js"));
