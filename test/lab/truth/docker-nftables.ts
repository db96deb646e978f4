import type { Engine, Family, Publish } from './docker-engine.ts';
import { container, network, socket } from './docker-engine.ts';

const jumps = (name: string, direction: string) => `
  map ${name}-${direction === 'to' ? 'in' : 'out'}-jumps {
    type ifname : verdict
    elements = { ${['docker0', 'br0'].map((one) => `"${one}" : jump ${name}-${direction === 'to' ? 'in' : 'out'}__${one}`).join(', ')} }
  }`;

/** The nftables backend, and a table of the owner's: there is no DOCKER-USER. */
export function docker29(family: Family, engine: Engine): string {
  const { publishes, gateway, proxy, owner } = engine;
  const to = container[family];
  const notThere = proxy ? 'iifname != "br0" ' : '';
  const linkLocal = family === 'ip6' ? 'ip6 saddr != fe80::/10 ' : '';
  const loopback = family === 'ip' ? '127.0.0.0/8' : '::1';
  const daddr = ({ address }: Publish) => (address === '' ? '' : `${family} daddr ${address} `);
  const translated = gateway === 'routed' ? [] : publishes;
  const accepted = publishes.map(
    ({ proto, containerPort }) =>
      `${family} daddr ${to} ${proto} dport ${String(containerPort)} counter accept`,
  );
  return `
table ${family} docker-bridges {
  ${jumps('filter-forward', 'to')}
  ${jumps('filter-forward', 'from')}
  chain filter-FORWARD {
    type filter hook forward priority filter; policy accept;
    oifname vmap @filter-forward-in-jumps
    iifname vmap @filter-forward-out-jumps
  }
  chain nat-OUTPUT {
    type nat hook output priority -100; policy accept;
    ${proxy ? `${family} daddr != ${loopback} ` : ''}fib daddr type local counter jump nat-prerouting-and-output
  }
  chain nat-POSTROUTING {
    type nat hook postrouting priority srcnat; policy accept;
    iifname vmap { "br0" : jump nat-postrouting-out__br0 }
    oifname vmap { "br0" : jump nat-postrouting-in__br0 }
  }
  chain nat-PREROUTING {
    type nat hook prerouting priority dstnat; policy accept;
    fib daddr type local counter jump nat-prerouting-and-output
  }
  chain nat-prerouting-and-output {
    ${translated.map((one) => `${notThere}${linkLocal}${daddr(one)}${one.proto} dport ${String(one.port)} counter dnat to ${socket(to, one.containerPort)} comment "DNAT"`).join('\n    ')}
  }
  chain raw-PREROUTING {
    type filter hook prerouting priority raw; policy accept;
    ${gateway === 'nat' ? `${family} daddr ${to} iifname != "br0" counter drop comment "DROP DIRECT ACCESS"` : ''}
    ${translated
      .filter(({ address }) => address === '127.0.0.1')
      .map(
        (one) =>
          `iifname != "lo" ${daddr(one)}${one.proto} dport ${String(one.port)} counter drop comment "DROP REMOTE LOOPBACK"`,
      )
      .join('\n    ')}
  }
  chain filter-forward-in__docker0 {
    ct state established,related counter accept
    iifname "docker0" counter accept comment "ICC"
    counter drop comment "UNPUBLISHED PORT DROP"
  }
  chain filter-forward-out__docker0 {
    ct state established,related counter accept
    counter accept comment "OUTGOING"
  }
  chain filter-forward-in__br0 {
    ct state established,related counter accept
    meta mark 1 counter accept comment "ALLOW FW MARK"
    iifname "br0" counter accept comment "ICC"
    ${gateway === 'nat-unprotected' ? '' : accepted.join('\n    ')}
    counter ${gateway === 'nat-unprotected' ? 'accept comment "UNPROTECTED"' : 'drop comment "UNPUBLISHED PORT DROP"'}
  }
  chain filter-forward-out__br0 {
    ct state established,related counter accept
    counter accept comment "OUTGOING"
  }
  chain nat-postrouting-in__br0 {
    ${proxy ? '' : 'fib saddr type local counter masquerade comment "MASQUERADE FROM HOST"'}
    ${proxy ? '' : translated.map(({ proto, containerPort }) => `${family} saddr ${to} ${family} daddr ${to} ${proto} dport ${String(containerPort)} counter masquerade comment "MASQ TO OWN PORT"`).join('\n    ')}
  }
  chain nat-postrouting-out__br0 {
    ${gateway === 'routed' ? '' : `oifname != "br0" ${family} saddr ${network[family]} counter masquerade comment "MASQUERADE"`}
  }
}
table ${family} owner {
  chain input {
    type filter hook input priority filter; policy ${owner.inputPolicy.toLowerCase()};
    ct state established,related accept
    iifname "lo" accept
    ${family === 'ip6' ? 'meta l4proto ipv6-icmp accept' : 'ip protocol icmp accept'}
    tcp dport 22 accept
  }
  chain forward {
    type filter hook forward priority ${owner.nativePriority}; policy ${owner.nativePolicy};
    ct state established,related accept
    ${owner.native.join('\n    ')}
  }
}
`;
}
