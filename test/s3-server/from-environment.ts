import type { S3Server } from './server.js';

/** The variable with which the test runner passes the server to the test files, as JSON. */
export const serverVariable = 'TEST_S3_SERVER';

/** What a test needs of the server that the runner has started. */
export type SharedS3Server = Pick<S3Server, 'endpoint' | 'plainEndpoint' | 'directory' | 'environment'>;

/**
 * The S3 server that the test runner has started for all test files.
 * @throws if this process was not started by the test runner, or there is no server.
 */
export function s3ServerOfThisRun(): SharedS3Server {
  const text = process.env[serverVariable];
  if (text === undefined) {
    throw new Error(
      `${serverVariable} is not set: tests in test/s3 have to be started with \`npm test\` ` +
        'or `node dist/test/run-tests.js [PART_OF_A_FILE_NAME]…`.',
    );
  }
  return JSON.parse(text) as SharedS3Server;
}

/** The value of the variable for this server. */
export function serverVariableValue(server: SharedS3Server): string {
  const { endpoint, plainEndpoint, directory, environment } = server;
  return JSON.stringify({ endpoint, plainEndpoint, directory, environment });
}
