// The document: what it says, what it said, and what loads it.
import { html, useEffect, useState } from './preact.js';
import { call, seg } from './api.js';
import { Empty, Pill, Wrong, date, short, useLoaded } from './parts.js';

function Lines({ text, problems }) {
  const marks = new Map();
  problems.forEach((problem) => {
    if (problem.line > 0) marks.set(problem.line, [...(marks.get(problem.line) ?? []), problem]);
  });
  return html`<div class="scroll code" tabindex="0" role="region" aria-label="The document"><ol class="lines">
    ${text.replace(/\n$/, '').split('\n').map((line, index) => {
      const here = marks.get(index + 1);
      return html`<li key=${index} class=${here ? 'bad' : undefined}><code>${line === '' ? '\u200b' : line}</code>
        ${here ? here.map((problem, i) => html`<span class="mark" key=${i}>${problem.column > 0 ? `${problem.line}:${problem.column} ` : ''}${problem.message}</span>`) : null}</li>`;
    })}
  </ol></div>`;
}

function Document({ live }) {
  const { value: it, problem } = useLoaded(() => call('/document'), [live.revision, live.health]);
  const [which, setWhich] = useState('force');
  if (!it) return html`<${Wrong} problem=${problem} />`;
  const edited = it.edited && which === 'edited';
  return html`<section><div class="section-head"><h2>${it.name}</h2>
      ${it.edited ? html`<div class="segments" role="group" aria-label="Version shown">
        <button aria-pressed=${!edited} onClick=${() => setWhich('force')}>In force</button>
        <button aria-pressed=${edited} onClick=${() => setWhich('edited')}>In the file, not in force</button></div>` : null}
    </div>
    ${it.problems.length > 0 ? html`<div class="troubles" role="alert"><p><b>The file has ${it.problems.length === 1 ? 'a problem' : it.problems.length + ' problems'}; the revision before stays in force.</b></p>
      <ol>${it.problems.map((one, i) => html`<li key=${i}>${one.file ? html`<code>${one.file}</code> ` : null}${one.line > 0 ? `${one.line}:${one.column} ` : ''}${one.pointer ? html`<code>${one.pointer}</code> ` : null}${one.message}</li>`)}</ol></div>` : null}
    ${edited && it.edited_bytes ? html`<p class="hint">The file has ${it.edited_bytes} bytes; its beginning is shown.</p>` : null}
    <${Lines} text=${edited ? it.edited : it.text} problems=${edited ? it.problems.filter((one) => !one.file || one.file.endsWith(it.name)) : []} />
    ${Object.entries(it.files ?? {}).map(([name, text]) => html`<details key=${name}><summary><code>${name}</code></summary><${Lines} text=${text} problems=${[]} /></details>`)}
  </section>`;
}

const HOW = { start: 'at a start', change: 'by a change', return: 'back again', plugins: 'with other plugins' };

const STANDING = ['allowed', 'checked', 'limited', 'asked', 'denied', 'hidden'];

function Diff({ diff }) {
  if (diff.changes.length === 0 && diff.others.length === 0) {
    return html`<p class="hint">Nothing changes for any call.</p>`;
  }
  const groups = new Map();
  diff.changes.forEach((change) => {
    const key = `${change.server}, for ${change.grants.join(', ')}`;
    groups.set(key, [...(groups.get(key) ?? []), change]);
  });
  const looser = (change) => STANDING.indexOf(change.after) < STANDING.indexOf(change.before);
  return html`<div class="diff">
    ${[...groups].map(([title, changes]) => html`<section key=${title}><h4>${title}</h4><ul>
      ${changes.map((change, i) => html`<li key=${i}>
        <p><b>${change.other ? 'any other of ' + change.section : change.subject}</b> <${Pill} kind=${change.before}>${change.before}<//> <span aria-label="becomes">→</span> <${Pill} kind=${change.after}>${change.after}<//>
          ${looser(change) ? html` <b class="warn">looser</b>` : null}${change.before === change.after ? ' by other rules' : ''}</p>
        ${change.removed.map((rule, n) => html`<p class="minus" key=${'-' + n}><span aria-label="removed">−</span> <code>${rule}</code></p>`)}
        ${change.added.map((rule, n) => html`<p class="plus" key=${'+' + n}><span aria-label="added">+</span> <code>${rule}</code></p>`)}
      </li>`)}</ul></section>`)}
    ${diff.others.length > 0 ? html`<ul class="others">${diff.others.map((line) => html`<li key=${line}>${line}</li>`)}</ul>` : null}
  </div>`;
}

