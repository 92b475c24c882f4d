// The commands in one file each, compiled once, for the tests that run them hundreds of times: most of a command's time
// goes into loading and compiling 300 files. Tests with a server that start the AWS
// CLI as a user does start the built bins, too.
import { execFile } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { BUNDLES, DIST } from './fakes/bins.js';

const execFileAsync = promisify(execFile);
const RUN_COMPILED = fileURLToPath(new URL('../../test/fakes/run-compiled.cjs', import.meta.url));

/** Bundles the built bins, and the program of many runs. */
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
    // As modules are.
    banner: { js: '"use strict";' },
    define: { 'import.meta.url': '__url' },
    logLevel: 'warning',
  });
  await Promise.all(programs.map((path) => compile(path.replace(/.*\/(.*)\.js$/, '$1'))));
}

/** Makes the program, and runs it a first time: what V8 has compiled then is kept. */
async function compile(name: string): Promise<void> {
  const program = join(BUNDLES, `${name}.cjs`);
  writeFileSync(program, `require(${JSON.stringify(RUN_COMPILED)})(__dirname, ${JSON.stringify(name)});\n`);
  const first = execFileAsync(process.execPath, [program, '--version'], {
    env: { ...process.env, KEEPS_COMPILED_CODE: 'true' },
  });
  first.child.stdin?.end();
  await first;
}
