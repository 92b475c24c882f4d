// Loaded before a program, sends it SIGINT as soon as it handles that.
const { on } = process;
process.on = function (event, listener) {
  const result = on.call(this, event, listener);
  if (event === 'SIGINT') {
    process.on = on;
    process.kill(process.pid, 'SIGINT');
  }
  return result;
};
