import { expect, test } from '@jest/globals';
import { namespaceOf } from '../../../src/facts/workloads/shared-namespace.ts';
import { workload } from '../../harness/docker-workload.ts';

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
