/** A whole number from 0 to below `bound` (1 at least), each as likely as any other. Tests bring their own. */
export type RandomBelow = (bound: number) => number;

export const randomBelow: RandomBelow = (bound) => Math.floor(Math.random() * bound);
