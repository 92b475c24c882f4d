// Every program loads this first, and the rest of it only afterwards: a Node.js that is too old fails to load the rest
// with errors that say nothing to the user. This file must therefore load in any version, and imports nothing.
const LEAST = [20, 10] as const;

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < LEAST[0] || (major === LEAST[0] && minor < LEAST[1])) {
  process.stderr.write(
    `ERROR: encrypted-s3-backup needs Node.js ${LEAST.join('.')} or later, but ${process.execPath} is Node.js ${process.versions.node}.\n`,
  );
  process.exit(1);
}

export {};
