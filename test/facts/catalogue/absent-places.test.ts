import { describe, expect, test } from '@jest/globals';
import { withAbsentPlaces } from '../../../src/facts/catalogue/absent-places.ts';
import { authenticationOf } from '../../../src/facts/catalogue/authentication.ts';
import { asProcess, byPort, inContainer } from '../../harness/ai-service.ts';
import { memoryHost } from '../../harness/memory-host.ts';

const passwd = 'root:x:0:0::/root:/bin/sh\nana:x:1000:1000::/home/ana:/bin/bash\n';
const lab = asProcess('jupyter', { argv: ['/usr/bin/python3', '/usr/bin/jupyter-lab'], uid: 1000 });

async function stateOf(files: Record<string, string>, service = lab, recording = {}): Promise<string> {
  const host = await memoryHost({ files, recording });
  const [found] = await withAbsentPlaces(host, [service]);
  return found === undefined ? 'nothing' : authenticationOf(found).state;
}

describe('places that do not exist', () => {
  test('without a configuration file the default holds', async () => {
    expect(await stateOf({ '/etc/passwd': passwd })).toBe('proved');
  });

  test.each(['/home/ana/.jupyter/jupyter_server_config.json', '/etc/jupyter/jupyter_server_config.py'])(
    '%s may say otherwise',
    async (path) => {
      expect(await stateOf({ '/etc/passwd': passwd, [path]: '{}' })).toBe('unknown');
    },
  );

  test('another account’s file says nothing', async () => {
    expect(await stateOf({ '/etc/passwd': passwd, '/root/.jupyter/jupyter_server_config.json': '{}' })).toBe(
      'proved',
    );
  });

  test('an account without a known home may have one', async () => {
    expect(await stateOf({})).toBe('unknown');
  });

  test('a denied look is no absence', async () => {
    const recording = {
      '/etc/jupyter/jupyter_server_config.py': {
        stat: { unknown: 'denied', detail: 'may not be looked at' },
      },
    };
    expect(await stateOf({ '/etc/passwd': passwd }, lab, recording)).toBe('unknown');
  });

  test('the home that it was started with counts, not its account’s', async () => {
    const moved = { ...lab, environment: { HOME: '/srv/lab' } };
    const file = { '/srv/lab/.jupyter/jupyter_server_config.json': '{}' };
    expect(await stateOf({ '/etc/passwd': passwd, ...file }, moved)).toBe('unknown');
  });

  test('a variable may name another place', async () => {
    const moved = { ...lab, environment: { JUPYTER_CONFIG_DIR: '/srv/lab' } };
    expect(await stateOf({ '/etc/passwd': passwd }, moved)).toBe('unknown');
  });

  test('a process in a container of another engine has other files', async () => {
    const [process] = lab.processes;
    if (process === undefined) throw new Error('no process');
    const inside = { ...lab, processes: [{ ...process, containerId: 'a'.repeat(64) }] };
    expect(await stateOf({ '/etc/passwd': passwd }, inside)).toBe('unknown');
  });

  test('containers and guesses are left alone', async () => {
    const host = await memoryHost({ files: { '/etc/passwd': passwd } });
    const services = [inContainer('jupyter'), byPort('jupyter', '0.0.0.0:8888')];
    expect(await withAbsentPlaces(host, services)).toEqual(services);
  });
});
