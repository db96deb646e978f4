import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { joinHostPort, scopeOf } from '../../../src/facts/catalogue/bind-address.ts';
import { ollamaHost } from '../../../src/facts/catalogue/ollama-host.ts';
import { hang } from '../../harness/hang.ts';

/** OLLAMA_HOST, and where Ollama's own code, run with Go's net package, listens for it. */
const listens = [
  ['', '127.0.0.1:11434'],
  ['1.2.3.4', '1.2.3.4:11434'],
  [':1234', ':1234'],
  ['example.com', 'example.com:11434'],
  ['example.com:1234', 'example.com:1234'],
  [':0', ':0'],
  [':66000', ':11434'],
  [':-1', ':11434'],
  ['[::1]', '[::1]:11434'],
  ['[::]', '[::]:11434'],
  ['::1', '[::1]:11434'],
  ['::', '[::]:11434'],
  ['[::1]:1337', '[::1]:1337'],
  ['[::]:11434', '[::]:11434'],
  [' 1.2.3.4 ', '1.2.3.4:11434'],
  ['"1.2.3.4"', '1.2.3.4:11434'],
  [' " 1.2.3.4 " ', '1.2.3.4:11434'],
  ["'0.0.0.0:11434'", '0.0.0.0:11434'],
  ['http://1.2.3.4', '1.2.3.4:80'],
  ['http://1.2.3.4:4321', '1.2.3.4:4321'],
  ['https://1.2.3.4', '1.2.3.4:443'],
  ['https://1.2.3.4:4321', '1.2.3.4:4321'],
  ['https://example.com/ollama', 'example.com:443'],
  [':11434', ':11434'],
  ['0.0.0.0', '0.0.0.0:11434'],
  ['0.0.0.0:11434', '0.0.0.0:11434'],
  ['127.0.0.1', '127.0.0.1:11434'],
  ['127.0.0.1:11434', '127.0.0.1:11434'],
  ['127.0.0.1:', '127.0.0.1:11434'],
  ['127.0.0.1:http', '127.0.0.1:11434'],
  ['127.0.0.1:+80', '127.0.0.1:+80'],
  ['localhost', 'localhost:11434'],
  ['localhost:8080', 'localhost:8080'],
  ['http://', '127.0.0.1:80'],
  ['http://:8080', ':8080'],
  ['https://', '127.0.0.1:443'],
  ['http://0.0.0.0', '0.0.0.0:80'],
  ['HTTP://0.0.0.0', '0.0.0.0:11434'],
  ['unix:///run/ollama.sock', '127.0.0.1:11434'],
  ['unix://run/ollama.sock', 'run:11434'],
  ['unix:/run/ollama.sock', 'unix:11434'],
  ['/run/ollama.sock', '127.0.0.1:11434'],
  ['tcp://0.0.0.0:11434', '0.0.0.0:11434'],
  ['tcp://0.0.0.0', '0.0.0.0:11434'],
  ['0.0.0.0:11434/', '0.0.0.0:11434'],
  ['http://0.0.0.0:11434/v1/', '0.0.0.0:11434'],
  ['*', '*:11434'],
  ['*:11434', '*:11434'],
  ['0', '0:11434'],
  ['0:11434', '0:11434'],
  ['[0.0.0.0]', '0.0.0.0:11434'],
  ['[0.0.0.0]:11434', '0.0.0.0:11434'],
  ['::ffff:127.0.0.1', '127.0.0.1:11434'],
  ['[::ffff:127.0.0.1]:11434', '[::ffff:127.0.0.1]:11434'],
  ['::ffff:0.0.0.0', '0.0.0.0:11434'],
  ['fe80::1%eth0', '[fe80::1%eth0]:11434'],
  ['[fe80::1%eth0]:11434', '[fe80::1%eth0]:11434'],
  ['127.1', '127.1:11434'],
  ['127.000.000.001', '127.000.000.001:11434'],
  ['1.2.3.4:5:6', '[1.2.3.4:5:6]:11434'],
  ['[::1', '[::1]:11434'],
  ['::1]', '[::1]:11434'],
  ['0.0.0.0:99999999999999999999', '0.0.0.0:11434'],
  ['ollama.com', 'ollama.com:443'],
  ['OLLAMA_HOST=0.0.0.0', 'OLLAMA_HOST=0.0.0.0:11434'],
  ['0.0.0.0 ', '0.0.0.0:11434'],
  ['\u00a00.0.0.0', '0.0.0.0:11434'],
  ['\ufeff0.0.0.0', '\ufeff0.0.0.0:11434'],
  ['0:0:0:0:0:0:0:0', '[::]:11434'],
  ['2001:DB8:0:0:1:0:0:1', '[2001:db8::1:0:0:1]:11434'],
  ['://0.0.0.0', '0.0.0.0:11434'],
  ['a://b://c', 'b:11434'],
  ['127.0.0.1:11434,0.0.0.0:11434', '[127.0.0.1:11434,0.0.0.0:11434]:11434'],
  ["'0.0.0.0", '0.0.0.0:11434'],
  ['"\'0.0.0.0\'"', '0.0.0.0:11434'],
] as const;

describe('OLLAMA_HOST', () => {
  test.each(listens)('%j listens on %s', (value, listen) => {
    expect(ollamaHost(value).listen).toBe(listen);
  });

  test('any text has an answer: a port that can be listened on', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.stringMatching(/^["' ]?(?:https?|unix|tcp)?(?::\/\/)?\[?[0-9a-f.:%]*\]?(?::[-+]?\d*)?\/?$/),
    );
    fc.assert(
      fc.property(text, (value) => {
        const { host, port, listen } = ollamaHost(value);
        expect(Number(port)).toBeGreaterThanOrEqual(0);
        expect(Number(port)).toBeLessThanOrEqual(65535);
        expect(listen).toBe(joinHostPort(host, port));
      }),
      { numRuns: 500 },
    );
  });

  test('blanks and quotes around it change nothing', () => {
    for (const [value, listen] of listens) {
      if (/["'\s]/.test(value)) continue;
      expect(ollamaHost(` "${value}" `).listen).toBe(listen);
    }
  });

  test('long text takes no time', () => {
    const start = performance.now();
    for (const part of ['[', ':', '"', '/', ' ', '::1']) ollamaHost(part.repeat(50_000));
    expect(performance.now() - start).toBeLessThan(hang);
  });
});

describe('an address to listen on', () => {
  test.each([
    ['', 'beyond'],
    ['0.0.0.0', 'beyond'],
    ['::', 'beyond'],
    ['[::]', 'beyond'],
    ['192.168.1.5', 'beyond'],
    ['fe80::1%eth0', 'beyond'],
    ['127.0.0.1', 'loopback'],
    ['127.8.8.8', 'loopback'],
    ['::1', 'loopback'],
    ['::ffff:127.0.0.1', 'loopback'],
    ['::ffff:10.0.0.1', 'beyond'],
    ['localhost', 'loopback'],
    ['LOCALHOST', 'loopback'],
    ['gpu-box', 'unknown'],
    ['127.1', 'unknown'],
    ['localhost.example.com', 'unknown'],
  ])('%j is %s', (host, scope) => {
    expect(scopeOf(host)).toBe(scope);
  });
});
