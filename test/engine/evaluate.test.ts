import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import type { Verdict } from '../../src/engine/check.ts';
import { defineCheck, pass } from '../../src/engine/check.ts';
import { evaluateRule } from '../../src/engine/evaluate.ts';
import { defineFact, factReader } from '../../src/engine/fact.ts';
import type { Fix } from '../../src/engine/rule.ts';
import { Rule } from '../../src/engine/rule.ts';
import type { Evidence } from '../../src/host/evidence.ts';
import { known, knownInPart, unknown } from '../../src/host/evidence.ts';
import type { HostKind } from '../../src/host/host.ts';
import { memoryHost } from '../harness/memory-host.ts';

const rule: Rule = {
  ...Rule.parse({
    id: 'file-wrong',
    check: 'file-check',
    with: { wanted: 'good' },
    severity: 'high',
    title: 'A file is wrong',
    why: 'It should be good.',
    fix: {
      summary: 'Make {subject} good.',
      commands: ['printf good >{path}'],
      undo: ['printf %s {missing} >{path}'],
      risk: 'none',
    },
    since: '0.1.0',
  }),
  layer: 'host',
};

type Answer = Evidence<string>;
const messages = { wrong: '{path} says {value}.' };

function checkOver(answer: Answer | (() => never), verdicts?: readonly Verdict<typeof messages>[]) {
  const fact = defineFact<string>({
    id: 'file',
    gather: () => Promise.resolve(typeof answer === 'function' ? answer() : answer),
  });
  return defineCheck({
    id: 'file-check',
    needs: { file: fact },
    params: z.strictObject({ wanted: z.string() }),
    messages,
    evaluate: ({ file }, { wanted }) =>
      verdicts ??
      (file === wanted
        ? [pass('the file')]
        : [
            {
              outcome: 'fail',
              message: 'wrong',
              subject: 'the file',
              data: { path: '/a b', value: file },
              evidence: [],
            },
          ]),
  });
}

async function findings(check: ReturnType<typeof checkOver>, kind: HostKind = 'live') {
  return evaluateRule(rule, check, kind, factReader(await memoryHost({})));
}

