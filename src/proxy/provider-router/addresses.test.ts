import { describe, expect, it } from 'vitest';
import { isForbiddenAddress } from './addresses.ts';

const inside = [
  '127.0.0.1 127.255.0.9 10.1.2.3 172.16.0.1 172.31.255.255 192.168.1.1 100.64.0.1 0.0.0.0 198.18.0.1 192.0.0.8',
  '::1 :: fc00::1 fd12:3456::1 fec0::1 2002:7f00:1:: 64:ff9b:1::1',
  '::ffff:127.0.0.1 ::ffff:7f00:1 ::ffff:192.168.0.1 ::127.0.0.1 64:ff9b::10.0.0.1 64:ff9b::a00:1',
].flatMap((line) => line.split(' '));

const never = [
  '169.254.169.254 169.254.0.1 ::ffff:169.254.169.254 ::ffff:a9fe:a9fe 64:ff9b::169.254.169.254',
  'fe80::1 fe80::1%eth0 febf::1 fd00:ec2::254 100.100.100.200 168.63.129.16',
  '224.0.0.1 255.255.255.255 240.0.0.1 ff02::1',
  'localhost 127.1 0x7f.1 2130706433 1.2.3.4.5',
].flatMap((line) => line.split(' '));

describe('an address of a provider', () => {
  it.each([
    '8.8.8.8',
    '1.1.1.1',
    '172.15.255.255',
    '172.32.0.1',
    '2606:4700::1111',
    '::ffff:8.8.8.8',
    '64:ff9b::8.8.8.8',
  ])('may be public: %s', (address) => expect(isForbiddenAddress(address, { local: false })).toBe(false));

  it.each(inside)('is inside only where the provider is local: %s', (address) => {
    expect(isForbiddenAddress(address, { local: false })).toBe(true);
    expect(isForbiddenAddress(address, { local: true })).toBe(false);
  });

  it.each([...never, ''])('is never %j', (address) => expect(isForbiddenAddress(address, { local: true })).toBe(true));
});
