import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withMissingBucket } from '../../../../lib/aws/errors/missing-bucket.js';

const NO_REASON = "argument of type 'NoneType' is not iterable\n";
const REFUSED = { exitCode: 255, stdout: '', stderr: NO_REASON };
const HEAD_404 = 'An error occurred (404) when calling the HeadBucket operation: Not Found';
const HEAD_403 = 'An error occurred (403) when calling the HeadBucket operation: Forbidden';

test('an error without a reason is a missing bucket only if a HEAD request says so', async () => {
  for (const [head, expected] of [
    [HEAD_404, /\(NoSuchBucket\).* The bucket "b" does not exist\./],
    [HEAD_403, /NoneType/],
    ['', /NoneType/],
  ] as const) {
    const run = async () => ({ exitCode: head === '' ? 0 : 254, stdout: '', stderr: head });
    const { exitCode, stderr } = await withMissingBucket({ bucket: 'b', run }, REFUSED);
    assert.equal(exitCode, 255);
    assert.match(stderr, expected);
  }
});

test('an error with a reason stays as it is, without a HEAD request', async () => {
  const answer = {
    ...REFUSED,
    stderr: 'An error occurred (NoSuchKey) when calling the GetObject operation: x',
  };
  const run = () => assert.fail('a call');
  assert.equal(await withMissingBucket({ bucket: 'b', run }, answer), answer);
});
