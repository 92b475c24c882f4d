// The variable ENCRYPTION_KEY, which the config may read from the environment.

const KEY = 'ENCRYPTION_KEY';

/** `environment`, or this process's variables, without the encryption key: for programs that don't need it. */
export function withoutKey(environment: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const { [KEY]: _key, ...others } = environment;
  return others;
}

/** Copies this process's variables for reading the config, and removes the encryption key from the process. */
export function copyEnvironmentAndDropKey(): NodeJS.ProcessEnv {
  const environment = { ...process.env };
  delete process.env[KEY];
  return environment;
}
