/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
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
