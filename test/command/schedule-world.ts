// A world for `encrypted-s3 schedule`, with a fake systemctl that notes its calls. Files for root go to folders of the
// test.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { binOf } from '../fakes/bins.js';
import type { Outcome } from '../fakes/sandbox.js';
import { BucketWorld } from './bucket-world.js';

export const isRoot = process.geteuid?.() === 0;
export const canMount = spawnSync('unshare', ['--mount', 'true']).status === 0;
/** Whether the test can mount its own folders over those of root, or need not. */
export const canSchedule = !isRoot || canMount;

export class ScheduleWorld extends BucketWorld {
  readonly cronFolder = join(this.folder, 'cron.daily');
  readonly #units = isRoot ? join(this.folder, 'units') : join(this.home, '.config/systemd/user');
  readonly #facts = join(this.folder, 'facts');
  readonly #orders = join(this.folder, 'orders');

  constructor(t: TestContext) {
    super(t);
    this.makeBucket();
    this.write('a', 'content');
    for (const made of [this.cronFolder, this.#units]) mkdirSync(made, { recursive: true });
    this.runEndsWith(0);
    this.fake(
      'systemctl',
      `[ "$1" = --user ] && shift
case "$*" in *show*) cat "${this.#facts}";; *) echo "$*" >> "${this.#orders}"; eval "$SYSTEMCTL";; esac`,
    );
    this.fake('journalctl', 'echo "what the run said"');
  }

  /** Sets the result of the service that systemctl shows. */
  runEndsWith(code: number, more = ''): void {
    writeFileSync(
      this.#facts,
      `UnitFileState=enabled\nNextElapseUSecRealtime=Sat 2099-11-28 00:05:36 UTC\nLastTriggerUSec=
ExecMainExitTimestamp=Fri 2026-11-27 22:01:54 UTC\nExecMainCode=1\nExecMainStatus=${code}
ConditionResult=yes\nInvocationID=x\nResult=${code === 0 ? 'success' : 'exit-code'}\n${more}`,
    );
  }

  schedule(...args: readonly string[]): Promise<Outcome> {
    return this.#run(args);
  }

  /** Runs `schedule` with a fake systemctl. @param systemctl a shell script */
  async scheduleWith(systemctl: string): Promise<Outcome> {
    return this.#run([this.configFile], { SYSTEMCTL: systemctl });
  }

  /** Runs `schedule` with a systemctl that runs the backup and keeps its output, like systemd. */
  async scheduleAndRun(): Promise<Outcome> {
    const said = join(this.folder, 'said');
    this.fake('journalctl', `cat "${said}"`);
    const run = `"${process.execPath}" "${binOf('encrypted-s3-sync')}" "${this.configFile}" 2> "${said}"`;
    const result = '$([ $status = 0 ] && echo success || echo exit-code)';
    const note = `status=$?; sed -i "s/^ExecMainStatus=.*/ExecMainStatus=$status/; s/^Result=.*/Result=${result}/" "${this.#facts}"`;
    return this.scheduleWith(`case "$*" in *start*) ${run}; ${note};; esac`);
  }

  doctor(): Promise<Outcome> {
    return this.#run([this.configFile, '--json'], {}, 'doctor');
  }

  #run(args: readonly string[], environment: NodeJS.ProcessEnv = {}, command = 'schedule'): Promise<Outcome> {
    const bind = `umask 077 && mount --bind "$1" /etc/systemd/system && mount --bind "$2" /etc/cron.daily && shift 2 && exec "$@"`;
    const through = isRoot
      ? ['unshare', '--mount', 'sh', '-c', bind, 'sh', this.#units, this.cronFolder]
      : [];
    return this.run('encrypted-s3', [command, ...args], { through, environment });
  }

  /** The units, by name, with their texts. */
  units(): Map<string, string> {
    const names = readdirSync(this.#units).sort();
    return new Map(names.map((name) => [name, readFileSync(join(this.#units, name), 'utf8')]));
  }

  unitFile(name: string): string {
    return join(this.#units, name);
  }

  /** The calls of systemctl since the last time this was called. */
  systemctlCalls(): string[] {
    const text = existsSync(this.#orders) ? readFileSync(this.#orders, 'utf8') : '';
    writeFileSync(this.#orders, '');
    return text.split('\n').slice(0, -1);
  }
}
