// For `node --import`: as if modern-syslog had not been built, so that logger(1) is used.
import { register } from 'node:module';

const hooks = `export async function resolve(specifier, context, next) {
  if (specifier === 'modern-syslog') throw new Error('not built');
  return next(specifier, context);
}`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);
