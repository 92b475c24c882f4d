// Amazon's prices in US dollars, for the estimate of `encrypted-s3 init`. To update them, see
// https://aws.amazon.com/s3/pricing/ and change the date, the region, and the numbers.
import { readFileSync } from 'node:fs';
import { BackupError, describeError, errnoOf } from '../cli/errors.js';

export interface ClassPrices {
  /** A GB for a month. */
  readonly storage: number;
  /** 1,000 uploads. */
  readonly uploads: number;
  /** 1,000 downloads. */
  readonly downloads: number;
  /** A GB read. */
  readonly retrieval: number;
  /** Bytes that a smaller file is billed for. */
  readonly leastBytes: number;
  /** Days that a file is billed for if it is deleted or replaced sooner. */
  readonly leastDays: number;
}

export interface Prices {
  readonly region: string;
  /** The month of the prices. */
  readonly date: string;
  /** 1,000 requests that list; each names up to 1,000 files. */
  readonly listings: number;
  /** A GB sent out of AWS. */
  readonly traffic: number;
  /** GB a month that are sent free of charge. */
  readonly freeTraffic: number;
  readonly classes: Readonly<Record<string, ClassPrices>>;
}

const STANDARD: ClassPrices = {
  storage: 0.023,
  uploads: 0.005,
  downloads: 0.0004,
  retrieval: 0,
  leastBytes: 0,
  leastDays: 0,
};

const US_EAST_1: Prices = {
  region: 'us-east-1',
  date: 'October 2026',
  listings: 0.005,
  traffic: 0.09,
  freeTraffic: 100,
  classes: {
    STANDARD_IA: {
      storage: 0.0125,
      uploads: 0.01,
      downloads: 0.001,
      retrieval: 0.01,
      leastBytes: 128 * 1024,
      leastDays: 30,
    },
    STANDARD,
  },
};

/** The storage classes whose objects can be read at once. */
const KNOWN_CLASSES = [
  'STANDARD',
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'GLACIER_IR',
  'REDUCED_REDUNDANCY',
];

/**
 * @param file JSON of the same form, to replace these numbers
 * @throws {BackupError} with everything that is wrong with it
 */
export function readPrices(file: string | undefined): Prices {
  if (file === undefined) return US_EAST_1;
  let prices: unknown;
  try {
    prices = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const why = errnoOf(error) === undefined ? 'it is not JSON' : describeError(error);
    throw new BackupError(`The prices in "${file}" can't be read: ${why}.`);
  }
  const problems = problemsIn(prices);
  if (problems.length === 0) return prices as Prices;
  throw new BackupError(
    problems.map((problem) => `${file}: ${problem}.`),
    { hint: `Write it like this: ${JSON.stringify({ ...US_EAST_1, classes: { STANDARD } })}` },
  );
}

function problemsIn(prices: unknown): string[] {
  const problems = problemsOfMembers('', prices, { ...US_EAST_1, classes: {} });
  const classes = Object.entries(isObject(prices) && isObject(prices['classes']) ? prices['classes'] : {});
  if (problems.length === 0 && classes.length === 0) problems.push('"classes" has no storage class');
  for (const [name, of] of classes) {
    const key = `classes.${name}`;
    if (KNOWN_CLASSES.includes(name)) problems.push(...problemsOfMembers(key, of, STANDARD));
    else problems.push(`"${key}" is none of the storage classes ${KNOWN_CLASSES.join(', ')}`);
  }
  return problems;
}

/** @param where the key that has the members; '' for the whole @param example has each of them, of the right type */
function problemsOfMembers(where: string, value: unknown, example: object): string[] {
  if (!isObject(value)) return [`${where === '' ? 'it' : `"${where}"`} must be an object, in { and }`];
  return Object.entries(example).flatMap(([name, model]) => {
    const key = `"${where === '' ? name : `${where}.${name}`}"`;
    const member = value[name];
    if (member === undefined) return [`${key} is missing`];
    if (typeof model === 'number')
      return typeof member === 'number' && member >= 0 && member < Infinity
        ? []
        : [`${key} must be a number, 0 or more`];
    if (typeof model === 'string')
      return typeof member === 'string' && member !== '' ? [] : [`${key} must be a text`];
    return isObject(member) ? [] : [`${key} must be an object, in { and }`];
  });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
