// For `node --require`: sends the program SIGINT as soon as it has a handler for it.
const { on } = process;
process.on = function (event, listener) {
  const result = on.call(this, event, listener);
  if (event === 'SIGINT') {
    process.on = on;
    process.kill(process.pid, 'SIGINT');
  }
  return result;
};
