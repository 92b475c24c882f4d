// The commands in one file each, for the tests that run them hundreds of times: most of a command's time goes into
// loading 300 files. Each runs in a process of its own all the same. The tests with a server run what users install.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { BUNDLES, DIST } from './fakes/bins.js';

/** CommonJS packages load Node's own modules by `require`, which is not there in a module. */
const REQUIRE =
  "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);";

/** Bundles the built bins, and the program of the property test's runs. */
export async function bundleBins(): Promise<void> {
  const bins = readdirSync(join(DIST, 'bin')).filter((name) => name.endsWith('.js'));
  await build({
    entryPoints: [...bins.map((name) => join(DIST, 'bin', name)), join(DIST, 'test/property/many-runs.js')],
    entryNames: '[name]',
    outdir: BUNDLES,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    banner: { js: REQUIRE },
    logLevel: 'warning',
  });
}