function Rollback({ revision, me, onDone }) {
  const [problem, setProblem] = useState(null);
  const [sure, setSure] = useState(false);
  const [done, setDone] = useState('');
  useEffect(() => {
    setSure(false);
    setProblem(null);
    setDone('');
  }, [revision]);
  if (!me.may.includes('change_policy')) return null;
  const back = async (force) => {
    setProblem(null);
    try {
      const it = await call(`/revisions/${seg(revision)}/rollback`, { method: 'POST', body: { force } });
      setDone(it.in_force ? 'It is in force.' : 'It is written, and not in force yet.');
      onDone();
    } catch (refusal) {
      setProblem(refusal);
    }
    setSure(false);
  };
  return html`<div class="rollback">
    <${Wrong} problem=${problem} />
    ${done ? html`<p role="status">${done}</p>` : null}
    ${sure
      ? html`<span class="buttons"><button class="deny" id="sure" onClick=${() => back(false)}>Yes, bring ${short(revision)} back</button> <button class="small" onClick=${() => setSure(false)}>No</button></span>`
      : html`<button class="small" id="rollback" onClick=${() => setSure(true)}>Roll back to this revision</button>`}
    ${problem?.code === 'would_lose_changes' ? html` <button class="small" onClick=${() => back(true)}>Keep copies of them, and roll back</button>` : null}
  </div>`;
}

function Revisions({ live, me, chosen }) {
  const { value: page, problem, again } = useLoaded(() => call('/revisions', { query: { limit: 100 } }), [live.revision]);
  const { value: diff, problem: wrong } = useLoaded(
    () => (chosen && live.revision ? call('/diff', { query: { from: chosen, to: live.revision } }) : Promise.resolve(null)),
    [chosen, live.revision],
  );
  if (!page) return html`<${Wrong} problem=${problem} />`;
  const current = page.items[0]?.revision === live.revision;
  return html`<section><h2>Revisions</h2>
    ${page.items.length === 0 ? html`<${Empty} title="No revision is kept">A document on the command line has no history.<//>` : null}
    <ol class="revisions">${page.items.map((it, index) => html`<li key=${it.number}>
      <a href=${'#/policy/' + it.revision} aria-current=${it.revision === chosen ? 'true' : undefined}><code>${short(it.revision)}</code> <span>${date(it.at)}</span> <span class="method">${HOW[it.how] ?? it.how}</span>${index === 0 && current ? html` <${Pill} kind="allowed">in force<//>` : null}</a>
    </li>`)}</ol>
    ${chosen ? html`<div class="told"><h3>From ${short(chosen)} to what is in force</h3><${Wrong} problem=${wrong} />
      ${diff ? html`<${Diff} diff=${diff} />` : null}
      ${chosen === live.revision ? null : html`<${Rollback} revision=${chosen} me=${me} onDone=${again} />`}</div>` : null}
  </section>`;
}

function Plugins() {
  const { value: page, problem } = useLoaded(() => call('/plugins'), []);
  if (!page) return html`<${Wrong} problem=${problem} />`;
  return html`<section><h2>Plugins</h2><div class="scroll" tabindex="0" role="region" aria-label="Plugins"><table class="records">
    <thead><tr><th>Plugin</th><th>State</th><th>Kinds</th><th>Signed by</th></tr></thead>
    <tbody>${page.plugins.map((it) => html`<tr key=${it.file}>
      <td><b>${it.name ?? it.file}</b> <span class="method">${it.version ?? ''}</span></td>
      <td><${Pill} kind=${it.state === 'refused' ? 'denied' : 'allowed'}>${it.state}<//>${it.why ? html`<p>${it.why}</p>` : null}</td>
      <td>${[...it.rule_kinds, ...it.transport_kinds].join(', ')}</td><td class="method">${it.signer ?? '–'}</td></tr>`)}</tbody>
  </table></div></section>`;
}

export function Policy({ me, live, rest }) {
  return html`<div class="page">
    <div class="page-head"><h1>Policy</h1></div>
    <div class="columns"><${Document} live=${live} /><div><${Revisions} live=${live} me=${me} chosen=${rest[0]} /><${Plugins} /></div></div>
  </div>`;
}
