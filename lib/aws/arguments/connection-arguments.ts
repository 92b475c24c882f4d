// The arguments that every call of the AWS CLI begins with.

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
