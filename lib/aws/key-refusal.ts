// What S3 says of the encryption key when it refuses to read an object. A refusal alone says nothing of it: 400 and
// 403 have many reasons.

/**
 * - `missing`: the object is encrypted with a customer's key, and none was given
 * - `wrong`: it is encrypted with another one
 * - `none`: no words at all, as in the answer to a HEAD request, or none that give a reason
 * - `other`: the reason is another one
 */
export type KeyRefusal = 'missing' | 'wrong' | 'none' | 'other';

/** Amazon's and MinIO's; and Ceph's, which misses the name of the algorithm first. */
const MISSING =
  /was stored using a form of Server Side Encryption|Customer provided keys must provide (a valid encryption algorithm|an appropriate secret key)/i;
/** Amazon's; and Ceph's, which compares the MD5 of the key with that of the object's. */
const WRONG =
  /Customer provided keys must provide the correct secret key|calculated MD5 hash of the key did not match/i;
/** What stands where there is no message, and messages that repeat the status. */
const EMPTY = new Set(['', 'none', 'unknown', 'unknownerror', 'bad request', 'forbidden', 'access denied']);

/** @param stderr of the AWS CLI, of a call that read an object */
export function keyRefusalIn(stderr: string): KeyRefusal {
  const [, code = '', message = stderr] =
    /An error occurred \((\w+)\) when calling the \w+ operation(?: \([^)]*\))?: ?([\s\S]*)/.exec(stderr) ??
    [];
  if (WRONG.test(message)) return 'wrong';
  if (MISSING.test(message)) return 'missing';
  const words = message.trim().replace(/\.$/, '').toLowerCase();
  return EMPTY.has(words) || words === code.toLowerCase() ? 'none' : 'other';
}
