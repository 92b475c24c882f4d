// Loaded before a program, makes it believe that it runs with the Node.js of OLD_NODE.
Object.defineProperty(process, 'versions', {
  value: { ...process.versions, node: process.env.OLD_NODE },
});
