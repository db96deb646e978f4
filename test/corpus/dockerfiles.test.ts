import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { dockerfileHealthcheck } from '../../src/checks/containers/dockerfile-healthcheck.ts';
import { dockerfileSecret } from '../../src/checks/containers/dockerfile-secret.ts';
import { dockerfileUser } from '../../src/checks/containers/dockerfile-user.ts';
import { parseDockerfile } from '../../src/facts/dockerfiles/dockerfiles.ts';
import { outerImage } from '../../src/facts/dockerfiles/effective.ts';
import { parseImageReference } from '../../src/facts/workloads/image-reference.ts';
import { maskSecrets } from '../../src/host/mask.ts';
import { paramsOf } from '../harness/dockerfile.ts';
import { evaluate } from '../harness/evaluate.ts';

/** Dockerfiles of real projects, and what a person read in some of them; AISEC_CORPUS names the folder. */
const folder = join(process.env.AISEC_CORPUS ?? '', 'dockerfiles');
const labels = join(process.env.AISEC_CORPUS ?? '', 'labels');

interface Label {
  readonly file: string;
  readonly final_stage: {
    readonly from_tag: string;
    readonly user: string;
    readonly healthcheck: boolean | string;
  };
  readonly secrets: readonly string[];
}

if (process.env.AISEC_CORPUS === undefined || !existsSync(folder)) {
  console.warn('Skipped: AISEC_CORPUS names no folder with dockerfiles/ and labels/.');
  test.skip('the corpus is not here', () => undefined);
} else {
  const read = (name: string) =>
    parseDockerfile('Dockerfile', maskSecrets(readFileSync(join(folder, name), 'utf8')));

  test.each(readdirSync(folder))('%s is read', (name) => {
    expect(read(name)).toMatchObject({ state: 'read' });
  });

  const labelled = readdirSync(labels).filter((name) => name.startsWith('dockerfiles__'));
  describe.each(labelled)('label %s', (name) => {
    const label = parse(readFileSync(join(labels, name), 'utf8')) as Label;
    const file = read(label.file.replace(/^dockerfiles\//, ''));
    const given = { dockerfiles: { files: [file], companions: [], paths: [], ignoreFiles: new Map() } };

    test('user', () => {
      const outcome = evaluate(dockerfileUser, given, paramsOf('dockerfile-root'))[0]?.outcome;
      const { user } = label.final_stage;
      expect(outcome).toBe(/root/i.test(user) ? 'fail' : user.startsWith('none') ? 'undetermined' : 'pass');
    });

    test('health check', () => {
      const outcome = evaluate(dockerfileHealthcheck, given)[0]?.outcome;
      expect(outcome).toBe(String(label.final_stage.healthcheck).startsWith('true') ? 'pass' : 'fail');
    });

    test('tag', () => {
      if (file.state === 'unread') throw new Error(file.because);
      const { tag, digest } = parseImageReference(outerImage(file.final).image.text);
      const kind =
        digest !== null ? 'digest' : tag === null ? 'untagged' : tag === 'latest' ? 'latest' : 'tagged';
      const labelledKind = label.final_stage.from_tag.split(' ')[0] ?? '';
      expect(kind).toBe(['digest', 'untagged', 'latest'].includes(labelledKind) ? labelledKind : 'tagged');
    });

    test('secrets', () => {
      const outcome = evaluate(dockerfileSecret, given, paramsOf('dockerfile-secret'))[0]?.outcome;
      const real = label.secrets.filter((secret) => !secret.includes('not secrets'));
      expect(outcome).toBe(real.length > 0 ? 'fail' : 'pass');
    });
  });
}
