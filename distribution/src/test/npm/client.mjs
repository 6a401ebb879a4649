// The official TypeScript client, v1 (or v2 with CLIENT=2 in the environment), driven by steps; one JSON line a step.
//   node client.mjs '{"url": …, "token": …}' | '{"command": […]}' '[{"list": true}, {"call": name, "arguments": {…}, "times": n}]'
const [target, steps] = process.argv.slice(2).map((text) => JSON.parse(text));
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
  const { StreamableHTTPClientTransport } = v2
    ? await import('@modelcontextprotocol/client')
    : await import('@modelcontextprotocol/sdk/client/streamableHttp.js');
  const headers = target.token ? { Authorization: `Bearer ${target.token}` } : {};
  return new StreamableHTTPClientTransport(new URL(target.url), { requestInit: { headers } });
}

const say = (value) => console.log(JSON.stringify(value));

async function call(client, step) {
  const progress = [];
  const onprogress = (p) => progress.push(p.progress);
  const params = { name: step.call, arguments: step.arguments ?? {} };
  const options = step.progress ? { onprogress } : {};
  try {
    const result = v2
      ? await client.callTool(params, options)
      : await client.callTool(params, undefined, options);
    return step.progress ? { ...result, progress } : result;
  } catch (error) {
    return { failed: error.message, code: error.code };
  }
}

const client = new Client({ name: 'tollbar-test', version: '1.0.0' });
try {
  await client.connect(await transport());
} catch (error) {
  say({ refused: error.message, code: error.code });
  process.exit(0);
}
for (const step of steps) {
  if (step.list) {
    say(await client.listTools());
  } else {
    for (let i = 0; i < (step.times ?? 1); i++) say(await call(client, step));
  }
}
await client.close();
