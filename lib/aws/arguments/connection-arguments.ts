// The arguments that every call of the AWS CLI begins with.
import { shellQuote } from '../../cli/errors.js';

export interface AwsConnection {
  /** `undefined`: credentials of no profile. */
  readonly profile: string | undefined;
  readonly region: string;
  readonly endpointUrl: string | undefined;
  /** Seconds for connecting and for reading; `undefined` leaves the AWS CLI's own. */
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
