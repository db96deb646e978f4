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

/** A node of a Swarm, dockerd listening on the port as it does. */
function node(services: unknown, status = 200): MemoryHost {
  const has = box(rules, ['tcp LISTEN 0 128 *:3000 *:* users:(("dockerd",pid=79,fd=3))'], [task]);
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

describe('a service of a Swarm', () => {
  test('has the ports of the routing mesh, and no definition to edit', async () => {
    const publish = { proto: 'tcp', hostPort: 3000, containerPort: 8080, active: true, ingress: true };
    const found = await workloadsOf(node([service('svc1', 'web', 'ingress')]));
    expect(found).toMatchObject({
      value: [
        {
          directory: null,
          publishes: [
            { ...publish, hostAddress: '0.0.0.0' },
            { ...publish, hostAddress: '::' },
          ],
        },
      ],
    });
    expect(found).not.toHaveProperty('gaps');
  });

  test('is open to whom NAT leads into the mesh, past a filter that drops all', async () => {
    const host = await memoryHost(node([service('svc1', 'web', 'ingress')]));
    const exposures = await factReader(host)(exposureFact);
    expect(exposures).toMatchObject({
      value: [
        { kind: 'published', address: '0.0.0.0', port: 3000, service: 'open-webui', scope: 'any' },
        { kind: 'published', address: '::', port: 3000, scope: 'loopback' },
      ],
    });
  });

  test('that publishes on its own host has what its container has', async () => {
    expect(await workloadsOf(node([service('svc1', 'web', 'host')]))).toMatchObject({
      value: [{ publishes: [] }],
    });
  });

  test('that runs elsewhere is a gap: its port is open here too', async () => {
    expect(await workloadsOf(node([service('svc2', 'far', 'ingress')]))).toMatchObject({
      value: [{ publishes: [] }],
      gaps: ['3000/tcp of this node leads to far of the Swarm, which runs elsewhere and is not judged'],
    });
  });

  test('is a gap on a node that is no manager', async () => {
    expect(await workloadsOf(node({ message: 'This node is not a swarm manager.' }, 503))).toMatchObject({
      gaps: [expect.stringContaining('the Swarm publishes ports on this node that were not seen')],
    });
  });
});
