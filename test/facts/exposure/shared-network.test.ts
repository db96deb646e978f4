import { describe, expect, test } from '@jest/globals';
import { serviceExposed } from '../../../src/checks/network/service-exposed.ts';
import { factReader } from '../../../src/engine/fact.ts';
import { aiServicesFact } from '../../../src/facts/catalogue/ai-services-fact.ts';
import { exposureFact } from '../../../src/facts/exposure/exposure.ts';
import { box } from '../../harness/box.ts';
import { dockerContainer } from '../../harness/docker-container.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { noStopgaps } from '../../harness/exposures.ts';
import { memoryHost } from '../../harness/memory-host.ts';

type Ports = Readonly<Record<number, string>>;

/** The container port of each published one, of a container whose network others borrow. */
const owner = (image: string, ports: Ports) =>
  dockerContainer('owner', {
    config: { Image: image },
    network: {
      Ports: Object.fromEntries(
        Object.entries(ports).map(([host, inside]) => [inside, [{ HostIp: '0.0.0.0', HostPort: host }]]),
      ),
      Networks: { bridge: { IPAddress: '172.17.0.2' } },
    },
  });

const member = (name: string, image: string, Env: readonly string[] = []) =>
  dockerContainer(name, {
    config: { Image: image, Env, ExposedPorts: { '11434/tcp': {} } },
    host: { NetworkMode: `container:${owner('', {}).Id}` },
    network: { Ports: {}, Networks: {} },
  });

const rules = (ports: Ports) =>
  [
    '*nat',
    ':PREROUTING ACCEPT [0:0]',
    ...Object.entries(ports).map(
      ([host, inside]) =>
        `-A PREROUTING ! -i docker0 -p tcp --dport ${host} -j DNAT --to-destination 172.17.0.2:${inside.replace('/tcp', '')}`,
    ),
    'COMMIT',
    '',
  ].join('\n');

async function read(image: string, ports: Ports, members: readonly ReturnType<typeof member>[]) {
  const host = await memoryHost(box(rules(ports), [], [owner(image, ports), ...members]));
  const reader = factReader(host);
  const [exposures, services] = await Promise.all([reader(exposureFact), reader(aiServicesFact)]);
  if (exposures.state === 'unknown' || services.state === 'unknown') throw new Error('not read');
  return { exposures: exposures.value, services: services.value };
}

const vpn = 'qmcgaw/gluetun:v3';
const ollama = member('ollama', 'ollama/ollama:0.5');
const vllm = (key: string) => member('vllm', 'vllm/vllm-openai:v0.9', [`VLLM_API_KEY=${key}`]);

describe('a published port of a container whose network others borrow', () => {
  test.each<[string, string, Ports, readonly ReturnType<typeof member>[], (string | null)[]]>([
    ['nobody’s that is known', vpn, { 11434: '11434/tcp' }, [], [null]],
    ['of the one service in it', vpn, { 11434: '11434/tcp' }, [ollama], ['ollama']],
    ['of the one service, on a port that it was given', vpn, { 80: '9/tcp' }, [ollama], ['ollama']],
    [
      'of several by the port inside',
      vpn,
      { 80: '11434/tcp', 11434: '8000/tcp' },
      [vllm('x'), ollama],
      ['ollama', 'vllm'],
    ],
    ['of the owner by its own port', 'grafana/grafana:11', { 80: '3000/tcp' }, [ollama], ['grafana']],
    ['of whoever asks the least', vpn, { 80: '9/tcp' }, [vllm('abcdefgh12345'), ollama], ['ollama']],
  ])('%s', async (_, image, ports, members, services) => {
    const { exposures } = await read(image, ports, members);
    const published = exposures.filter(({ kind }) => kind === 'published');
    expect(published.map(({ service }) => service)).toEqual(services);
  });

  test('is no condition for who routes to its address', async () => {
    const { exposures } = await read(vpn, {}, [ollama]);
    expect(exposures).toMatchObject([
      {
        kind: 'container',
        workload: 'owner',
        address: '172.17.0.2',
        port: 11434,
        service: 'ollama',
        scope: 'lan',
      },
    ]);
  });

  test('is judged as the service that answers there', async () => {
    const given = await read(vpn, { 11434: '11434/tcp' }, [ollama]);
    const params = { categories: ['inference'], from: 'internet', credentialHelps: true };
    const verdicts = evaluate(serviceExposed, { ...given, stopgaps: noStopgaps }, params);
    expect(verdicts).toContainEqual(
      expect.objectContaining({
        outcome: 'fail',
        subject: 'ollama (container ollama) on 0.0.0.0:11434/tcp',
        message: 'published',
      }),
    );
  });
});
