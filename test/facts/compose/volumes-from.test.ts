import { describe, expect, test } from '@jest/globals';
import { workloadMount } from '../../../src/checks/containers/workload-mount.ts';
import { known } from '../../../src/host/evidence.ts';
import { service, workloadsIn } from '../../harness/compose.ts';
import { evaluate } from '../../harness/evaluate.ts';

describe('volumes_from', () => {
  test.each([
    ['container:other', 'mounts what the container other has'],
    ['${OTHER}', 'leaves it to OTHER'],
    ['nobody', 'there is no service nobody'],
  ])('%s leaves open what is mounted', async (from, reason) => {
    const found = await service(`volumes_from: ["${from}"]`);
    expect(found.unsettled.get('mounts')).toContain(`compose.yml:4 `);
    expect(found.unsettled.get('mounts')).toContain(reason);
    const given = { workloads: [found], engines: known([], 'x') };
    expect(evaluate(workloadMount, given, { trees: ['/etc'], meaning: 'm' })).toMatchObject([
      { outcome: 'undetermined' },
    ]);
  });

  test('what a lender borrows counts too, its doubts as well', async () => {
    const text =
      'services: {a: {image: x, volumes_from: [b]}, b: {image: x, volumes_from: [c, "container:d"]}, c: {image: x, volumes: ["/etc:/x"]}}';
    const { a } = await workloadsIn({ '/compose.yml': text });
    expect(a?.mounts.map(({ source }) => source)).toEqual(['/etc']);
    expect(a?.unsettled.get('mounts')).toContain('container d');
  });

  test('many that borrow from many', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `s${String(index)}`);
    const lines = names.map(
      (name, at) =>
        `  ${name}: {image: x, volumes: ["/${name}:/${name}"], volumes_from: [${names.slice(at + 1).join()}]}`,
    );
    const services = await workloadsIn({ '/compose.yml': `services:\n${lines.join('\n')}\n` });
    expect(services.s0?.mounts).toHaveLength(40);
  });

  test('more than anybody means are left open', async () => {
    const lines = Array.from(
      { length: 900 },
      (_, at) =>
        `  s${String(at)}: {image: x, volumes: [/v${String(at)}], volumes_from: [s${String(at + 1)}]}`,
    );
    const services = await workloadsIn({
      '/compose.yml': `services:\n${lines.join('\n')}\n  s900: {image: x}\n`,
    });
    expect(Object.values(services).some(({ unsettled }) => unsettled.has('mounts'))).toBe(true);
  });
});
