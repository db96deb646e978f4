import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { renderCommand } from '../../src/engine/template.ts';
import { stopgaps } from '../../src/facts/exposure/stopgap-catalogue.ts';
import type { Box } from './box.ts';
import { bootBox } from './box.ts';
import { describeLab } from './prerequisites.ts';

const port = 4999;

/** What an owner may have told ufw of the port before. */
const rules = [
  [],
  ['allow 4999/tcp'],
  ["allow 4999/tcp comment 'the model'"],
  ['allow 4999'],
  ['limit 4999/tcp'],
  ['allow log 4999/tcp'],
  ['limit log-all 4999/tcp'],
  ['allow from 10.77.0.0/24 to any port 4999 proto tcp', 'allow 4999/tcp'],
];

describeLab('the stopgap of ufw', () => {
  let box: Box;
  beforeAll(async () => {
    box = await bootBox('tricky');
    await succeed('printf "y\\n" | ufw enable');
  }, 120_000);
  afterAll(async () => {
    await box.stop();
  });

  async function succeed(script: string): Promise<string> {
    const { exitCode, stdout, stderr } = await box.run(script, 60);
    if (exitCode !== 0) throw new Error(`${script}: exit ${String(exitCode)}: ${stderr}${stdout}`);
    return stdout;
  }

  const firstRule = () => succeed('iptables -S ufw-user-input; ip6tables -S ufw6-user-input');
  const added = () => succeed('ufw show added | sed "s/ comment \'.*\'//"');

  test.each(rules.map((each) => [each.join(', '), each]))(
    'is the first rule and is taken back after: %s',
    async (_, before) => {
      for (const rule of before) await succeed(`ufw ${rule}`);
      const untouched = await added();
      const fix = stopgaps().find(({ id }) => id === 'ufw')?.fix;
      const run = async (commands: readonly string[]) => {
        for (const command of commands)
          await succeed(renderCommand(command, { port, proto: 'tcp' }) ?? 'exit 1');
      };
      for (let time = 0; time < 2; time += 1) {
        await run(fix?.commands ?? []);
        const dropped = (await firstRule())
          .split('\n')
          .filter((line) => / -p tcp .*--dport 4999 /.test(line));
        expect(dropped[0]).toBe('-A ufw-user-input -p tcp -m tcp --dport 4999 -j DROP');
        expect(dropped).toContain('-A ufw6-user-input -p tcp -m tcp --dport 4999 -j DROP');
      }
      await run(fix?.undo ?? []);
      expect((await added()).split('\n').toSorted()).toEqual(untouched.split('\n').toSorted());
      for (const rule of before) await succeed(`ufw delete ${rule}`);
    },
    120_000,
  );
});
