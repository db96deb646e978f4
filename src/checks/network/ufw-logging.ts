/** UFW refuses and keeps no record of it. */
import * as z from 'zod';
import { defineCheck, notApplicable, pass, undetermined } from '../../engine/check.ts';
import { firewallConfigurationFact } from '../../facts/firewall/boot.ts';
import { ufwPaths } from '../../facts/firewall/ufw.ts';

const messages = { off: 'UFW is enabled and logs nothing: refused connections leave no trace.' };

export const ufwLogging = defineCheck({
  id: 'ufw-logging',
  needs: { configuration: firewallConfigurationFact },
  params: z.strictObject({}),
  messages,
  evaluate: ({ configuration: { ufw } }) => {
    if (ufw.state === 'unknown') return [undetermined(ufw.detail, 'ufw')];
    if (ufw.value?.enabled !== true) return [notApplicable('UFW is not enabled')];
    const { logging, loggingLine } = ufw.value;
    const evidence = [{ source: ufwPaths.main, line: loggingLine, excerpt: `LOGLEVEL=${logging}` }];
    if (logging !== 'off') return [pass('ufw', ...evidence)];
    return [{ outcome: 'fail', message: 'off', subject: 'ufw', data: {}, evidence }];
  },
});
