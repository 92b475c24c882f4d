// Loads modules of ours, where it has to be quick. `import` takes turns of the event loop for each module, and the
// ninety of a run twice the time that `require` takes, which Node has for ES modules from 20.19 on.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const canRequire = (process.features as { require_module?: boolean }).require_module === true;

/**
 * A module by its path below the folder of this one; as if there were a line with `import` for it.
 * @throws what the module throws
 */
export async function load<Module>(path: `./${string}.js`): Promise<Module> {
  return (canRequire ? require(path) : await import(path)) as Module;
}
