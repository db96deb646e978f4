import { describe, expect, test } from '@jest/globals';
import { pageOf } from '../../src/cli/color.ts';

const terminal = { isTTY: true, columns: 132 };

describe('colour', () => {
  test.each([
    ['a terminal', true, null, {}, terminal, true],
    ['--no-color', false, null, { FORCE_COLOR: '1' }, terminal, false],
    ['a file', true, 'out.txt', { FORCE_COLOR: '1' }, terminal, false],
    ['a pipe', true, null, {}, {}, false],
    ['a pipe with FORCE_COLOR', true, null, { FORCE_COLOR: '1' }, {}, true],
    ['FORCE_COLOR=0', true, null, { FORCE_COLOR: '0' }, terminal, false],
    ['FORCE_COLOR=false', true, null, { FORCE_COLOR: 'false' }, terminal, false],
    ['an empty FORCE_COLOR', true, null, { FORCE_COLOR: '' }, {}, false],
    ['NO_COLOR', true, null, { NO_COLOR: '1', FORCE_COLOR: '1' }, terminal, false],
    ['an empty NO_COLOR', true, null, { NO_COLOR: '' }, terminal, true],
    ['a dumb terminal', true, null, { TERM: 'dumb' }, terminal, false],
  ])('%s', (_, allowed, file, env, stdout, color) => {
    expect(pageOf(allowed, file, { env, stdout }).color).toBe(color);
  });
});

describe('width', () => {
  test.each([
    ['of the terminal', null, terminal, 132],
    ['80 in a pipe', null, {}, 80],
    ['80 where the terminal does not know', null, { isTTY: true, columns: 0 }, 80],
    ['80 in a file, whatever the terminal', 'out.txt', terminal, 80],
  ])('%s', (_, file, stdout, width) => {
    expect(pageOf(true, file, { env: {}, stdout }).width).toBe(width);
  });
});
