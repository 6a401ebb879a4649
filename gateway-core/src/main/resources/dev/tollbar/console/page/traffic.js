// What is decided, and why.
import { html, useEffect, useRef, useState } from './preact.js';
import { call, seg } from './api.js';
import { Choice, Empty, Pill, Tree, Wrong, clock, date, short, useLoaded } from './parts.js';

const MOST = 400;
const RANGES = [['60', '1', 'Last hour'], ['360', '5', 'Last 6 hours'], ['1440', '20', 'Last 24 hours']];

/** What a denial is about, in the colours of the console. */
const GROUPS = [
  ['permit', 'Allowed', 'allowed'],
  ['limit', 'Limited', 'limited'],
  ['ask', 'Asked', 'asked'],
  ['deny', 'Denied', 'denied'],
];

const groupOf = (code) => (code === 'limit' ? 'limit' : code.startsWith('approval_') ? 'ask' : 'deny');

function kindOf(record) {
  if (record.decision === 'permit') return ['allowed', 'Allowed'];
  const group = GROUPS.find(([name]) => name === groupOf(record.code ?? ''));
  return [group[2], group[1]];
}

function Picture({ traffic, interval }) {
  const bars = (traffic?.intervals ?? []).map((slot) => {
    const counts = { permit: slot.permit, limit: 0, ask: 0, deny: 0 };
    for (const [code, count] of Object.entries(slot.codes)) counts[groupOf(code)] += count;
    return { at: slot.at, counts, all: slot.permit + slot.deny };
  });
  const most = Math.max(4, ...bars.map((bar) => bar.all));
  const sums = Object.fromEntries(GROUPS.map(([name]) => [name, bars.reduce((sum, bar) => sum + bar.counts[name], 0)]));
  const width = 1000;
  const height = 150;
  const step = width / Math.max(1, bars.length);
  const gap = Math.min(2, step / 5);
  const label = GROUPS.map(([name, title]) => `${sums[name]} ${title.toLowerCase()}`).join(', ');
  const every = Math.max(1, Math.round(bars.length / 6));
  return html`<figure class="picture">
    <figcaption class="legend">
      ${GROUPS.map(([name, title, kind]) => html`<span key=${name}><i class=${'key ' + kind} aria-hidden="true"></i>${title} <b>${sums[name].toLocaleString()}</b></span>`)}
    </figcaption>
    <div class="plot">
      <span class="most">${most.toLocaleString()}</span>
      <svg viewBox=${`0 0 ${width} ${height}`} preserveAspectRatio="none" role="img" aria-label=${`Calls over time: ${label}`}>
        ${[0.25, 0.5, 0.75].map((y) => html`<line key=${y} x1="0" x2=${width} y1=${y * height} y2=${y * height} class="grid" />`)}
        ${bars.map((bar, index) => {
          let y = height;
          return html`<g key=${bar.at}><title>${date(bar.at)}: ${bar.all} calls</title>
            ${GROUPS.map(([name, , kind]) => {
              const tall = (bar.counts[name] / most) * height;
              y -= tall;
              return tall > 0 ? html`<rect key=${name} class=${'fill ' + kind} x=${index * step + gap / 2} y=${y} width=${step - gap} height=${tall} />` : null;
            })}
          </g>`;
        })}
      </svg>
    </div>
    <div class="axis" aria-hidden="true">${bars.filter((_, i) => i % every === 0).map((bar) => html`<span key=${bar.at}>${clock(bar.at, false)}</span>`)}<span>${interval === '1' ? 'now' : clock(new Date().toISOString(), false)}</span></div>
  </figure>`;
}

