import { readFileSync, writeFileSync } from 'node:fs';

const TEMPLATE = new URL('../../../config.template', import.meta.url);

/** Writes a config: the template, with these settings in place of its own. */
export function writeConfig(file: string, settings: Readonly<Record<string, string>>): void {
  let text = readFileSync(TEMPLATE, 'utf8');
  for (const [name, value] of Object.entries(settings)) {
    const assignment = new RegExp(`^#?${name}=.*$`, 'm');
    if (!assignment.test(text)) throw new Error(`config.template has no ${name}`);
    text = text.replace(assignment, () => `${name}=${shellQuote(value)}`);
  }
  writeFileSync(file, text, { mode: 0o600 });
}

/** `value` as a shell takes it for itself, with quotes only where they are needed. */
export function shellWord(value: string): string {
  return /^[\w./:@%+=-]+$/.test(value) ? value : shellQuote(value);
}

function shellQuote(value: string): string {
  return `'${value.replaceAll("'", "'\\''")}'`;
}
