// Servers, and what policies do with their tools.
import { html, useEffect, useState } from './preact.js';
import { call, seg } from './api.js';
import { Empty, Pill, Wrong, date, useLoaded } from './parts.js';

const STANDINGS = [
  ['allowed', 'A', 'Allowed'], ['checked', 'C', 'Checked: allowed where its rules hold'], ['limited', 'L', 'Limited'],
  ['asked', '?', 'Asked: a person decides'], ['denied', '×', 'Denied'], ['hidden', '–', 'Hidden'],
];
const sign = (word) => STANDINGS.find(([name]) => name === word) ?? STANDINGS[4];

function Servers({ servers, chosen }) {
  return html`<ul class="cards">
    ${servers.map((server) => html`<li key=${server.name}><a class="card" href=${'#/stack/' + seg(server.name)} aria-current=${server.name === chosen ? 'true' : undefined}>
      <span class="item-head"><b>${server.name}</b><${Pill} kind=${server.up ? 'allowed' : 'denied'}>${server.up ? 'up' : 'down'}<//></span>
      <span>${server.detail}</span>
      <span class="method">${server.kind} · ${server.tools} tools seen · ${server.grants.length} ${server.grants.length === 1 ? 'grant' : 'grants'}</span>
    </a></li>`)}
  </ul>`;
}

const CATEGORIES = { read: 'reads', write: 'writes', destructive: 'destructive' };

function Cell({ cell, tool, grant, onShow, shown }) {
  const [name, letter, words] = sign(cell.standing);
  return html`<td><button class=${'cell ' + name} aria-expanded=${shown} data-for=${`${tool} ${grant}`} title=${[words, ...cell.rules].join('\n')} onClick=${onShow}>
    <span class="letter" aria-hidden="true">${letter}</span><span class="unseen">${tool} for ${grant}: </span><span class="word">${name}</span></button></td>`;
}

const MANY = 12;

function Matrix({ matrix }) {
  const [shown, setShown] = useState(null);
  const [wanted, setWanted] = useState('');
  useEffect(() => {
    setShown(null);
  }, [matrix.server, matrix.revision]);
  useEffect(() => setWanted(''), [matrix.server]);
  if (matrix.tools.length === 0) {
    return html`<${Empty} title="No tool is known yet">The server did not tell its tools, and no client has listed them.<//>`;
  }
  if (matrix.grants.length === 0) {
    return html`<${Empty} title="No grant reaches this server">Make one with tollbar grant new.<//>`;
  }
  const tools = matrix.tools.filter((tool) => tool.name.toLowerCase().includes(wanted.trim().toLowerCase()));
  const detail = shown && matrix.tools.find((it) => it.name === shown.tool)?.cells[shown.index];
  return html`${matrix.tools.length > MANY ? html`<div class="find"><label class="field" for="find"><span>Find a tool</span></label>
      <input id="find" type="search" autocomplete="off" spellcheck="false" value=${wanted} onInput=${(event) => setWanted(event.target.value)} />
      <span class="hint" role="status">${wanted.trim() === '' ? `${matrix.tools.length} tools` : `${tools.length} of ${matrix.tools.length} tools`}</span></div>` : null}
    <div class="scroll tall" tabindex="0" role="region" aria-label="Tools and grants"><table class="matrix">
      <thead><tr><th scope="col">Tool</th><th scope="col">Category</th>${matrix.grants.map((grant) => html`<th scope="col" key=${grant.name}>${grant.name}<span class="method">${grant.policy}${grant.shadow ? ', shadow' : ''}</span></th>`)}</tr></thead>
      <tbody>${tools.map((tool) => html`<tr key=${tool.name}>
        <th scope="row"><span class="tool">${tool.name}</span>${tool.listed ? null : html` <span class="method" title="The policy names it; the server has not listed it yet">not seen</span>`}</th>
        <td class="method">${CATEGORIES[tool.category] ?? '–'}</td>
        ${tool.cells.map((cell, index) => html`<${Cell} key=${index} cell=${cell} tool=${tool.name} grant=${matrix.grants[index].name}
          shown=${shown?.tool === tool.name && shown?.index === index}
          onShow=${() => setShown(shown?.tool === tool.name && shown?.index === index ? null : { tool: tool.name, index })} />`)}
      </tr>`)}${tools.length === 0 ? html`<tr><td class="none" colspan=${2 + matrix.grants.length}>No tool has that in its name.</td></tr>` : null}</tbody>
    </table></div>
    <p class="legend">${STANDINGS.map(([name, letter, words]) => html`<span key=${name}><i class=${'cell ' + name} aria-hidden="true">${letter}</i> ${words}</span>`)}</p>
    ${detail ? html`<section class="told" aria-live="polite"><h3>${shown.tool} for ${matrix.grants[shown.index].name}: ${detail.standing}</h3>
      ${detail.rules.length === 0 ? html`<p class="hint">No rule: the policy's default decides.</p>` : html`<ol class="rules">${detail.rules.map((rule, i) => html`<li key=${i}><code>${rule}</code></li>`)}</ol>`}</section>` : null}`;
}

