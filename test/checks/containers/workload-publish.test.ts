import { describe, expect, test } from '@jest/globals';
import { workloadPublish } from '../../../src/checks/containers/workload-publish.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { workload } from '../../harness/docker-workload.ts';

const params = { proxies: ['traefik', 'nginx'] };

function published(name: string, Image: string, HostIp: string | null, network = 'stack') {
  const PortBindings = HostIp === null ? {} : { '80/tcp': [{ HostIp, HostPort: '8080' }] };
  return workload(name, {
    config: { Image },
    host: { PortBindings },
    network: { Networks: { [network]: {} } },
  });
}

describe('workload-publish', () => {
  test.each([
    ['pass', published('x', 'ollama/ollama', null)],
    ['pass', published('x', 'ollama/ollama', '127.0.0.1')],
    ['fail', published('x', 'ollama/ollama', '')],
    ['fail', published('x', 'ollama/ollama', '0.0.0.0')],
    ['fail', published('x', 'ollama/ollama', '::')],
    ['pass', published('x', 'docker.io/library/nginx:1', '')],
    ['not-applicable', published('x', 'some/app', '')],
  ])('%s', (outcome, has) => {
    expect(evaluate(workloadPublish, { workloads: [has] }, params)).toMatchObject([
      { outcome, subject: 'x' },
    ]);
  });

  test('a service that a proxy fronts can be walked up to', () => {
    const proxy = published('proxy', 'traefik:v3', '');
    const beside = [published('app', 'some/app', ''), proxy];
    expect(evaluate(workloadPublish, { workloads: beside }, params)).toMatchObject([
      { outcome: 'fail', message: 'fronted', data: { proxy: 'proxy' } },
      { outcome: 'pass' },
    ]);
    const apart = [published('app', 'some/app', '', 'other'), proxy];
    expect(evaluate(workloadPublish, { workloads: apart }, params)).toMatchObject([
      { outcome: 'not-applicable' },
      { outcome: 'pass' },
    ]);
  });

  test('not-applicable without containers', () => {
    expect(evaluate(workloadPublish, { workloads: [] }, params)).toMatchObject([
      { outcome: 'not-applicable' },
    ]);
  });
});

test('what is published is not known where only Podman’s database has it', () => {
  const workloads = [{ ...workload('x'), source: 'podman', unseen: ['ports'] }];
  expect(evaluate(workloadPublish, { workloads }, { proxies: ['nginx'] })).toMatchObject([
    { outcome: 'undetermined' },
  ]);
});
