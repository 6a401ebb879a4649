// The official TypeScript client, v1 (or v2 with CLIENT=2 in the environment), driven by steps; one JSON line a step.
// With PIN=2026-07-28, v2 speaks that revision only, which has no handshake.
//   node client.mjs '{"url": …, "token": …}' | '{"sse": …, "token": …}' | '{"command": […]}' '[{"list": "tools"}, {"call": name, "arguments": {…}}]'
// With "-" in place of the steps they come one by one on standard input, a line each.
// The client answers sampling, elicitation and roots itself.
const target = JSON.parse(process.argv[2]);
const steps = process.argv[3] === '-' ? read(process.stdin) : JSON.parse(process.argv[3]);
const v2 = process.env.CLIENT === '2';

const { Client } = v2
  ? await import('@modelcontextprotocol/client')
  : await import('@modelcontextprotocol/sdk/client/index.js');

async function transport() {
  if (target.command) {
    const { StdioClientTransport } = v2
      ? await import('@modelcontextprotocol/client/stdio')
      : await import('@modelcontextprotocol/sdk/client/stdio.js');
    const [command, ...args] = target.command;
    return new StdioClientTransport({ command, args, env: process.env, stderr: 'inherit' });
  }
  const headers = target.token ? { Authorization: `Bearer ${target.token}` } : {};
  if (target.sse) {
    const { SSEClientTransport } = v2
      ? await import('@modelcontextprotocol/client')
      : await import('@modelcontextprotocol/sdk/client/sse.js');
    return new SSEClientTransport(new URL(target.sse), { requestInit: { headers } });
  }
  const { StreamableHTTPClientTransport } = v2
    ? await import('@modelcontextprotocol/client')
    : await import('@modelcontextprotocol/sdk/client/streamableHttp.js');
  return new StreamableHTTPClientTransport(new URL(target.url), { requestInit: { headers } });
}

async function* read(input) {
  const { createInterface } = await import('node:readline');
  for await (const line of createInterface({ input })) yield JSON.parse(line);
}

const say = (value) => console.log(JSON.stringify(value));

const pin = process.env.PIN;
const client = new Client(
  { name: 'tollbar-test', version: '1.0.0' },
  {
    capabilities: { sampling: {}, elicitation: { form: {} }, roots: { listChanged: true } },
    ...(pin ? { versionNegotiation: { mode: { pin } } } : {}),
  },
);

const logged = [];
let heardLog = () => {};
const answers = {
  'sampling/createMessage': (request) => ({
    role: 'assistant',
    model: 'test-model',
    stopReason: 'endTurn',
    content: { type: 'text', text: `Answer to: ${request.params.messages[0].content.text}` },
  }),
  'elicitation/create': (request) =>
    request.params.requestedSchema?.properties?.approve
      ? { action: 'accept', content: { approve: true } }
      : { action: 'accept', content: { name: 'Ann', check: true, integer: 7 } },
  'roots/list': () => ({ roots: [{ uri: 'file:///srv/project', name: 'project' }] }),
};
const onLog = (notification) => {
  logged.push(notification.params);
  heardLog();
};
// What the server told outside of calls, in the order in which it came.
const told = [];
let heardMore = () => {};
const onTold = (notification) => {
  told.push({ method: notification.method, params: notification.params ?? {} });
  heardMore();
};
if (v2) {
  for (const [method, answer] of Object.entries(answers)) client.setRequestHandler(method, answer);
  client.setNotificationHandler('notifications/message', onLog);
  client.setNotificationHandler('notifications/tools/list_changed', onTold);
  client.setNotificationHandler('notifications/resources/updated', onTold);
} else {
  const types = await import('@modelcontextprotocol/sdk/types.js');
  client.setRequestHandler(types.CreateMessageRequestSchema, answers['sampling/createMessage']);
  client.setRequestHandler(types.ElicitRequestSchema, answers['elicitation/create']);
  client.setRequestHandler(types.ListRootsRequestSchema, answers['roots/list']);
  client.setNotificationHandler(types.LoggingMessageNotificationSchema, onLog);
  client.setNotificationHandler(types.ToolListChangedNotificationSchema, onTold);
  client.setNotificationHandler(types.ResourceUpdatedNotificationSchema, onTold);
}

const call = (params, options) =>
  v2 ? client.callTool(params, options) : client.callTool(params, undefined, options);

const lists = {
  tools: () => client.listTools(),
  prompts: () => client.listPrompts(),
  resources: () => client.listResources(),
  templates: () => client.listResourceTemplates(),
};

// The order of what happens: each progress, another call (of echo, or of beside) begun at the first of them, the result.
async function watched(step) {
  const order = [];
  let other;
  const onprogress = (p) => {
    order.push(`progress ${p.progress} of ${p.total}`);
    other ??= call({ name: step.beside ?? 'echo', arguments: { message: 'meanwhile' } }, {}).then(() => order.push('echo'));
  };
  const result = await call({ name: step.watch, arguments: step.arguments }, { onprogress });
  order.push('result');
  await other;
  return { ...result, order };
}

async function cancelled(step) {
  const controller = new AbortController();
  const onprogress = () => controller.abort('no longer wanted');
  try {
    return await call({ name: step.cancel, arguments: step.arguments }, { onprogress, signal: controller.signal });
  } catch (error) {
    return { cancelled: controller.signal.aborted, error: String(error.message ?? error) };
  }
}

// What a subscription brings first once something was done that brings it.
async function listened(step) {
  let heard;
  const first = new Promise((resolve) => (heard = resolve));
  client.setNotificationHandler('notifications/resources/updated', (notification) => heard(notification));
  const subscription = await client.listen(step.listen);
  await call(step.arguments, {});
  const { method, params } = await first;
  await subscription.close();
  return { granted: subscription.honoredFilter, method, uri: params.uri };
}

async function firstLog() {
  if (logged.length === 0) await new Promise((resolve) => (heardLog = resolve));
  return logged[0];
}

// The next that the server tells of that method; what came before it is forgotten.
async function heard(method) {
  for (;;) {
    const found = told.findIndex((one) => one.method === method);
    if (found >= 0) return told.splice(0, found + 1).at(-1);
    await new Promise((resolve) => (heardMore = resolve));
  }
}

function run(step) {
  if (step.list) return lists[step.list]();
  if (step.call) return call({ name: step.call, arguments: step.arguments ?? {} }, {});
  if (step.watch) return watched(step);
  if (step.cancel) return cancelled(step);
  if (step.read) return client.readResource({ uri: step.read });
  if (step.prompt) return client.getPrompt({ name: step.prompt, arguments: step.arguments });
  if (step.complete) return client.complete(step.complete);
  if (step.level) return client.setLoggingLevel(step.level);
  if (step.ping) return client.ping();
  if (step.log) return firstLog();
  if (step.listen) return listened(step);
  if (step.subscribe) return client.subscribeResource({ uri: step.subscribe });
  if (step.unsubscribe) return client.unsubscribeResource({ uri: step.unsubscribe });
  if (step.hear) return heard(step.hear);
  throw new Error(`no such step: ${JSON.stringify(step)}`);
}

try {
  await client.connect(await transport());
} catch (error) {
  say({ refused: error.message, code: error.code });
  process.exit(0);
}
say({ server: client.getServerVersion(), capabilities: client.getServerCapabilities(), instructions: client.getInstructions() });
for await (const step of steps) {
  for (let i = 0; i < (step.times ?? 1); i++) {
    try {
      say(await run(step));
    } catch (error) {
      say({ failed: error.message, code: error.code });
    }
  }
}
await client.close();
