// `npm run bench -- [PART]…`: measures this program and others on one server, in turns. Prints seconds, and their ratios
// with limits. The ratios matter.
import { availableParallelism } from 'node:os';
import { alone } from './alone.js';
import { Bench } from './bench-world.js';
import { delay } from './delay.js';
import { first } from './first.js';
import { full } from './full.js';
import { history } from './history.js';
import { original } from './original.js';
import { quick } from './quick.js';
import { restore } from './restore.js';
import { rollback } from './rollback.js';
import { scale } from './scale.js';

const PARTS: Readonly<Record<string, (bench: Bench) => Promise<void>>> = {
  original,
  full,
  quick,
  first,
  delay,
  restore,
  rollback,
  alone,
  scale,
  history,
};

async function main(names: readonly string[]): Promise<number> {
  const unknown = names.filter((name) => !Object.hasOwn(PARTS, name));
  if (unknown.length > 0) {
    console.error(
      `bench: there is no part ${unknown.join(', ')}. The parts: ${Object.keys(PARTS).join(', ')}.`,
    );
    return 1;
  }
  const bench = new Bench();
  try {
    console.log(`${availableParallelism()} cores, Node ${process.version}`);
    for (const [name, part] of Object.entries(PARTS))
      if (names.length === 0 || names.includes(name)) await part(bench);
    return 0;
  } finally {
    await bench.close();
  }
}

process.exitCode = await main(process.argv.slice(2));
