import { aisec } from './audit.ts';
import type { Box } from './box.ts';

/** System calls that change a file system or speak to somebody. */
const calls = [
  'open,openat,openat2,creat,mknod,mknodat,mkdir,mkdirat,rmdir,unlink,unlinkat,rename,renameat,renameat2',
  'link,linkat,symlink,symlinkat,chmod,fchmod,fchmodat,chown,fchown,lchown,fchownat,truncate,ftruncate',
  'setxattr,lsetxattr,fsetxattr,removexattr,utimensat,mount,umount2,connect,sendto,sendmsg,sendmmsg,bind',
].join(',');

/** Neither is a file: what is written there is gone. */
const harmlessPaths = ['/dev/null', '/dev/tty', '/dev/ptmx', '/dev/pts/'];

/**
 * Runs a command of the program under strace and lists what it, or anything that it ran, wrote or sent
 * elsewhere than to its standard output, unix sockets and the kernel.
 */
export async function effectsOf(box: Box, args: string): Promise<string[]> {
  const script = `
    set -e
    cd /
    loader=$(ls /opt/host-usr/lib/*-linux-gnu*/ld-linux-*.so.* | head -1)
    strace="$loader --library-path $(dirname "$loader") /opt/host-usr/bin/strace"
    $strace -f -qq -yy -s 200 -e trace=${calls} -e signal=none -o /run/trace ${aisec} ${args} >/dev/null 2>/run/trace.err \\
      || [ $? -le 3 ] || { cat /run/trace.err >&2; exit 9; }
    cat /run/trace
    rm /run/trace
  `;
  const trace = await box.must(script, 300);
  if (!trace.includes('openat(')) throw new Error('strace saw nothing');
  return trace.split('\n').filter(isEffect);
}

function isEffect(line: string): boolean {
  const call = line.replace(/^\d+\s+/, '');
  // What failed changed nothing; that it was tried is a defect too, unless the answer was "not here".
  if (/\) = -1 (?:ENOENT|ENOTDIR|ENXIO)\b/.test(call)) return false;
  if (/^(?:open|openat|openat2)\(/.test(call)) {
    const writes = /\bO_(?:WRONLY|RDWR|CREAT|TRUNC|APPEND)\b/.test(call);
    const path = /"([^"]*)"/.exec(call)?.[1] ?? '';
    return writes && !harmlessPaths.some((harmless) => path.startsWith(harmless));
  }
  if (/^(?:connect|sendto|sendmsg|sendmmsg|bind)\(/.test(call)) {
    const internet = /\bsa_family=AF_INET6?\b|<(?:TCP|UDP|RAW|ICMP)(?:v6)?:/.test(call);
    return internet && !sortsAddresses(call);
  }
  return /^[a-z0-9_]+\(/.test(call);
}

/**
 * getaddrinfo(3) connects a datagram socket to each address in order to sort them (RFC 3484), which sends
 * nothing; `sshd -T` does that to the wildcard addresses that it listens on.
 */
function sortsAddresses(call: string): boolean {
  return (
    call.startsWith('connect(') &&
    /<UDP(?:v6)?:/.test(call) &&
    /"::"|inet_addr\("0\.0\.0\.0"\)|sa_family=AF_UNSPEC/.test(call)
  );
}
