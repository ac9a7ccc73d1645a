import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import { version } from '../../src/base/version.ts';
import { main } from '../../src/cli/main.ts';

type Done = (error?: Error) => void;

/** A process whose standard output is taken by `take`. */
function processWith(take: (text: string, done: Done) => void) {
  let err = '';
  const write = (_chunk: unknown, _encoding: string, done: Done) => done();
  const stderr = Object.assign(new Writable({ write }), {
    write: (text: string) => {
      err += text;
      return true;
    },
  });
  const stdout = new Writable({ write: (chunk, _encoding, done) => take(String(chunk), done) });
  const process = Object.assign(new EventEmitter(), { env: {}, stdout, stderr });
  return { process: process as unknown as NodeJS.Process, err: () => err };
}

test('a command ends only when its output was taken: the rest would be lost with the process', async () => {
  const taken = Promise.withResolvers<Done>();
  let out = '';
  const { process } = processWith((text, done) => {
    out += text;
    taken.resolve(done);
  });
  let code: number | undefined;
  const ended = main(['--version'], process).then((given) => {
    code = given;
  });
  const done = await taken.promise;
  await new Promise(setImmediate);
  assert.equal(code, undefined);
  done();
  await ended;
  assert.equal(code, 0);
  assert.equal(out, `solar-otel-agent ${version}\n`);
});

test('a reader that has seen enough ends a command quietly', async () => {
  const gone = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
  const { process, err } = processWith((_text, done) => done(gone));
  assert.equal(await main(['--help'], process), 0);
  assert.equal(err(), '');
});

test('output that cannot be written is a failure', async () => {
  const full = Object.assign(new Error('no space'), { code: 'ENOSPC' });
  const { process, err } = processWith((_text, done) => done(full));
  assert.equal(await main(['--help'], process), 1);
  assert.equal(err(), 'Standard output cannot be written (ENOSPC).\n');
});
