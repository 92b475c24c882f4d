// The command line of init.
import type { When } from '../../setup/schedule/schedule.js';

/** The steps after the config, each of which can be skipped. */
export const INIT_STEPS = ['bucket', 'escrow', 'backup', 'compare', 'schedule'] as const;
export type InitStep = (typeof INIT_STEPS)[number];

export interface InitRequest {
  /** The path of the config; `undefined` for the default place. */
  readonly configFile: string | undefined;
  readonly profile: string | undefined;
  readonly region: string | undefined;
  readonly bucket: string | undefined;
  readonly endpointUrl: string | undefined;
  readonly directory: string | undefined;
  readonly prefix: string | undefined;
  readonly exclude: readonly string[];
  /** With `isYes`: whether to exclude files that programs can recreate. */
  readonly excludesSuggested: boolean;
  readonly storageClass: string | undefined;
  readonly retentionDays: string | undefined;
  /** A file with prices. */
  readonly pricesFile: string | undefined;
  /** An address to ping. */
  readonly ping: string | undefined;
  /** When to run, if a flag says so. */
  readonly schedule: When | 'cron' | undefined;
  readonly skips: readonly InitStep[];
  /** Whether to ask nobody. */
  readonly isYes: boolean;
}
