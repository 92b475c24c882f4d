// Where the commands under test are: the built bins; or the bundles of bundle-bins.ts, which start in a third of the time.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const DIST = fileURLToPath(new URL('../..', import.meta.url));
/** As deep below the package as lib's folders: lib finds package.json from where it is. */
export const BUNDLES = join(DIST, 'test/bundles');
/** The variable by which the test runner says that the bundles are those of this build. */
export const BUNDLES_VARIABLE = 'TEST_BUNDLES';

/** @param path below dist, of a program that is bundled */
export function programOf(path: string): string {
  return process.env[BUNDLES_VARIABLE] === undefined
    ? join(DIST, path)
    : join(BUNDLES, path.replace(/.*\/(.*)\.js$/, '$1.cjs'));
}

/** The program of a command such as `encrypted-s3-sync`. */
export function binOf(command: string): string {
  return programOf(`bin/${command}.js`);
}

/** The one that users start. */
export function builtBinOf(command: string): string {
  return join(DIST, `bin/${command}.js`);
}
