import { BlockList, isIP } from 'node:net';

type Range = readonly [network: string, bits: number];

/** Link-local and multicast networks, and where clouds hand out the machine's own credentials: no provider stands there. */
const neverV4: readonly Range[] = [
  ['169.254.0.0', 16],
  ['100.100.100.200', 32],
  ['168.63.129.16', 32],
  ['224.0.0.0', 3],
];
const neverV6: readonly Range[] = [
  ['fe80::', 10],
  ['fd00:ec2::254', 128],
  ['ff00::', 8],
];
/** Loopback, private and other networks that are not the Internet's (RFC 6890). */
const innerV4: readonly Range[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
];
const innerV6: readonly Range[] = [
  ['::', 128],
  ['::1', 128],
  ['fc00::', 7],
  ['fec0::', 10],
  ['2002::', 16],
  ['64:ff9b:1::', 48],
];
/** How an IPv4 address is written inside an IPv6 one: mapped, behind NAT64, compatible. */
const embeddings = ['::ffff:', '64:ff9b::', '::'];

const never = blockList(neverV4, neverV6);
const inner = blockList(innerV4, innerV6);

/**
 * Whether a provider may not stand at this IP address. Link-local and metadata addresses never may; loopback and private
 * ones only where the provider is local. What is no IP address is forbidden too.
 */
export function isForbiddenAddress(address: string, { local }: { readonly local: boolean }): boolean {
  const [ip = ''] = address.split('%', 1);
  const version = isIP(ip);
  if (version === 0) return true;
  const family = version === 6 ? 'ipv6' : 'ipv4';
  return never.check(ip, family) || (!local && inner.check(ip, family));
}

function blockList(v4: readonly Range[], v6: readonly Range[]): BlockList {
  const list = new BlockList();
  for (const [network, bits] of v6) list.addSubnet(network, bits, 'ipv6');
  for (const [network, bits] of v4) {
    list.addSubnet(network, bits, 'ipv4');
    for (const embedding of embeddings) list.addSubnet(`${embedding}${network}`, 96 + bits, 'ipv6');
  }
  return list;
}
