/** Updates wait for a reboot: the running kernel or a library is not the one on disk. */
import * as z from 'zod';
import { defineCheck, notApplicable, pass, theHost, undetermined } from '../../engine/check.ts';
import { rebootFact } from '../../facts/updates/reboot.ts';

export const rebootRequired = defineCheck({
  id: 'reboot-required',
  needs: { reboot: rebootFact },
  params: z.strictObject({}),
  messages: {
    flagged: 'A reboot is due for {packages}: the holes that those updates close are still open.',
    olderKernel: 'Kernel {running} runs and {newest} is installed: what the newer one closes is still open.',
  },
  evaluate: ({ reboot }) => {
    const { flaggedBy, running, installed, container } = reboot;
    if (flaggedBy !== null) {
      const packages = flaggedBy.slice(0, 5).join(', ') || 'installed updates';
      const evidence = [{ source: '/run/reboot-required', line: null, excerpt: packages }];
      return [{ outcome: 'fail', message: 'flagged', subject: theHost, data: { packages }, evidence }];
    }
    if (container) return [notApplicable('this is a container: its kernel is that of the machine around it')];
    // A cloud kernel is not replaced by a real-time one, whatever their numbers.
    const same = installed.filter((release) => flavour(release) === flavour(running));
    const newest = same.toSorted(compareReleases).at(-1);
    if (newest === undefined) {
      return [
        undetermined(
          `kernel ${running} runs and none of its kind is in /boot: what boot would start is not known`,
        ),
      ];
    }
    const evidence = { source: '/boot', line: null, excerpt: `vmlinuz-${newest}` };
    if (compareReleases(running, newest) >= 0) return [pass(theHost, evidence)];
    const data = { running, newest };
    return [{ outcome: 'fail', message: 'olderKernel', subject: theHost, data, evidence: [evidence] }];
  },
});

/**
 * What is left of a release without its numbers and what stands for a distribution's: `cloud-amd64` of
 * `6.1.0-26-cloud-amd64`, `amd64` of `6.12.43+deb13-amd64` and of `6.1.0-0.deb11.21-amd64`.
 */
function flavour(release: string): string {
  return release.replace(/^(?:(?:\d+|rc\d+|(?:deb|bpo|el|fc|rpt)\d*)(?:[-.+~_]|$))+/, '');
}

/** By the numbers in them, as distributions count them up. */
function compareReleases(a: string, b: string): number {
  const numbers = (release: string) => (release.match(/\d+/g) ?? []).map(Number);
  const [left, right] = [numbers(a), numbers(b)];
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const difference = (left[index] ?? -1) - (right[index] ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
}
