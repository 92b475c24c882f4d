// For `node --require`: a modern-syslog that appends to the file FAKE_SYSLOG in one of Node's threads, as the real one
// calls syslog(3) in one. A FIFO that nobody reads stalls it.
const { appendFile } = require('node:fs');
const Module = require('node:module');

const syslog = {
  open: () => undefined,
  log: (priority, message, done) =>
    appendFile(process.env.FAKE_SYSLOG, `${priority} ${message}\n`, () => done()),
};
const load = Module._load;
Module._load = (request, ...rest) => (request === 'modern-syslog' ? syslog : load(request, ...rest));
