// Paths of the commands under test: the built bins, or their bundles (bundle-bins.ts), which start in a third of the time.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const DIST = fileURLToPath(new URL('../..', import.meta.url));
/** As deep below the package as lib's folders, because lib finds package.json by a relative path. */
export const BUNDLES = join(DIST, 'test/bundles');
/** The test runner sets this variable when the bundles belong to this build. */
export const BUNDLES_VARIABLE = 'TEST_BUNDLES';

/** @param path of a bundled program, below dist */
export function programOf(path: string): string {
  return process.env[BUNDLES_VARIABLE] === undefined
    ? join(DIST, path)
    : join(BUNDLES, path.replace(/.*\/(.*)\.js$/, '$1.cjs'));
}

/** The program of a command such as `encrypted-s3-sync`. */
export function binOf(command: string): string {
  return programOf(`bin/${command}.js`);
}

/** The program that users start, never its bundle. */
export function builtBinOf(command: string): string {
  return join(DIST, `bin/${command}.js`);
}
