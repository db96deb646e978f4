/** Options that only refine another one of the same module. */
export const refinements: Readonly<Record<string, readonly string[]>> = {
  recent: ['--name', '--mask', '--rsource', '--seconds', '--hitcount', '--reap'],
  hashlimit: [
    '--hashlimit-burst',
    '--hashlimit-mode',
    '--hashlimit-name',
    '--hashlimit-srcmask',
    '--hashlimit-dstmask',
    '--hashlimit-htable-size',
    '--hashlimit-htable-max',
    '--hashlimit-htable-expire',
    '--hashlimit-htable-gcinterval',
  ],
  connlimit: ['--connlimit-mask', '--connlimit-saddr'],
  addrtype: ['--limit-iface-in'],
  policy: ['--dir', '--strict', '--next'],
  rpfilter: ['--validmark', '--accept-local'],
  statistic: ['--mode', '--packet'],
};
