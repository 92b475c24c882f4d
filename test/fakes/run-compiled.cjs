// Runs the bundle NAME.code.cjs of bundle-bins.ts with V8's code cache for it, NAME.compiled.
const { readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');
const { Script } = require('node:vm');

module.exports = function runCompiled(folder, name) {
  const file = join(folder, `${name}.code.cjs`);
  const compiled = join(folder, `${name}.compiled`);
  const isFirst = process.env.KEEPS_COMPILED_CODE !== undefined;
  // The output of esbuild is ASCII.
  const code = `(function (require, __url, module) {${readFileSync(file, 'latin1').replace(/^#!.*/, '')}\n})`;
  const script = new Script(code, {
    filename: file,
    ...(isFirst ? {} : { cachedData: readFileSync(compiled) }),
  });
  if (isFirst) process.on('exit', () => writeFileSync(compiled, script.createCachedData()));
  script.runInThisContext()(require, pathToFileURL(file).href, { exports: {} });
};
