/** A file system is nearly full. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, notApplicable, pass } from '../../engine/check.ts';
import { diskUsageFact } from '../../facts/disk-usage.ts';

const messages = {
  full: '{mountPoint} is {used} % full, {free} GiB are left: models and images fill the rest in one download, and then logs and databases stop.',
};

export const diskUsage = defineCheck({
  id: 'disk-usage',
  needs: { disks: diskUsageFact },
  params: z.strictObject({
    /** Percent in use that still passes. */
    maxUsedPercent: z.int().min(1).max(100),
  }),
  messages,
  evaluate: ({ disks }, { maxUsedPercent }) => {
    if (disks.length === 0) return [notApplicable('there is no writable storage')];
    return disks.map(({ mountPoint, device, usedPercent, freeBytes }): Verdict<typeof messages> => {
      const citation = {
        source: 'df -P -k',
        line: null,
        excerpt: `${device} ${String(usedPercent)}% ${mountPoint}`,
      };
      if (usedPercent <= maxUsedPercent) return pass(mountPoint, citation);
      const data = { mountPoint, used: usedPercent, free: (freeBytes / 1024 ** 3).toFixed(1) };
      return { outcome: 'fail', message: 'full', subject: mountPoint, data, evidence: [citation] };
    });
  },
});
