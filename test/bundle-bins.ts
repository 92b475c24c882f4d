// Bundles each command into one file, with V8's code cache, for tests that run commands hundreds of times: most of a
// command's time goes into loading and compiling 300 files. Tests that start the AWS CLI as a user does also start the
// built bins.
import { execFile } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { BUNDLES, DIST } from './fakes/bins.js';

const execFileAsync = promisify(execFile);
const RUN_COMPILED = fileURLToPath(new URL('../../test/fakes/run-compiled.cjs', import.meta.url));

/** Bundles the built bins and many-runs.ts. */
export async function bundleBins(): Promise<void> {
  const bins = readdirSync(join(DIST, 'bin')).filter((name) => name.endsWith('.js'));
  const programs = [...bins.map((name) => `bin/${name}`), 'test/fakes/many-runs.js'];
  await build({
    entryPoints: programs.map((path) => join(DIST, path)),
    entryNames: '[name]',
    outExtension: { '.js': '.code.cjs' },
    outdir: BUNDLES,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    // Modules are strict.
    banner: { js: '"use strict";' },
    define: { 'import.meta.url': '__url' },
    logLevel: 'warning',
  });
  await Promise.all(programs.map((path) => compile(path.replace(/.*\/(.*)\.js$/, '$1'))));
}

/** Writes the program, and runs it once to store V8's code cache. */
async function compile(name: string): Promise<void> {
  const program = join(BUNDLES, `${name}.cjs`);
  writeFileSync(program, `require(${JSON.stringify(RUN_COMPILED)})(__dirname, ${JSON.stringify(name)});\n`);
  const first = execFileAsync(process.execPath, [program, '--version'], {
    env: { ...process.env, KEEPS_COMPILED_CODE: 'true' },
  });
  first.child.stdin?.end();
  await first;
}
