// Checks everything that a backup needs, one in a line, and says what to do about problems.
import { resolve } from 'node:path';
import { inspectSource } from '../backup/source/inspect-source.js';
import type { CommandContext } from '../cli/main.js';
import { formatCount } from '../cli/units/quantities.js';
import type { BackupConfig } from '../config/backup-config.js';
import { configFileOrDefault } from '../config/default-config.js';
import { checkConfig } from '../health/doctor/config.js';
import { failedBy } from '../health/doctor/finding.js';
import { checkMachine } from '../health/doctor/machine.js';
import { DoctorReport } from '../health/doctor/report.js';
import { judgeSchedules } from '../health/doctor/schedule.js';
import { judgeSource } from '../health/doctor/source.js';
import { findSchedules } from '../setup/schedule/find-schedule.js';
import { programsOf } from '../setup/schedule/schedule.js';
import { weakProgram } from '../setup/schedule/weak-program.js';
import { checkServer, OF_THE_SERVER, type ServerRequest } from './check-server.js';
import { testHooks } from './hooks.js';

interface DoctorRequest extends ServerRequest {
  readonly configFile: string | undefined;
  /** Instead of the config's. */
  readonly profile: string | undefined;
  readonly isJson: boolean;
  /** Whether to fire the hooks. */
  readonly firesHooks: boolean;
}

/** @returns 0; 1 with warnings, 2 with failures */
export async function doctor(request: DoctorRequest, context: CommandContext): Promise<number> {
  const report = new DoctorReport(request.isJson);
  const config = await findConfig(report, request);
  if (config === undefined) await report.check(AFTER_CONFIG, 'the config has to be right first', () => []);
  else {
    if (request.firesHooks) report.add(...(await testHooks(config)));
    await checkThisMachine(report, config, context);
    await checkServer(report, config, request, context);
  }
  return report.end();
}

async function findConfig(
  report: DoctorReport,
  { configFile: named, profile }: DoctorRequest,
): Promise<BackupConfig | undefined> {
  let file: string;
  try {
    file = configFileOrDefault(named);
  } catch (error) {
    report.add(failedBy('config', error));
    return undefined;
  }
  const { config, findings } = await checkConfig(file);
  report.add(...findings);
  return config && profile !== undefined ? { ...config, profile } : config;
}

async function checkThisMachine(
  report: DoctorReport,
  config: BackupConfig,
  { log, interruption }: CommandContext,
): Promise<void> {
  await report.check(['LOCAL_DIR', 'ctime'], undefined, async () => {
    const source = await inspectSource(config, interruption, (files) =>
      log.progress(`Looking at LOCAL_DIR: ${formatCount(files, 'file')}`),
    );
    log.progress(undefined);
    return judgeSource(config, source);
  });
  report.add(...checkMachine(config));
  const file = resolve(config.configFile);
  await report.check(['schedule'], undefined, () => {
    const found = findSchedules(file);
    const programs = found.flatMap(({ command }) => programsOf(config, command));
    return judgeSchedules(found, file, weakProgram(programs));
  });
}

const AFTER_CONFIG = [
  'LOCAL_DIR',
  'lock',
  'state folder',
  'room',
  'hooks',
  'schedule',
  'endpoint',
  'credentials',
  ...OF_THE_SERVER,
];
