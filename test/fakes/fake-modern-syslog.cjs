// For `node --require`: a modern-syslog that appends to the file FAKE_SYSLOG. Like the real one, which calls syslog(3),
// it works in one of Node's threads. A FIFO without a reader blocks it.
const { appendFile } = require('node:fs');
const Module = require('node:module');

const syslog = {
  open: () => undefined,
  log: (priority, message, done) =>
    appendFile(process.env.FAKE_SYSLOG, `${priority} ${message}\n`, () => done()),
};
const load = Module._load;
Module._load = (request, ...rest) => (request === 'modern-syslog' ? syslog : load(request, ...rest));
