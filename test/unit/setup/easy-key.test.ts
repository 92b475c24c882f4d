import assert from 'node:assert/strict';
import { test } from 'node:test';
import { strengthOf, weaknessOf } from '../../../lib/setup/easy-key.js';

test('sentences of four words, and random characters, are accepted', () => {
  for (const [key, strength] of [
    ['correct horse battery staple', 'good enough'],
    ['Über vier grüne Boote', 'good enough'],
    ['tq8#Lw2!zR5m', 'good enough'],
    ['7f3a9c1e5b2d8064', 'good enough'],
    ['seven green boats sing at night on the lake', 'strong'],
    ['tq8#Lw2!zR5mXv9$Ke4^Pn7&Ub', 'strong'],
  ] as const) {
    assert.equal(weaknessOf(key), undefined, key);
    assert.equal(strengthOf(key), strength, key);
  }
});

test('a key that would be guessed is refused with the reason', () => {
  for (const [key, reason] of [
    ['', /It has 0 characters, but needs 10/],
    ['tq8#Lw2!z', /It has 9 characters/],
    ['aaaaaaaaaaaaaaaaaaaa', /repeats or counts/],
    ['12345678901234567890', /repeats or counts/],
    ['abcdefghijklmnop', /repeats or counts/],
    ['horse horse horse horse', /too few words/],
    ['correct horse battery', /too few words/],
    ['internationalization', /too few words/],
    ['Passw0rd', /8 characters/],
    ['Password!2026#x7', /attackers try first/],
    ['my-backup-2026!x?', /attackers try first/],
  ] as const)
    assert.match(weaknessOf(key) ?? '', reason, key);
});
