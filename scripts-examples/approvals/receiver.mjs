// A receiver of approvals: node receiver.mjs --secret-file ops.key [--port 9000] [--at-once AMOUNT]
//
// Checks the signature, approves at once where args.amount is at most AMOUNT, and asks whoever sits at
// the terminal about the rest: "approve ID", "deny ID reason". Their answers go back by the callback.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { isSigned, sign } from './signature.mjs';

const { values: options } = parseArgs({
  options: {
    'secret-file': { type: 'string', default: 'ops.key' },
    'at-once': { type: 'string' },
    port: { type: 'string', default: '9000' },
  },
});
// One secret a line. While one replaces another, both are good; the first signs.
const secrets = readFileSync(options['secret-file'], 'utf8').split('\n').map((it) => it.trim()).filter(Boolean);
const open = new Map();

function received(message) {
  if (message.type === 'approval.withdrawn') {
    open.delete(message.id);
    console.log(`withdrawn ${message.id}`);
    return [202];
  }
  if (message.type !== 'approval.requested') return [202]; // of a later version: nothing to do
  const limit = Number(options['at-once'] ?? NaN);
  if (typeof message.arguments.amount === 'number' && message.arguments.amount <= limit) {
    console.log(`approved at once ${message.id}`);
    return [200, { decision: 'approve', by: 'receiver', reason: `At most ${limit}.` }];
  }
  // A message may come twice: it has the same id then.
  open.set(message.id, message);
  const { grant, server, tool, reason } = message;
  console.log(`asked ${message.id} ${grant} ${server} ${tool} ${JSON.stringify(message.arguments)} ${reason}`);
  return [202];
}

const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString('utf8');
  const [status, answer] = isSigned(request.headers, body, secrets) ? received(JSON.parse(body)) : [401];
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(answer ? JSON.stringify(answer) : '');
});

async function decide(id, decision, reason) {
  const message = open.get(id);
  if (!message) return console.log(`nobody asked ${id}`);
  const body = JSON.stringify({ id, decision, reason, by: process.env.USER ?? 'receiver' });
  const timestamp = String(Math.floor(Date.now() / 1000));
  const answer = await fetch(message.decide.callback, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': sign(id, timestamp, body, secrets[0]),
    },
    body,
  });
  if (answer.status < 500) open.delete(id); // else it can be said again
  console.log(`${answer.status} ${(await answer.json()).detail}`);
}

createInterface({ input: process.stdin }).on('line', (line) => {
  const [word, id, ...reason] = line.trim().split(/\s+/);
  if (word === 'approve' || word === 'deny') decide(id, word, reason.join(' ')).catch((e) => console.log(e.message));
  else console.log('expected: approve ID, or deny ID reason');
});

server.listen(Number(options.port), '127.0.0.1', () => console.log(`listening on http://127.0.0.1:${server.address().port}/`));
