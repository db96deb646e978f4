import { afterAll, beforeAll, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { configuredSysctlFact, configuredValue } from '../../src/facts/sysctl/configured.ts';
import { factReader } from '../../src/engine/fact.ts';
import { memoryHost } from '../harness/memory-host.ts';
import type { Box } from './box.ts';
import { bootBox } from './box.ts';
import { describeLab } from './prerequisites.ts';

/**
 * Settings that each network namespace has of its own, so that trying them changes nothing else; not
 * `default`, which the kernel copies to interfaces.
 */
const keys = ['all', 'lo'].flatMap((name) =>
  ['send_redirects', 'log_martians', 'rp_filter', 'accept_source_route'].map(
    (option) => `net.ipv4.conf.${name}.${option}`,
  ),
);

const written = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...keys) },
  fc.constantFrom(...keys).map((key) => key.replaceAll('.', '/')),
  fc.constantFrom(
    'net.ipv4.conf.?[lo]*.send_redirects',
    'net/ipv4/conf/[!d]*/log_martians',
    'net.ipv4.conf.[al]*.rp_filter',
    'net.ipv4.conf.lo.*_filter',
    'net.ipv4.*.lo.rp_filter',
  ),
);
const line = fc
  .tuple(
    written,
    fc.constantFrom('0', '1'),
    fc.constantFrom('', '', '-', '#', 'only'),
    fc.constantFrom('=', ' = ', '  =1 # '),
  )
  .map(([key, value, prefix, equals]) =>
    prefix === 'only' ? `-${key}` : `${prefix}${key}${equals === '  =1 # ' ? ' =' : equals}${value}`,
  );
const path = fc
  .tuple(
    fc.constantFrom('/etc', '/run', '/usr/local/lib', '/usr/lib'),
    fc.constantFrom('10-a.conf', '50-b.conf', '99-z.conf', 'zz.conf', 'ignored.txt'),
  )
  .map(([directory, name]) => `${directory}/sysctl.d/${name}`);
const tree = fc.dictionary(
  path,
  fc.array(line, { maxLength: 4 }).map((lines) => `${lines.join('\n')}\n`),
  { maxKeys: 5 },
);

describeLab('sysctl.d', () => {
  let box: Box;
  beforeAll(async () => {
    box = await bootBox('sysctl');
  });
  afterAll(() => box.stop());

  test('what boot sets is what systemd-sysctl sets, over 150 random trees', async () => {
    const trees = fc.sample(tree, { numRuns: 150, seed: Number(process.env.SEED ?? 1) });
    const script = trees.map((files) => [
      'rm -rf /etc/sysctl.d /run/sysctl.d /usr/local/lib/sysctl.d /usr/lib/sysctl.d',
      ...Object.entries(files).map(
        ([name, text]) => `mkdir -p ${name.replace(/[^/]*$/, '')}; printf '%s' '${text}' >${name}`,
      ),
      `unshare -n sh -c '/usr/lib/systemd/systemd-sysctl 2>/dev/null; sysctl -n ${keys.join(' ')}' | tr '\\n' ' '; echo`,
    ]);
    const outputs = (await box.must(script.flat().join('\n'))).trim().split('\n');
    const [untouched = ''] = (await box.must(`unshare -n sysctl -n ${keys.join(' ')} | tr '\\n' ' '`)).split(
      '\n',
    );
    const initial = untouched.trim().split(' ');

    let set = 0;
    for (const [index, files] of trees.entries()) {
      const evidence = await factReader(await memoryHost({ files }))(configuredSysctlFact);
      if (evidence.state === 'unknown') throw new Error(evidence.detail);
      const ours = keys.map((key, at) => configuredValue(evidence.value, key)?.value ?? initial[at]);
      set += keys.filter((key) => configuredValue(evidence.value, key) !== null).length;
      expect({ files, values: ours }).toEqual({ files, values: outputs[index]?.trim().split(' ') });
    }
    expect(set).toBeGreaterThan(trees.length);
  });
});