function Left({ limits }) {
  if (limits.length === 0) return html`<${Empty} title="No limits">The policies in force count nothing.<//>`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Limits"><table class="records">
    <thead><tr><th>Limit</th><th>Grant</th><th>Server</th><th>Rule</th><th>Left now</th></tr></thead>
    <tbody>${limits.map((limit, i) => {
      const share = limit.left === undefined || !limit.max ? null : Math.max(0, Math.min(100, (100 * Number(limit.left)) / Number(limit.max)));
      return html`<tr key=${i}>
        <td>${limit.limit}${limit.shadow ? html` <span class="method">shadow</span>` : null}</td><td>${limit.grant}</td><td>${limit.server}</td>
        <td class="rule"><code>${limit.rule}</code></td>
        <td>${share === null ? html`<span class="method">${limit.note ?? 'depends on the call'}</span>` : html`<span class=${'left' + (share < 25 ? ' soon' : '')}>
          <svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true"><rect width="100" height="4" class="track" /><rect width=${share} height="4" class="rest" /></svg>
          <span>${limit.left} of ${limit.max}</span></span>`}</td>
      </tr>`;
    })}</tbody></table></div>`;
}

/** Messages to webhooks that were given up. */
function DeadLetters({ health, tick, me }) {
  const { value: page, problem, again } = useLoaded(() => call('/dead-letters'), [health, tick]);
  const [refused, setRefused] = useState(null);
  const act = (path) => () => call('/dead-letters/' + path, { method: 'POST', body: {} }).then(
    () => {
      setRefused(null);
      again();
    },
    setRefused,
  );
  if (!page || page.items.length === 0) return html`<${Wrong} problem=${problem} />`;
  return html`<section id="dead"><h2>Messages that no webhook has taken</h2><${Wrong} problem=${refused} />
    <div class="scroll" tabindex="0" role="region" aria-label="Messages that no webhook has taken"><table class="records">
    <thead><tr><th>Given up</th><th>Webhook</th><th>About</th><th>Why</th><th><span class="unseen">What can be done</span></th></tr></thead>
    <tbody>${page.items.map((it) => html`<tr key=${it.approval + it.message}>
      <td class="time">${date(it.changed)}</td><td class="name">${it.webhook}</td><td><a href=${'#/approvals/' + seg(it.approval)}><code>${it.approval}</code></a> <span class="method">${it.message}</span></td>
      <td>${it.problem ?? ''} <span class="method">${it.attempts} ${it.attempts === 1 ? 'attempt' : 'attempts'}</span></td>
      <td>${me.may.includes('decide') ? html`<span class="buttons"><button class="small" onClick=${act(seg(it.approval) + '/redelivery')}>Try again</button><button class="small" onClick=${act(seg(it.approval) + '/dismissal')}>Forget</button></span>` : null}</td>
    </tr>`)}</tbody></table></div></section>`;
}

function Health({ health }) {
  if (!health) return null;
  const lines = [
    ...(health.state.up ? [] : [['state', health.state.detail]]),
    ...health.document.problems.map((text) => ['document', text]),
    ...Object.entries(health.vital).filter(([, it]) => !it.up).map(([name, it]) => [name, it.detail]),
    ...Object.entries(health.servers).filter(([, it]) => !it.up).map(([name, it]) => ['server ' + name, it.detail]),
    ...Object.entries(health.rules).filter(([, it]) => !it.up).map(([name, it]) => ['rule ' + name, it.detail]),
    ...Object.entries(health.webhooks ?? {}).filter(([, it]) => !it.up).map(([name, it]) => ['webhook ' + name, it.detail]),
    ...health.plugins.filter((it) => !it.up).map((it) => ['plugin ' + it.name, it.detail]),
  ];
  if (lines.length === 0) return null;
  return html`<section class="troubles" aria-label="What is wrong"><ul>${lines.map(([what, text], i) => html`<li key=${i}><b>${what}</b> ${text}</li>`)}</ul></section>`;
}

export function Stack({ live, me, rest }) {
  const [tick, setTick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setTick((t) => t + 1), 5000);
    return () => clearInterval(timer);
  }, []);
  const { value: servers, problem } = useLoaded(() => call('/servers'), [live.revision, live.health, tick]);
  const chosen = servers?.items.find((it) => it.name === rest[0])?.name ?? servers?.items[0]?.name;
  const { value: matrix, problem: second } = useLoaded(
    () => (chosen ? call(`/servers/${seg(chosen)}/tools`) : Promise.resolve(null)),
    [chosen, live.revision, servers?.items.find((it) => it.name === chosen)?.tools],
  );
  const { value: limits } = useLoaded(() => call('/limits'), [live.revision, tick]);
  return html`<div class="page">
    <div class="page-head"><h1>Stack</h1></div>
    <${Health} health=${live.health} />
    <${Wrong} problem=${problem ?? second} />
    <${DeadLetters} health=${live.health} tick=${tick} me=${me} />
    ${servers ? html`<${Servers} servers=${servers.items} chosen=${chosen} />` : null}
    ${matrix ? html`<section><h2>${matrix.server}: tools and grants</h2><${Matrix} matrix=${matrix} /></section>` : null}
    ${limits ? html`<section><h2>Limits</h2><${Left} limits=${limits.items} /></section>` : null}
  </div>`;
}
