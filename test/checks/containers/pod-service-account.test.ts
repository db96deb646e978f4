import { describe, expect, test } from '@jest/globals';
import { podServiceAccount } from '../../../src/checks/containers/pod-service-account.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { deployment, documents, readManifests } from '../../harness/manifests.ts';

const account = (automount?: boolean, namespace?: string) => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name: 'own', ...(namespace === undefined ? {} : { namespace }) },
  ...(automount === undefined ? {} : { automountServiceAccountToken: automount }),
});
const binding = (name: string) => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'RoleBinding',
  metadata: { name: 'b' },
  subjects: [{ kind: 'ServiceAccount', name }],
});
const own = { serviceAccountName: 'own' };

describe('pod-service-account', () => {
  test.each([
    ['nothing said', {}, [], 'fail', 'fail'],
    ['the pod refuses', { automountServiceAccountToken: false }, [], 'pass', 'pass'],
    ['the pod asks', { ...own, automountServiceAccountToken: true }, [account(false)], 'fail', 'pass'],
    ['the account refuses', own, [account(false)], 'pass', 'pass'],
    ['the account of that name elsewhere refuses', own, [account(false, 'else')], 'undetermined', 'pass'],
    ['the account says nothing', own, [account()], 'fail', 'pass'],
    ['an account that is not here', own, [], 'undetermined', 'pass'],
    ['the old name of the field', { serviceAccount: 'own' }, [account()], 'fail', 'pass'],
    ['an account with rights', own, [account(), binding('own')], 'not-applicable', 'pass'],
    ['rights for the default account', {}, [binding('default')], 'fail', 'fail'],
  ])('%s', async (_, pod, others, token, byDefault) => {
    const facts = await readManifests(documents(deployment({}, pod), ...others));
    const outcomes = (['token', 'default'] as const).map((what) =>
      evaluate(podServiceAccount, { ...facts }, { what }),
    );
    expect(outcomes).toMatchObject([
      [{ outcome: token, subject: 'app' }],
      [{ outcome: byDefault, subject: 'app' }],
    ]);
  });

  test('names the line', async () => {
    const facts = await readManifests(`apiVersion: v1
kind: Pod
metadata: {name: x}
spec:
  containers: [{name: c, image: i}]
  automountServiceAccountToken: true
`);
    const [verdict] = evaluate(podServiceAccount, { ...facts }, { what: 'token' });
    expect(verdict).toMatchObject({ evidence: [{ source: 'k8s.yaml', line: 6, column: 3 }, {}] });
  });

  test('not-applicable without pods', () => {
    const verdicts = evaluate(podServiceAccount, { pods: [], manifests: [] }, { what: 'token' });
    expect(verdicts).toMatchObject([{ outcome: 'not-applicable' }]);
  });
});
