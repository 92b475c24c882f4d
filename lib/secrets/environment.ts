// The environment, which may hold ENCRYPTION_KEY: the config allows that.

const KEY = 'ENCRYPTION_KEY';

/** The variables for a program that has nothing to do with the key: `environment`, or this process's, without it. */
export function withoutKey(environment: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const { [KEY]: _key, ...others } = environment;
  return others;
}

/** This process's variables, for whoever reads the config. The key is in the answer only: the process loses it. */
export function takeEnvironmentFromProcess(): NodeJS.ProcessEnv {
  const environment = { ...process.env };
  delete process.env[KEY];
  return environment;
}
