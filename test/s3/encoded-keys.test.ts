// Listings of servers that URL-encode keys, and of servers that do not, read by the real AWS CLI. The server is a fake one
// that lists four keys in two pages.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter } from 'node:path';
import { type TestContext, test } from 'node:test';
import { listPrefix } from '../../lib/aws/listing.js';
import { connect } from '../../lib/aws/settings/connect.js';
import { listVersions } from '../../lib/aws/version-listing.js';
import { Interruption } from '../../lib/cli/signals/interruption.js';
import { textOf } from '../../lib/tree/bytes.js';
import { flatten } from '../../lib/tree/streams/batches.js';
import { loadedAwsClis } from '../s3-server/loaded-aws.js';

const KEYS = ['100%25.txt', 'a b', 'a+b', 'ü&'];
const TIME = '2020-01-01T00:00:00.000Z';

function answer(url: URL, isEncoding: boolean): string {
  const isEncoded = isEncoding && url.searchParams.get('encoding-type') === 'url';
  const write = (key: string) =>
    isEncoded ? encodeURIComponent(key).replaceAll('%20', '+') : key.replaceAll('&', '&amp;');
  const encoding = isEncoded ? '<EncodingType>url</EncodingType>' : '';
  const marker = url.searchParams.get('key-marker') ?? url.searchParams.get('continuation-token');
  // A marker that is still encoded is no key.
  const isFirst = marker === null;
  const keys = isFirst ? KEYS.slice(0, 2) : marker === KEYS[1] ? KEYS.slice(2) : [];
  const end = KEYS[1] ?? '';
  const common = `${encoding}<IsTruncated>${isFirst}</IsTruncated>`;
  if (url.searchParams.has('versions')) {
    const next = isFirst
      ? `<NextKeyMarker>${write(end)}</NextKeyMarker><NextVersionIdMarker>v</NextVersionIdMarker>`
      : '';
    const rows = keys.map(
      (key) =>
        `<Version><Key>${write(key)}</Key><VersionId>v</VersionId><IsLatest>true</IsLatest><LastModified>${TIME}</LastModified><Size>3</Size></Version>`,
    );
    return `<ListVersionsResult>${common}${next}${rows.join('')}</ListVersionsResult>`;
  }
  const next = isFirst ? `<NextContinuationToken>${end}</NextContinuationToken>` : '';
  const rows = keys.map(
    (key) =>
      `<Contents><Key>${write(key)}</Key><Size>3</Size><LastModified>${TIME}</LastModified><ETag>"e"</ETag></Contents>`,
  );
  return `<ListBucketResult>${common}${next}${rows.join('')}</ListBucketResult>`;
}

async function serve(t: TestContext, isEncoding: boolean): Promise<string> {
  const server = createServer((request, response) => {
    response.writeHead(200, { 'content-type': 'application/xml' });
    response.end(answer(new URL(request.url ?? '', 'http://localhost'), isEncoding));
  });
  t.after(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

for (const cli of loadedAwsClis()) {
  for (const isEncoding of [true, false]) {
    test(`listings hold the exact keys from a server that ${isEncoding ? 'encodes' : 'does not encode'} them, with AWS CLI ${cli.version}`, async (t) => {
      const aws = connect({
        profile: 'default',
        region: 'us-east-1',
        bucket: 'some-bucket',
        endpointUrl: await serve(t, isEncoding),
        netTimeout: undefined,
        environment: {
          PATH: `${cli.directory}${delimiter}${process.env['PATH']}`,
          HOME: '/nonexistent',
          AWS_ACCESS_KEY_ID: 'x',
          AWS_SECRET_ACCESS_KEY: 'x',
        },
        interruption: new Interruption(),
        log: () => undefined,
      });
      const listed: string[] = [];
      await listPrefix(aws, '', async (objects) => {
        for await (const { key } of flatten(objects)) listed.push(textOf(key));
      });
      assert.deepEqual(listed, KEYS);
      const versions: string[] = [];
      await listVersions(aws, '', async (all) => {
        for await (const { key } of all) versions.push(textOf(key));
      });
      assert.deepEqual(versions, KEYS);
    });
  }
}
