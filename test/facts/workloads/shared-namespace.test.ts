import { describe, expect, test } from '@jest/globals';
import { namespaceOf, wayThrough } from '../../../src/facts/workloads/shared-namespace.ts';
import type { Workload } from '../../../src/facts/workloads/workload.ts';
import { workload } from '../../harness/docker-workload.ts';

const base = workload('x');

function on(name: string, network: string, id: string | null = null): Workload {
  return { ...base, name, id, namespaces: { ...base.namespaces, network } };
}

describe('a borrowed namespace', () => {
  const ask = (all: readonly Workload[], name: string) => {
    const { mode, through, owner } = namespaceOf(
      all.find((each) => each.name === name) ?? base,
      'network',
      all,
    );
    return { mode, through, owner: owner.name };
  };

  test.each<[string, readonly Workload[], object]>([
    ['its own', [on('a', 'host')], { mode: 'host', through: [], owner: 'a' }],
    [
      'another’s, by name and by id',
      [on('a', 'container:b'), on('b', 'container:c0ff'), on('c', 'host', 'c0ffee')],
      { mode: 'host', through: ['b', 'c'], owner: 'c' },
    ],
    ['of none that is there', [on('a', 'container:b')], { mode: null, through: ['b'], owner: 'a' }],
    [
      'in a circle',
      [on('a', 'container:b'), on('b', 'container:a')],
      { mode: null, through: ['b', 'a', 'b'], owner: 'a' },
    ],
  ])('%s', (_, all, expected) => {
    expect(ask(all, 'a')).toEqual(expected);
  });

  test.each([
    [['a', 'b'], 'a and b'],
    [['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'], 'a and b and c and 2 more and f and g and h'],
  ])('through %j', (through, words) => {
    expect(wayThrough({ mode: 'host', through, owner: base }, ' and ')).toBe(words);
  });

  test('is found at the end of a chain of thousands, for all of them and again', () => {
    const length = 3000;
    const all = Array.from({ length }, (_, index) =>
      on(String(index), index === length - 1 ? 'host' : `container:${String(index + 1)}`),
    );
    for (let rule = 0; rule < 20; rule++) {
      for (const each of all) expect(namespaceOf(each, 'network', all).mode).toBe('host');
    }
  });
});

const id = (start: string) => start.padEnd(64, '0');
const first = workload('aaa', { other: { Id: id('db') } });
const db = workload('db', { other: { Id: id('5e') } });
const named = workload('likeid', { other: { Id: id('77') } });

test.each([
  ['a name before the beginning of an id', 'db', 'db'],
  ['the beginning of an id', 'db0', 'aaa'],
  ['a whole id before a name', id('77'), 'likeid'],
])('container:X is %s', (_, other, owner) => {
  const misleading = { ...first, name: id('77'), id: id('ab') };
  for (const kind of ['network', 'pid', 'ipc'] as const) {
    const mode = { [kind]: `container:${other}` };
    const side = workload('side');
    const borrower = { ...side, namespaces: { ...side.namespaces, ...mode } };
    expect(namespaceOf(borrower, kind, [misleading, first, db, named, borrower]).owner.name).toBe(owner);
  }
});