/** A rule's place inside of its policy. */
const place = (rule) => rule.replace(/^\/policies\/[^/]+\//, '');

const micros = (record) => {
  const all = Object.values(record.stages_us ?? {}).reduce((sum, it) => sum + it, 0);
  return all >= 10_000 ? `${Math.round(all / 1000).toLocaleString()} ms` : `${(all / 1000).toFixed(1)} ms`;
};

const Row = ({ record, chosen }) => {
  const [kind, word] = kindOf(record);
  return html`<tr class=${chosen ? 'chosen' : undefined}>
    <td class="time"><a id=${'record-' + record.seq} href=${'#/traffic/' + record.seq} title=${record.time}>${clock(record.time)}</a></td>
    <td><${Pill} kind=${kind}>${word}<//></td>
    <td>${record.grant ?? '–'}</td>
    <td class="server">${record.server ?? '–'}</td>
    <td class="name">${record.tool ?? html`<span class="method">${record.method ?? '–'}</span>`}</td>
    <td class="rule">${record.rule ? html`<code title=${record.rule}>${place(record.rule)}</code>` : record.code ? html`<span class="method">${record.code}</span>` : ''}</td>
    <td class="number">${micros(record)}</td>
  </tr>`;
};

const VERDICTS = { permit: ['allowed', 'permits'], deny: ['denied', 'denies'], ask: ['asked', 'asks'] };

function Trace({ rules, empty }) {
  if (rules.length === 0) return html`<p class="hint">${empty}</p>`;
  return html`<ol class="trace">
    ${rules.map((rule, index) => {
      const [kind, word] = VERDICTS[rule.verdict] ?? ['hidden', 'not reached'];
      return html`<li key=${index} class=${rule.shadow ? 'shadow' : undefined}>
        <${Pill} kind=${kind}>${word}<//>
        <div><code>${rule.rule}</code> <span class="method">${[rule.kind, rule.shadow ? 'shadow: not acted on' : ''].filter(Boolean).join(', ')}</span>
          ${rule.reason ? html`<p>${rule.reason}</p>` : null}
          ${(rule.saw ?? []).map((seen, i) => html`<p class="saw" key=${i}><b>${seen.subject}</b> ${seen.text}</p>`)}
        </div>
      </li>`;
    })}
  </ol>`;
}

/** The call of a record under the document as it is now. */
function Again({ record }) {
  const [found, setFound] = useState(null);
  const [problem, setProblem] = useState(null);
  const [text, setText] = useState('');
  useEffect(() => {
    setFound(null);
    setProblem(null);
    setText('');
  }, [record.seq]);
  const attempt = async () => {
    setProblem(null);
    let body;
    try {
      body = text.trim() === '' ? undefined : { arguments: JSON.parse(text) };
    } catch {
      setProblem(new Error('The arguments: expected JSON.'));
      return;
    }
    try {
      setFound(await call(`/records/${record.seq}/explanation`, { method: 'POST', body }));
    } catch (refusal) {
      setFound(null);
      setProblem(refusal);
    }
  };
  const told = found?.explanation;
  const [kind, word] = told ? VERDICTS[told.decision] ?? ['denied', told.decision] : [];
  return html`<section class="again"><h3>Under the document as it is now</h3>
    ${problem && record.argument_keys ? html`<label class="field" for="arguments"><span>Arguments, as JSON: ${record.argument_keys.join(', ') || 'none'}</span></label>
      <textarea id="arguments" rows="3" spellcheck="false" value=${text} onInput=${(event) => setText(event.target.value)}></textarea>` : null}
    <${Wrong} problem=${problem} />
    <button class="small" id="again" onClick=${attempt}>Try against the current document</button>
    ${told ? html`<div class="told" aria-live="polite">
      <p><${Pill} kind=${kind}>${word}<//> ${found.same_revision ? 'the same revision' : html`revision <code>${short(told.revision)}</code>`}${told.rule ? html`, by <code>${told.rule}</code>` : null}</p>
      ${told.text ? html`<p class="reason">${told.text}</p>` : null}
      <${Trace} rules=${told.rules ?? []} empty="No rule looked at it." />
    </div>` : null}
  </section>`;
}

function Limits({ limits }) {
  if (!limits || limits.length === 0) return null;
  return html`<section><h3>Limits, when it was decided</h3><ul class="limits">
    ${limits.map((limit, i) => html`<li key=${i}><code>${limit.rule}</code> <b>${limit.remaining}</b> left${limit.max === undefined ? '' : ` of ${limit.max}`}${limit.limit ? ` (${limit.limit})` : ''}${limit.shadow ? ', shadow' : ''}</li>`)}
  </ul></section>`;
}

function Record({ seq }) {
  const { value: record, problem } = useLoaded(() => call('/records/' + seg(seq)), [seq]);
  if (!record) return html`<aside class="drawer" aria-label="Record"><a class="close" href="#/traffic" aria-label="Close">×</a><${Wrong} problem=${problem} /></aside>`;
  const [kind, word] = kindOf(record);
  const facts = [
    ['Grant', record.grant], ['Server', record.server], ['Policy', record.policy], ['Revision', record.revision && short(record.revision)],
    ['Method', record.method], ['Protocol', record.protocol_revision], ['Arguments', record.argument_keys?.join(', ')],
    ['Upstream', [record.upstream, record.upstream_code, record.upstream_reason].filter(Boolean).join(' ')],
    ['HTTP status', record.status], ['Approvals', record.approvals?.join(', ')], ['Took', micros(record)],
  ].filter(([, value]) => value !== undefined && value !== '');
  return html`<aside class="drawer" aria-label=${'Record ' + record.seq}>
    <a class="close" href="#/traffic" aria-label="Close">×</a>
    <p class="kicker"><${Pill} kind=${kind}>${word}<//> <span>record ${record.seq}, ${date(record.time)}</span></p>
    <h2>${record.tool ?? record.method ?? 'a request'}</h2>
    ${record.reason ? html`<p class="reason">${record.reason}</p>` : null}
    ${record.code ? html`<p>${record.rule ? html`Decided by <code>${record.rule}</code>` : 'Decided before any rule'}, code <code>${record.code}</code>${record.plugin ? html`, plugin ${record.plugin}` : null}.</p>` : null}
    <section><h3>What each rule said</h3><${Trace} rules=${record.trace ?? []} empty=${record.decision === 'permit' && !record.tool ? 'Policies do not judge this method.' : record.decision === 'permit' ? 'No rule is for this call, and the policy allows by default.' : 'It was decided before any rule was asked.'} /></section>
    ${record.values ? html`<section><h3>Recorded values</h3><div class="box"><${Tree} value=${record.values} /></div></section>` : null}
    <${Limits} limits=${record.limits} />
    ${record.debug ? html`<section><h3>Noted by rules</h3><pre>${record.debug.join('\n')}</pre></section>` : null}
    ${record.tool ? html`<${Again} record=${record} />` : null}
    <section><h3>The call</h3><dl class="facts">${facts.map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}</dl></section>
  </aside>`;
}

const fits = (record, filter) =>
  ['decision', 'grant', 'server', 'tool', 'code', 'method'].every((name) => !filter[name] || record[name] === filter[name]);

/** Both, newest first, each record once. */
function merged(some, others) {
  const all = new Map();
  [...some, ...others].forEach((record) => all.set(record.seq, record));
  return [...all.values()].sort((a, b) => b.seq - a.seq);
}

function useRecords(filter, live, paused) {
  const [items, setItems] = useState([]);
  const [next, setNext] = useState(null);
  const [problem, setProblem] = useState(null);
  const [waiting, setWaiting] = useState([]);
  const key = JSON.stringify(filter);
  const current = useRef(key);
  current.current = key;
  const load = async (cursor) => {
    try {
      const page = await call('/records', { query: { ...filter, limit: 100, cursor } });
      if (current.current !== key) return; // another filter was set meanwhile
      setItems((before) => merged(page.items, before));
      setNext((before) => (cursor || before === null ? page.next ?? null : before));
      setProblem(null);
    } catch (refusal) {
      setProblem(refusal);
    }
  };
  useEffect(() => {
    setItems([]);
    setWaiting([]);
    setNext(null);
  }, [key]);
  useEffect(() => {
    load();
  }, [key, live.live]);
  useEffect(() => live.whenDecided((record) => {
    if (fits(record, filter)) setWaiting((before) => [record, ...before].slice(0, MOST));
  }), [key]);
  useEffect(() => {
    if (paused || waiting.length === 0) return;
    setItems((before) => merged(waiting, before).slice(0, Math.max(MOST, before.length)));
    const taken = new Set(waiting.map((it) => it.seq));
    setWaiting((before) => before.filter((it) => !taken.has(it.seq)));
  }, [waiting, paused]);
  const newest = () => {
    setItems([]);
    setNext(null);
    load();
  };
  return { items, next, problem, waiting: waiting.length, more: () => load(next), newest };
}

const METHODS = ['tools/call', 'tools/list', 'prompts/get', 'resources/read', 'initialize'];
const CODES = ['rule', 'limit', 'default_deny', 'hidden', 'approval_pending', 'approval_denied', 'approval_expired'];

export function Traffic({ live, rest }) {
  const [filter, setFilter] = useState({});
  const [range, setRange] = useState('60');
  const [paused, setPaused] = useState(false);
  const [tick, setTick] = useState(0);
  const minutes = RANGES.find(([key]) => key === range);
  const { value: traffic } = useLoaded(
    () => call('/traffic', { query: { minutes: minutes[0], interval: minutes[1], server: filter.server, grant: filter.grant } }),
    [range, filter.server, filter.grant, tick],
  );
  useEffect(() => {
    const timer = setInterval(() => setTick((t) => t + 1), 5000);
    return () => clearInterval(timer);
  }, []);
  const { value: servers } = useLoaded(() => call('/servers'), []);
  const { value: grants } = useLoaded(() => call('/grants'), []);
  const records = useRecords(filter, live, paused);
  const set = (name) => (value) => setFilter((before) => {
    const after = { ...before };
    if (value === '') delete after[name];
    else after[name] = value;
    return after;
  });
  const names = (page) => (page?.items ?? []).map((it) => [it.name, it.name]);
  const seen = useRef(new Set());
  records.items.forEach((it) => it.tool && seen.current.add(it.tool));
  const tools = [...seen.current].sort();
  const any = (text, options) => [['', text], ...options];
  return html`<div class=${'traffic' + (rest[0] ? ' opened' : '')}>
    <div class="page-head"><h1>Traffic</h1>
      <div class="segments" role="group" aria-label="Time shown">
        ${RANGES.map(([key, , title]) => html`<button key=${key} aria-pressed=${key === range} onClick=${() => setRange(key)}>${title}</button>`)}
      </div>
    </div>
    <${Picture} traffic=${traffic} interval=${minutes[1]} />
    <form class="filters" aria-label="Filters" onSubmit=${(event) => event.preventDefault()}>
      <${Choice} label="Decision" value=${filter.decision ?? ''} onChange=${set('decision')} options=${any('All', [['permit', 'Allowed'], ['deny', 'Denied']])} />
      <${Choice} label="Grant" value=${filter.grant ?? ''} onChange=${set('grant')} options=${any('All', names(grants))} />
      <${Choice} label="Server" value=${filter.server ?? ''} onChange=${set('server')} options=${any('All', names(servers))} />
      <${Choice} label="Tool" value=${filter.tool ?? ''} onChange=${set('tool')} options=${any('All', tools.map((it) => [it, it]))} />
      <${Choice} label="Method" value=${filter.method ?? ''} onChange=${set('method')} options=${any('All', METHODS.map((it) => [it, it]))} />
      <${Choice} label="Code" value=${filter.code ?? ''} onChange=${set('code')} options=${any('All', CODES.map((it) => [it, it.replaceAll('_', ' ')]))} />
      <button class="small" type="button" onClick=${() => setFilter({})} disabled=${Object.keys(filter).length === 0}>Clear</button>
      <button class="small" type="button" aria-pressed=${paused} onClick=${() => setPaused(!paused)}>${paused ? `Go on${records.waiting ? ` (${records.waiting} new)` : ''}` : 'Pause'}</button>
    </form>
    <${Wrong} problem=${records.problem} />
    ${live.missed > 0 ? html`<p class="missed" role="status">${live.missed.toLocaleString()} ${live.missed === 1 ? 'decision' : 'decisions'} came too fast to be shown one by one; the picture counts them. <button class="small" type="button" onClick=${() => {
      live.forgetMissed();
      records.newest();
    }}>Show the newest</button></p>` : null}
    <div class="with-drawer">
      <div class="scroll" tabindex="0" role="region" aria-label="Decisions">
        <table class="records">
          <thead><tr><th>Time</th><th>Decision</th><th>Grant</th><th class="server">Server</th><th>Tool</th><th class="rule">Rule</th><th class="number">Took</th></tr></thead>
          <tbody>${records.items.map((it) => html`<${Row} key=${it.seq} record=${it} chosen=${String(it.seq) === rest[0]} />`)}</tbody>
        </table>
        ${records.items.length === 0 ? html`<${Empty} title="Nothing to show">${Object.keys(filter).length ? 'No recent record fits these filters.' : 'Calls appear here as they are decided.'}<//>` : null}
        ${records.next ? html`<button class="small more" onClick=${records.more}>Show older ones</button>` : null}
      </div>
      ${rest[0] ? html`<${Record} seq=${rest[0]} />` : null}
    </div>
  </div>`;
}
