#!/usr/bin/env node
// Starts the gateway in front of one server, as VIA of drive-client.mjs asks for: prints the gateway's MCP URL and stays in
// the foreground until it is told to end.
//
//   node start-gateway.mjs ARCHIVE POLICY UPSTREAM-URL
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const [archive, policy, upstream] = process.argv.slice(2);
// It lives for one scenario only: code that the first compiler has made is good enough.
const env = { TOLLBAR_JAVA_OPTS: '-XX:TieredStopAtLevel=1', ...process.env };
const data = mkdtempSync(join(tmpdir(), 'gateway-'));
const gateway = spawn(join(archive, 'bin', 'tollbar'),
  ['serve', '--port', '0', '--admin-port', '0', '--data', data, '--policy', policy, '--upstream', upstream],
  { env, stdio: ['ignore', 'pipe', process.env.GATEWAY_LOG ? 'inherit' : 'ignore'] });
createInterface(gateway.stdout).on('line', (line) => {
  const url = /^tollbar: listening on (\S+)$/.exec(line)?.[1];
  if (url) console.log(url);
});
gateway.once('close', (code) => {
  rmSync(data, { recursive: true, force: true });
  process.exit(code ?? 0);
});
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => gateway.kill(signal));
