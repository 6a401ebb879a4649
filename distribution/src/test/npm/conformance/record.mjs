// What run-suites.mjs and run-clients.mjs share: where the suites are, and how the checks that one of them wrote are read.
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const find = createRequire(import.meta.url);
const program = (suite) => join(dirname(find.resolve(`${suite}/package.json`)), 'dist', 'index.js');

// scenario -> { 'check-id#n': status }; INFO rows, which are logs of the wire, are left out
function readChecks(folder, scenarios) {
  for (const entry of readdirSync(folder).sort()) {
    const scenario = entry.replace(/^server-/, '').replace(/-\d{4}-\d\d-\d\dT[\d-]+Z$/, '').replaceAll('/', '-');
    const file = join(folder, entry, 'checks.json');
    scenarios[scenario] ??= {};
    if (!existsSync(file)) { scenarios[scenario]['no-result-file#1'] = 'FAILURE'; continue; } // the scenario threw
    const seen = {};
    for (const check of JSON.parse(readFileSync(file, 'utf8'))) {
      if (check.status === 'INFO') continue;
      seen[check.id] = (seen[check.id] ?? 0) + 1;
      scenarios[scenario][`${check.id}#${seen[check.id]}`] = check.status;
    }
  }
}

// Runs a suite to its end and puts its checks into scenarios; gives what it said.
export async function run(suite, options, scenarios) {
  const folder = mkdtempSync(join(tmpdir(), 'conformance-'));
  try {
    const child = spawn(process.execPath, [program(suite), ...options, '-o', folder], { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    child.stdout.on('data', (part) => { said += part; });
    child.stderr.on('data', (part) => { said += part; });
    await new Promise((done) => child.once('close', done));
    readChecks(folder, scenarios);
    return said;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const BAD = new Set(['FAILURE', 'ABSENT']);
export const bad = (status) => BAD.has(status);
export const passing = (scenarios) =>
  Object.values(scenarios).filter((checks) => !Object.values(checks).some(bad)).length;
