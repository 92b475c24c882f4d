// The text of a new config: config.template with the answers as its values.
import { readFileSync } from 'node:fs';

const TEMPLATE = new URL('../../../config.template', import.meta.url);

/** The values by the names of the settings: a string, or the elements of an array. */
export type ConfigSettings = Readonly<Record<string, string | readonly string[]>>;

/** @throws {Error} for a setting that the template does not describe */
export function configText(settings: ConfigSettings): string {
  let text = readFileSync(TEMPLATE, 'utf8');
  for (const [name, value] of Object.entries(settings)) {
    const assignment = new RegExp(`^#?${name}=.*$`, 'm');
    if (!assignment.test(text)) throw new Error(`config.template has no ${name}`);
    text = text.replace(assignment, () => `${name}=${literal(value)}`);
  }
  return text;
}

function literal(value: string | readonly string[]): string {
  return typeof value === 'string' ? quoted(value) : `(${value.map(quoted).join(' ')})`;
}

/** In single quotes every character is literal except the quote itself. */
function quoted(value: string): string {
  return `'${value.replaceAll("'", "'\\''")}'`;
}
