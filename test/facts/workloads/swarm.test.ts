import { describe, expect, test } from '@jest/globals';
import { factReader } from '../../../src/engine/fact.ts';
import { exposureFact } from '../../../src/facts/exposure/exposure.ts';
import { workloadsFact } from '../../../src/facts/workloads/workloads.ts';
import { box } from '../../harness/box.ts';
import { dockerContainer } from '../../harness/docker-container.ts';
import type { MemoryHost } from '../../harness/memory-host.ts';
import { memoryHost } from '../../harness/memory-host.ts';

/** As dockerd programs a Swarm's ingress (moby, libnetwork/service_linux.go); here the mesh is at 172.17.0.9. */
const rules = `*filter
:INPUT DROP [0:0]
:FORWARD DROP [0:0]
:DOCKER-INGRESS - [0:0]
:DOCKER-USER - [0:0]
-A FORWARD -j DOCKER-USER
-A FORWARD -j DOCKER-INGRESS
-A DOCKER-INGRESS -p tcp -m tcp --dport 3000 -j ACCEPT
-A DOCKER-INGRESS -j RETURN
-A DOCKER-USER -j RETURN
COMMIT
*nat
:PREROUTING ACCEPT [0:0]
:DOCKER-INGRESS - [0:0]
-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER-INGRESS
-A DOCKER-INGRESS -p tcp -m tcp --dport 3000 -j DNAT --to-destination 172.17.0.9:3000
-A DOCKER-INGRESS -j RETURN
COMMIT
`;

const task = dockerContainer('web.1.zg9c', {
  config: {
    Image: 'ghcr.io/open-webui/open-webui:main',
    Labels: {
      'com.docker.swarm.service.id': 'svc1',
      'com.docker.swarm.service.name': 'web',
      'com.docker.swarm.task.id': 'zg9c',
    },
  },
  network: { Ports: {}, Networks: { ingress: { IPAddress: '10.0.0.4' } } },
});

function service(ID: string, Name: string, PublishMode: string) {
  const Ports = [{ Protocol: 'tcp', TargetPort: 8080, PublishedPort: 3000, PublishMode }];
  return { ID, Spec: { Name }, Endpoint: { Spec: {}, Ports } };
}

const replica = dockerContainer('web.2.x1b7', {
  config: task.Config,
  network: { Ports: {}, Networks: { ingress: { IPAddress: '10.0.0.5' } } },
});

/** A node of a Swarm, dockerd listening on the port as it does. */
function node(services: unknown, status = 200, tasks = [task]): MemoryHost {
  const has = box(rules, ['tcp LISTEN 0 128 *:3000 *:* users:(("dockerd",pid=79,fd=3))'], tasks);
  const gets = (has.gets ?? []).map((each) =>
    each.path === '/info'
      ? { ...each, body: JSON.stringify({ ...JSON.parse(each.body), Swarm: { LocalNodeState: 'active' } }) }
      : each,
  );
  const answer = { socket: '/run/docker.sock', path: '/services', status, body: JSON.stringify(services) };
  return { ...has, gets: [...gets, answer] };
}

async function workloadsOf(has: MemoryHost) {
  return factReader(await memoryHost(has))(workloadsFact);
}

async function exposuresOf(has: MemoryHost) {
  const found = await factReader(await memoryHost(has))(exposureFact);
  return found.state === 'known' ? found.value : [];
}

const refused = { message: 'This node is not a swarm manager.' };

describe('a service of a Swarm', () => {
  test('has the ports of the routing mesh, and no definition to edit', async () => {
    const publish = { proto: 'tcp', hostAddress: '0.0.0.0', hostPort: 3000, containerPort: 8080 };
    const found = await workloadsOf(node([service('svc1', 'web', 'ingress')]));
    expect(found).toMatchObject({
      value: [{ directory: null, publishes: [{ ...publish, active: true, ingress: true }] }],
    });
    expect(found).not.toHaveProperty('gaps');
  });

  test.each([
    ['one container', [task]],
    ['two containers', [task, replica]],
  ])('of %s is open once to whom NAT leads into the mesh, past a filter that drops all', async (_, tasks) => {
    const open = { kind: 'published', address: '0.0.0.0', port: 3000, service: 'open-webui', scope: 'any' };
    expect(await exposuresOf(node([service('svc1', 'web', 'ingress')], 200, tasks))).toMatchObject([open]);
  });

  test('that publishes on its own host has what its container has', async () => {
    expect(await workloadsOf(node([service('svc1', 'web', 'host')]))).toMatchObject({
      value: [{ publishes: [] }],
    });
  });

  test('that runs elsewhere is open here, and nobody knows as what', async () => {
    const has = node([service('svc2', 'far', 'ingress')]);
    expect(await workloadsOf(has)).toMatchObject({ value: [{ publishes: [] }] });
    expect(await exposuresOf(has)).toMatchObject([
      { kind: 'socket', process: 'dockerd', port: 3000, service: null, scope: 'any' },
    ]);
  });

  test('has ports that are not known on a node that is no manager, and they are open', async () => {
    expect(await workloadsOf(node(refused, 503))).toMatchObject({
      value: [{ unsettled: new Map([['ports', expect.stringContaining('ask a manager')]]) }],
    });
    expect(await exposuresOf(node(refused, 503))).toMatchObject([
      { port: 3000, service: null, scope: 'any' },
    ]);
  });

  test('is a gap where the engine does not say whether it is part of one', async () => {
    const has = node([]);
    const gets = (has.gets ?? []).map((each) =>
      each.path === '/info' ? { ...each, body: each.body.replace(/,"Swarm":\{.*?\}/, '') } : each,
    );
    expect(await factReader(await memoryHost({ ...has, gets }))(exposureFact)).toMatchObject({
      gaps: expect.arrayContaining([expect.stringContaining('dockerd holds 3000 for a Swarm')]),
    });
  });
});
