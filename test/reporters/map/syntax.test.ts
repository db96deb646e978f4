import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { dotOf } from '../../../src/reporters/map/dot.ts';
import { exposureMap } from '../../../src/reporters/map/exposure-map.ts';
import { mermaidOf } from '../../../src/reporters/map/mermaid.ts';
import { svgOf } from '../../../src/reporters/map/svg.ts';
import { exposure } from '../../harness/exposures.ts';
import { hostileExposure } from '../../harness/hostile.ts';
import { sampleExposures } from '../../harness/sample-report.ts';

const sample = exposureMap(sampleExposures, { whole: true });
const named = (workload: string) => exposureMap([exposure({ workload })], { whole: true });
const maps = fc
  .array(hostileExposure, { maxLength: 6 })
  .map((exposures) => exposureMap(exposures, { whole: false }));

const id = String.raw`(?:source|door|service|note)\d+(?:_\d+)?|firewall`;

describe('dot', () => {
  test('the page', () => {
    expect(dotOf(sample)).toMatchSnapshot();
  });

  test.each([
    ['"];x[label="', String.raw`label="\"];x[label=\"\nnot`],
    ['a\\', String.raw`label="a\\\nnot`],
    ['\\N &lt;b&gt;', String.raw`label="\\N &amp;lt;b&amp;gt;\nnot`],
  ])('%j is only a name', (name, label) => {
    expect(dotOf(named(name))).toContain(label);
  });

  test('of a hostile machine has only our statements', () => {
    const text = String.raw`"(?:[^"\\\n]|\\.)*"`;
    const statement = new RegExp(
      String.raw`^  (?:rankdir=LR|(?:node|${id}|(?:${id}) -> (?:${id})) \[\w+=(?:\w+|${text})(?:, \w+=(?:[\w.]+|${text}))*\]);$`,
      'u',
    );
    fc.assert(
      fc.property(maps, (map) => {
        const lines = dotOf(map).split('\n');
        expect([lines[0], ...lines.slice(-2)]).toEqual(['digraph exposure {', '}', '']);
        for (const line of lines.slice(1, -2)) expect(line).toMatch(statement);
      }),
    );
  });
});

describe('mermaid', () => {
  test('the page', () => {
    expect(mermaidOf(sample)).toMatchSnapshot();
  });

  test.each([
    ['a"] --> b["c', 'a#34;#93; #45;#45;#62; b#91;#34;c<br/>'],
    ['<img src=x>', '#60;img src#61;x#62;<br/>'],
    ['#quot; `**b**`', '#35;quot#59; #96;#42;#42;b#42;#42;#96;<br/>'],
    ['1. item', '1#46; item<br/>'],
    ['http://evil.example', 'http#58;//evil#46;example<br/>'],
  ])('%j is only a name', (name, label) => {
    expect(mermaidOf(named(name))).toContain(`["${label}`);
  });

  test('of a hostile machine has only our statements', () => {
    const label = String.raw`\["(?:[\p{L}\p{M}\p{N} ,/]|#\d+;|(?<=\d)[.:](?=\d)|<br/>)*"\]`;
    const statement = new RegExp(
      [
        String.raw`^  (?:(?:${id})${label}:::\w+|(?:${id}) -(?:\.)?-> (?:${id})`,
        String.raw`classDef \w+ fill:#\w{6},stroke:#\w{6},color:#\w{6}|linkStyle \d+(?:,\d+)* stroke:#\w{6})$`,
      ].join('|'),
      'u',
    );
    fc.assert(
      fc.property(maps, (map) => {
        const lines = mermaidOf(map).split('\n');
        expect([lines[0], lines.at(-1)]).toEqual(['flowchart LR', '']);
        for (const line of lines.slice(1, -1)) expect(line).toMatch(statement);
      }),
    );
  });

  test('every edge has the colour of its door', () => {
    const lines = mermaidOf(sample).split('\n');
    const edges = lines.filter((line) => / -\.?-> /.test(line));
    const red = lines.find((line) => /linkStyle .*#c62828/.test(line));
    const numbers = (/[\d,]+/.exec(red ?? '')?.[0] ?? '').split(',').map(Number);
    const [open] = sample.services;
    expect(numbers.map((number) => edges[number]?.trim())).toEqual([
      `firewall --> ${open?.doors[0]?.id ?? ''}`,
      `${open?.doors[0]?.id ?? ''} --> ${open?.id ?? ''}`,
    ]);
  });
});

describe('svg', () => {
  test('the page', () => {
    expect(svgOf(sample)).toMatchSnapshot();
  });

  test('doubt is dashed, and its cause grey', () => {
    const doubtful = exposureMap([exposure({ scope: 'unknown', reachableFrom: [] })], { whole: true });
    expect(svgOf(doubtful)).toMatch(/stroke="#757575"[^>]* stroke-dasharray/);
    expect(svgOf(sample)).not.toContain('stroke-dasharray');
  });

  test.each([
    ['</text><script>', '&lt;/text&gt;&lt;script&gt;'],
    ['&lt;"\'', '&amp;lt;&quot;&#39;'],
    ['\ufffe', '\ufffd'],
  ])('%j is only a name', (name, text) => {
    expect(svgOf(named(name))).toContain(`>${text}</text>`);
  });

  test('of a hostile machine is well-formed, with our elements alone', () => {
    const attributes = String.raw`(?: [\w:-]+="[^"<&]*")*`;
    const element = new RegExp(
      [
        String.raw`^(?:<svg${attributes}>|</svg>|<(?:rect|path)${attributes}/>`,
        String.raw`<(?:text|title)${attributes}>(?:[^<>&]|&(?:amp|lt|gt|quot|#39);)*</(?:text|title)>`,
        String.raw`<marker${attributes}><path${attributes}/></marker>)$`,
      ].join('|'),
      'u',
    );
    fc.assert(
      fc.property(maps, (map) => {
        const lines = svgOf(map).trimEnd().split('\n');
        for (const line of lines) expect(line).toMatch(element);
        expect(lines.join('')).not.toMatch(/[\p{Cc}\p{Cs}\ufffe\uffff]|NaN|Infinity/u);
      }),
    );
  });

  test('no two boxes overlap, and all lie within', () => {
    fc.assert(
      fc.property(maps, (map) => {
        const text = svgOf(map);
        const [, width = '', height = ''] = /viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(text) ?? [];
        const boxes = Array.from(
          text.matchAll(/<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"/g),
          ([, ...numbers]) => numbers.map(Number) as [number, number, number, number],
        );
        boxes.forEach(([x, y, w, h], index) => {
          expect(x + w).toBeLessThanOrEqual(Number(width));
          expect(y + h).toBeLessThanOrEqual(Number(height));
          for (const [x2, y2, w2, h2] of boxes.slice(index + 1)) {
            const apart = x + w <= x2 || x2 + w2 <= x || y + h <= y2 || y2 + h2 <= y;
            expect(apart).toBe(true);
          }
        });
      }),
    );
  });
});
