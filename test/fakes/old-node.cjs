// For `node --require`: the program sees the version in OLD_NODE as that of Node.js.
Object.defineProperty(process, 'versions', {
  value: { ...process.versions, node: process.env.OLD_NODE },
});
