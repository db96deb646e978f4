/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  // Modules of one file are not given back before its process ends: a worker that has many is replaced.
  maxWorkers: '100%',
  workerIdleMemoryLimit: '1GB',
  // The first test of a cold worker waits for its imports: the limit tells a hang from a busy machine, nothing else.
  testTimeout: 60_000,
  roots: ['<rootDir>/test'],
  setupFiles: ['<rootDir>/test/harness/seed.ts'],
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/test/lab/'],
  extensionsToTreatAsEsm: ['.ts', '.yaml'],
  moduleFileExtensions: ['ts', 'js', 'mjs', 'json', 'yaml', 'node'],
  transform: {
    '\\.ts$': ['@swc/jest', { jsc: { target: 'es2023', parser: { syntax: 'typescript' } } }],
    '\\.yaml$': '<rootDir>/test/harness/yaml-transform.cjs',
  },
};
