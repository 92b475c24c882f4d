// ENCRYPTION_KEY in the environment: the config may leave it there.

const KEY = 'ENCRYPTION_KEY';

/** `environment`, or this process's variables, without the encryption key: for programs that don't need it. */
export function withoutKey(environment: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const { [KEY]: _key, ...others } = environment;
  return others;
}

/** A copy of this process's variables, for reading the config. The encryption key is removed from the process. */
export function takeEnvironmentFromProcess(): NodeJS.ProcessEnv {
  const environment = { ...process.env };
  delete process.env[KEY];
  return environment;
}
