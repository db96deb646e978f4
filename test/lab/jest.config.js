import base from '../../jest.config.js';

/** The lab boots real boxes: it needs root, and takes minutes instead of seconds. */
/** @type {import('jest').Config} */
export default {
  ...base,
  rootDir: '../..',
  roots: ['<rootDir>/test/lab'],
  testPathIgnorePatterns: ['/node_modules/'],
  testTimeout: 300_000,
};
