import type { Exclusion } from '../../lib/tree/exclusion.js';

/** Leaves nothing out. */
export const NO_EXCLUSION: Exclusion = {
  ruleFor: () => undefined,
  ruleForSize: () => undefined,
  ruleForDevice: () => undefined,
  tagIn: () => undefined,
};
