/** The hooks that tell a service like healthchecks.io of each run. @param address of the check, without anything after it */
export function hooksFor(
  address: string,
): Record<'ON_START' | 'ON_SUCCESS' | 'ON_WARNING' | 'ON_FAILURE', string> {
  const base = address.replace(/\/$/, '');
  const byCode = `${base}/$code`;
  return { ON_START: `${base}/start`, ON_SUCCESS: base, ON_WARNING: byCode, ON_FAILURE: byCode };
}