describe('a rule over its facts', () => {
  test('passes without a message', async () => {
    expect(await findings(checkOver(known('good', '/a')))).toMatchObject([
      { outcome: 'pass', message: null },
    ]);
  });

  test('fails with message, commands and no command that lacks a value', async () => {
    expect(await findings(checkOver(known('bad', '/a')))).toMatchObject([
      {
        outcome: 'fail',
        message: '/a b says bad.',
        remediation: {
          summary: 'Make the file good.',
          commands: ["printf good >'/a b'"],
          undo: [],
          risk: 'none',
        },
      },
    ]);
  });

  test('prints no commands for what another program has, unless the rule has a fix for it', async () => {
    const failed = (foreign: boolean) =>
      ({
        outcome: 'fail',
        message: 'wrong',
        subject: 'the file',
        data: { path: '/a b', value: 'x' },
        evidence: [],
        variant: 'podman',
        foreign,
      }) as const;
    const commandsOf = async (which: Rule, foreign: boolean) => {
      const read = factReader(await memoryHost({}));
      const check = checkOver(known('bad', '/a'), [failed(foreign)]);
      const [finding] = await evaluateRule(which, check, 'live', read);
      return finding?.remediation;
    };
    expect(await commandsOf(rule, false)).toMatchObject({ commands: ["printf good >'/a b'"] });
    expect(await commandsOf(rule, true)).toMatchObject({ summary: 'Make the file good.', commands: [] });
    const own = { ...rule, fixes: { podman: { ...rule.fix, commands: ['podman rm {path}'] } } };
    expect(await commandsOf(own, true)).toMatchObject({ commands: ["podman rm '/a b'"] });
  });

  describe('lets what closes a port', () => {
    const until = (port: number) => ({
      fix: {
        summary: 'Until then, close it.',
        commands: ['close {port}'],
        verify: ['ask {port}'],
        undo: ['open {port}'],
        risk: 'none' as const,
      },
      data: { port },
    });
    const fail: Verdict<typeof messages> = {
      outcome: 'fail',
      message: 'wrong',
      subject: 'x',
      data: { path: '/a', value: 'b' },
      evidence: [],
      stopgaps: [until(1), until(1), until(2)],
    };
    const byHand: Fix = { summary: 'Do it.', commands: [], verify: ['look'], undo: [], risk: 'restart' };

    async function remediation(over: Partial<Rule>) {
      const check = checkOver(known('bad', '/a'), [fail]);
      const read = factReader(await memoryHost({}));
      const [finding] = await evaluateRule({ ...rule, stopgap: true, ...over }, check, 'live', read);
      return finding?.remediation;
    }

    test('follow a fix that is made by hand, each once', async () => {
      expect(await remediation({ fix: byHand })).toMatchObject({
        summary: 'Do it. Until then, close it.',
        commands: ['close 1', 'close 2'],
        verify: ['look', 'ask 1', 'ask 2'],
        undo: ['open 1', 'open 2'],
        risk: 'restart',
      });
    });

    test('follow commands that need a snippet first', async () => {
      const fix = { ...byHand, snippet: 'a: b', commands: ['up'], undo: ['down'] };
      expect(await remediation({ fix })).toMatchObject({
        commands: ['up', 'close 1', 'close 2'],
        undo: ['open 1', 'open 2', 'down'],
      });
    });

    test('not follow commands that put it right, nor a rule that wants none', async () => {
      const fix = { ...byHand, commands: ['repair'] };
      expect(await remediation({ fix })).toMatchObject({ summary: 'Do it.', commands: ['repair'] });
      expect(await remediation({ fix: byHand, stopgap: false })).toMatchObject({
        summary: 'Do it.',
        commands: [],
      });
    });
  });

  test('is undetermined when a fact is unknown, for the reason of the fact', async () => {
    const denied = unknown('denied', '/a may not be read', '/a');
    expect(await findings(checkOver(denied))).toMatchObject([
      { outcome: 'undetermined', message: '/a may not be read' },
    ]);
  });

  test('is undetermined when gathering throws', async () => {
    const broken = checkOver(() => {
      throw new Error('boom');
    });
    expect(await findings(broken)).toMatchObject([
      { outcome: 'undetermined', message: 'aisec failed to read file: Error: boom' },
    ]);
  });

  test('is an error when the check has no verdict', async () => {
    expect(await findings(checkOver(known('x', '/a'), []))).toMatchObject([{ outcome: 'error' }]);
  });

  test('is not applicable on a host that has no such fact', async () => {
    expect(await findings(checkOver(known('good', '/a')), 'project')).toMatchObject([
      { outcome: 'not-applicable' },
    ]);
  });

  test('keeps its failures and is undetermined beyond what was seen', async () => {
    const part = knownInPart('bad', '/a', ['containers may not be read']);
    expect(await findings(checkOver(part))).toMatchObject([
      { outcome: 'fail' },
      { outcome: 'undetermined', message: 'containers may not be read' },
    ]);
  });

  test('does not conclude from a part that there is nothing', async () => {
    const part = knownInPart('x', '/a', ['containers may not be read']);
    const none = checkOver(part, [{ outcome: 'not-applicable', because: 'there is none' }]);
    expect(await findings(none)).toMatchObject([{ outcome: 'undetermined' }]);
  });

  test('has a fingerprint that depends on rule and subject alone', async () => {
    const [bad] = await findings(checkOver(known('bad', '/a')));
    const [worse] = await findings(checkOver(known('worse', '/a')));
    expect(bad?.fingerprint).toMatch(/^[0-9a-f]{16}$/);
    expect(worse?.fingerprint).toBe(bad?.fingerprint);
  });
});
