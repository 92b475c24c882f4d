// For `node --require`: modern-syslog fails to load, so that commands use logger(1).
const load = process.dlopen;
process.dlopen = (module, file, ...flags) => {
  if (file.includes('modern-syslog')) throw new Error('not built');
  return load.call(process, module, file, ...flags);
};
