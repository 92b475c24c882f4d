// For `node --require`: as if modern-syslog had not been built, so that logger(1) is used.
const load = process.dlopen;
process.dlopen = (module, file, ...flags) => {
  if (file.includes('modern-syslog')) throw new Error('not built');
  return load.call(process, module, file, ...flags);
};
