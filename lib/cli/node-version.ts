// Every program loads this file before the rest, which a Node.js that is too old can't load: its errors would not say
// why. This file must load in any version, so it imports nothing.
const LEAST = [20, 10] as const;

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < LEAST[0] || (major === LEAST[0] && minor < LEAST[1])) {
  process.stderr.write(
    `ERROR: encrypted-s3-backup needs Node.js ${LEAST.join('.')} or later, but ${process.execPath} is Node.js ${process.versions.node}.\n`,
  );
  process.exit(1);
}

export {};
