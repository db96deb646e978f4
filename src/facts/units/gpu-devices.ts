import { defineFact } from '../../engine/fact.ts';
import { known, unknown } from '../../host/evidence.ts';

const nodes = ['/dev/nvidiactl', '/dev/nvidia0', '/dev/kfd', '/dev/dri/renderD128', '/dev/dxg'] as const;

/** Device files of graphics processors that this machine has. */
export const gpuDevicesFact = defineFact<readonly string[]>({
  id: 'gpu-devices',
  gather: async (host) => {
    if (!host.origin.running) {
      return unknown('unsupported', 'files alone do not show which devices there are', '/dev');
    }
    const stats = await Promise.all(nodes.map((node) => host.stat(node)));
    return known(
      nodes.filter((_, index) => {
        const evidence = stats[index];
        return evidence?.state === 'known' && evidence.value !== null;
      }),
      '/dev',
    );
  },
});
