// Loads modules of ours, where it has to be quick. `import` takes turns of the event loop for each module, and the
// ninety of a run twice the time that `require` takes, which Node has for ES modules.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
/** Node 20.19 and 22.13 were the first to do it without a warning on stderr. */
const canRequire = major >= 24 || (major === 22 && minor >= 13) || (major === 20 && minor >= 19);

/**
 * A module by its path below the folder of this one; as if there were a line with `import` for it.
 * @throws what the module throws
 */
export async function load<Module>(path: `./${string}.js`): Promise<Module> {
  return (canRequire ? require(path) : await import(path)) as Module;
}
