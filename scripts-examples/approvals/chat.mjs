// Brings approvals into a chat: CHAT_URL=https://… node chat.mjs --secret-file ops.key [--port 9001]
//
// Every question becomes a message with two links, in the form that incoming webhooks of chat programs
// take ("text" and "blocks"). The links lead to pages of the gateway that ask once more, so that a chat
// program which looks at links decides nothing. Whoever must agree in pairs gets links of their own.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { isSigned } from './signature.mjs';

const { values: options } = parseArgs({
  options: { 'secret-file': { type: 'string', default: 'ops.key' }, port: { type: 'string', default: '9001' } },
});
const secrets = readFileSync(options['secret-file'], 'utf8').split('\n').map((it) => it.trim()).filter(Boolean);
const chat = process.env.CHAT_URL;

// What an agent wrote must not become mark-up, nor call everybody in the room.
const plain = (text) => String(text).replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
const link = (url, text) => `<${url}|${text}>`;

function chatMessage(message) {
  const what = `${plain(message.tool)} on ${plain(message.server)}, for ${plain(message.grant)}`;
  if (message.type === 'approval.withdrawn') return { text: `No longer needed: ${what} (${message.id})` };
  const people = message.decide.people ?? [message.decide];
  const links = people
    .map((each, i) => (people.length > 1 ? `person ${i + 1}: ` : '') + `${link(each.approve, 'Approve')} or ${link(each.deny, 'Deny')}`)
    .join('\n');
  const text = `May this be done? ${what}\n${plain(message.reason)}`;
  return {
    text,
    blocks: [
      { type: 'section', text: { type: 'mrkdwn', text } },
      { type: 'section', text: { type: 'mrkdwn', text: '```' + plain(JSON.stringify(message.arguments, null, 2)) + '```' } },
      { type: 'section', text: { type: 'mrkdwn', text: `${links}\nuntil ${message.expires}` } },
    ],
  };
}

const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString('utf8');
  let status = 401;
  if (isSigned(request.headers, body, secrets)) {
    // Whatever the chat says, the gateway tries again until it is told 202.
    status = await fetch(chat, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(chatMessage(JSON.parse(body))),
    }).then((posted) => (posted.ok ? 202 : 502), () => 502);
  }
  response.writeHead(status).end();
});

server.listen(Number(options.port), '127.0.0.1', () => console.log(`listening on http://127.0.0.1:${server.address().port}/`));
