import type { Exclusion } from '../../lib/tree/disk/exclusion.js';

/** Excludes nothing. */
export const NO_EXCLUSION: Exclusion = {
  hasRules: false,
  ruleFor: () => undefined,
  ruleForSize: () => undefined,
  ruleForDevice: () => undefined,
  tagIn: () => undefined,
};
