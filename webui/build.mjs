// Builds webui/static/ from webui/assets/: one stylesheet and a few scripts, named by their content
// (app-1A2B3C4D.js) so that browsers may keep them for ever, and a manifest that names them.
// Every *.js directly in assets/ is a bundle of its own; folders hold their modules.
import { build } from 'esbuild';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const assets = join(here, 'assets');
const target = join(here, 'static');

rmSync(target, { recursive: true, force: true });
const result = await build({
  absWorkingDir: here,
  entryPoints: readdirSync(assets).filter((name) => /\.(js|css|svg)$/.test(name)).map((name) => join(assets, name)),
  entryNames: '[name]-[hash]',
  assetNames: '[name]-[hash]',
  chunkNames: 'part-[hash]',
  outdir: target,
  bundle: true,
  splitting: true,
  format: 'esm',
  minify: true,
  charset: 'utf8',
  target: ['chrome94', 'firefox91', 'safari15'],
  legalComments: 'linked',
  loader: { '.woff': 'file', '.woff2': 'file', '.ttf': 'file', '.eot': 'file', '.svg': 'copy' },
  metafile: true,
  logLevel: 'warning',
});

const manifest = {};
for (const [path, output] of Object.entries(result.metafile.outputs)) {
  if (!output.entryPoint) continue;
  manifest[basename(output.entryPoint)] = basename(path);
  // A script that imports stylesheets gets one beside it: viewer.js and viewer.css.
  if (output.cssBundle) manifest[basename(output.entryPoint).replace(/\.js$/, '.css')] = basename(output.cssBundle);
}
const sorted = Object.fromEntries(Object.entries(manifest).sort());
writeFileSync(join(target, 'manifest.json'), `${JSON.stringify(sorted, null, 1)}\n`);
