// The rule of conditional fields, the same that the engine checks: run with `node --test`.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { holds } from '../../webui/assets/app/conditions.js';

const values = (form) => (name) => form[name] ?? [];

test('a field is shown while another has the wanted value', () => {
  assert.equal(holds('verdict=no', values({ verdict: ['no'] })), true);
  assert.equal(holds('verdict=no', values({ verdict: ['yes'] })), false);
});

test('one of several values is enough', () => {
  assert.equal(holds('verdict=no|later', values({ verdict: ['later'] })), true);
});

test('an unanswered question counts as the empty value', () => {
  assert.equal(holds('verdict=no', values({})), false);
  assert.equal(holds('verdict!=no', values({})), true);
  assert.equal(holds('verdict=', values({})), true);
});

test('all terms have to hold', () => {
  assert.equal(holds('a=1&b!=2', values({ a: ['1'], b: ['3'] })), true);
  assert.equal(holds('a=1&b!=2', values({ a: ['1'], b: ['2'] })), false);
});

test('a list of ticked boxes holds if one of them is wanted', () => {
  assert.equal(holds('kinds=b', values({ kinds: ['a', 'b'] })), true);
});
