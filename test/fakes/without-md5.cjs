// For `node --require`: Node.js refuses MD5, as in FIPS mode.
const crypto = require('node:crypto');
const { createHash } = crypto;
crypto.createHash = (algorithm, ...rest) => {
  if (algorithm !== 'md5') return createHash(algorithm, ...rest);
  throw new Error('error:0308010C:digital envelope routines::unsupported');
};
require('node:module').syncBuiltinESMExports();
