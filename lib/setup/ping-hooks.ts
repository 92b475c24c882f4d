/** The hooks that report each run to a service such as healthchecks.io. @param address of the check itself */
export function hooksFor(
  address: string,
): Record<'ON_START' | 'ON_SUCCESS' | 'ON_WARNING' | 'ON_FAILURE', string> {
  const base = address.replace(/\/$/, '');
  const byCode = `${base}/$code`;
  return { ON_START: `${base}/start`, ON_SUCCESS: base, ON_WARNING: byCode, ON_FAILURE: byCode };
}
