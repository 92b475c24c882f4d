// The first arguments of every call of the AWS CLI.
import { shellQuote } from '../../cli/errors.js';

export interface AwsConnection {
  /** `undefined` for credentials that are not from a profile. */
  readonly profile: string | undefined;
  readonly region: string;
  readonly endpointUrl: string | undefined;
  /** Seconds for connecting and for reading; `undefined` for the AWS CLI's defaults. */
  readonly netTimeout: number | undefined;
}

export function connectionArguments(connection: AwsConnection): string[] {
  const { profile, region, endpointUrl, netTimeout } = connection;
  return [
    ...(profile === undefined ? [] : ['--profile', profile]),
    '--output',
    'text',
    '--region',
    region,
    ...(netTimeout === undefined
      ? []
      : ['--cli-read-timeout', `${netTimeout}`, '--cli-connect-timeout', `${netTimeout}`]),
    ...(endpointUrl === undefined ? [] : ['--endpoint-url', endpointUrl]),
  ];
}

/** The same call as a command for the user to paste. @param args from `s3api` on; without the encryption key */
export function commandToPaste(connection: AwsConnection, args: readonly string[]): string {
  const { profile, region, endpointUrl } = connection;
  const [service = '', operation = '', ...rest] = args;
  const where = [
    ...(profile === undefined ? [] : ['--profile', profile]),
    '--region',
    region,
    ...(endpointUrl === undefined ? [] : ['--endpoint-url', endpointUrl]),
  ];
  return ['aws', service, operation, ...where, ...rest]
    .map((word) => (word.startsWith('--') ? word : shellQuote(word)))
    .join(' ');
}
