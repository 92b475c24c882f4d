import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findLostSettings } from '../../../../lib/config/bash/settings-in-text.js';

/** The settings in a text that bash has not assigned. */
function lostOf(text: string, failed: readonly number[] = []): string[] {
  const current = (name: string) => (name === 'FOLLOW_SYMLINKS' ? 'no' : '');
  return findLostSettings(text, new Set(), current, failed).map(({ name, line }) => `${line} ${name}`);
}

test('a blank turns the rest of a value into a command', () => {
  assert.deepEqual(lostOf('#\nFOLLOW_SYMLINKS=yes please\n'), ['2 FOLLOW_SYMLINKS']);
  assert.deepEqual(lostOf('LOCAL_LIST=/my list'), ['1 LOCAL_LIST']);
  assert.deepEqual(lostOf('export MAX_DELETE_PERCENT=5 percent'), ['1 MAX_DELETE_PERCENT']);
});

test('a text that is meant so has no finding', () => {
  for (const text of [
    'FOLLOW_SYMLINKS=no # please',
    'LOCAL_LIST= # no list',
    'LOCAL_LIST=/list && LOCAL_DIR=/dir',
    'LOCAL_LIST=/list >&2',
    'LOCAL_DIR=/a LOCAL_LIST=/b',
    'AWS_PROFILE=other aws s3 ls',
    "LOCAL_LIST='/my list'",
    '  LOCAL_LIST=/my list',
    'LOCAL_LISTS=/my list',
  ])
    assert.deepEqual(lostOf(text), [], text);
});

test('a quote that is not closed swallows lines up to where a command is not found', () => {
  const text = "FOLLOW_SYMLINKS='yes\nLOCAL_LIST='/list'\nLOCAL_DIR=/d\n";
  assert.deepEqual(lostOf(text, [2]), ['1 FOLLOW_SYMLINKS', '2 LOCAL_LIST']);
  assert.deepEqual(lostOf(text), []);
  for (const same of [
    'FOLLOW_SYMLINKS=no',
    "FOLLOW_SYMLINKS='no' # x",
    'FOLLOW_SYMLINKS="no"',
    'LOCAL_DIR=$x',
  ])
    assert.deepEqual(lostOf(same, [9]), [], same);
});
