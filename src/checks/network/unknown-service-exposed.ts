/** Something that the catalogue does not know can be reached from outside private ranges. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, notApplicable, pass, undetermined } from '../../engine/check.ts';
import { aiServicesFact } from '../../facts/catalogue/ai-services-fact.ts';
import { serviceBehind } from '../../facts/catalogue/service-behind.ts';
import { citationsOf, doubtOf, socketOf, sourcesOf } from '../../facts/exposure/cite.ts';
import { exposureFact } from '../../facts/exposure/exposure.ts';
import { closingOf, stopgapsFact } from '../../facts/exposure/stopgaps.ts';
import { isSshDoor, sshDoorsFact } from '../../facts/ssh-doors.ts';

const messages = {
  reachable: '{what} answers {from} on {port}/{proto}, and nobody said that it should.',
};

export const unknownServiceExposed = defineCheck({
  id: 'unknown-service-exposed',
  needs: { exposures: exposureFact, services: aiServicesFact },
  // SSH is another rule's, whatever its port.
  optional: { doors: sshDoorsFact, stopgaps: stopgapsFact },
  params: z.strictObject({
    /** Ports that are meant to be reached: `443/tcp`. */
    allow: z.array(z.string().regex(/^\d+\/(?:tcp|udp)$/, 'must be such as 443/tcp')),
    /** Programs that other rules judge, by the kernel's name. */
    except: z.array(z.string()),
  }),
  messages,
  evaluate: ({ exposures, services, doors, stopgaps }, { allow, except }) => {
    const ssh = doors.state === 'known' ? doors.value : [];
    const unknown = exposures.filter(
      (exposure) =>
        serviceBehind(exposure, services) === null &&
        exposure.scope !== 'loopback' &&
        !(exposure.workload === null && isSshDoor(exposure, ssh)) &&
        !allow.includes(`${String(exposure.port)}/${exposure.proto}`) &&
        !(exposure.process !== null && except.includes(exposure.process)),
    );
    if (unknown.length === 0) return [notApplicable('nothing else listens beyond loopback')];
    return unknown.map((exposure): Verdict<typeof messages> => {
      const { process, workload, port, proto, scope } = exposure;
      const what =
        workload === null ? (process ?? 'a process that may not be seen') : `container ${workload}`;
      const subject = `${what} on ${socketOf(exposure)}`;
      const evidence = citationsOf(exposure);
      if (scope === 'unknown') return { ...undetermined(doubtOf(exposure), subject), evidence };
      if (scope !== 'any') return pass(subject, ...evidence);
      const data = { what, from: sourcesOf(exposure), port, proto };
      return {
        outcome: 'fail',
        message: 'reachable',
        subject,
        data,
        evidence,
        stopgaps: closingOf(stopgaps, exposure),
      };
    });
  },
});
