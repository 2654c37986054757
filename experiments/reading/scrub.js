// Recorded replies that change while a slider is dragged: all of them are here, nothing is asked for. Built of
// elements and plain text only. The page's component and the report both call scrub(root, data).
function scrub(root, data) {
  const LEAST = 2; // stops of a slider
  const repetitions = 1 + Math.max(0, ...data.replies.map(reply => reply.repetition));
  const before = root.scrubbed || {};
  const state = {
    prompt: data.prompts.length > (before.prompt || 0) ? before.prompt || 0 : 0,
    at: data.factors.map(({ levels }, i) => Math.min(before.at?.[i] ?? 0, levels.length - 1)),
    repetition: Math.min(before.repetition || 0, repetitions - 1),
  };
  root.scrubbed = state;
  const key = ({ prompt, at, repetition }) => [prompt, ...at, repetition].join(' ');
  let moved = []; // what gave way to what was turned last
  const replies = new Map(data.replies.map(reply => [key(reply), reply]));

  function element(tag, name, text) {
    const made = document.createElement(tag);
    made.className = `scrub-${name}`;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function slider(title, levels, place, turned) {
    const row = element('label', 'row');
    const shown = element('output', 'level');
    const input = element('input', 'slider');
    Object.assign(input, { type: 'range', min: 0, max: levels.length - 1, step: 1 });
    input.setAttribute('aria-label', title);
    row.append(element('span', 'title', title), input, shown);
    row.show = () => {
      input.value = place();
      shown.textContent = levels[place()];
      shown.title = levels[place()];
      input.setAttribute('aria-valuetext', levels[place()]);
    };
    input.oninput = () => { turned(Number(input.value)); show(); };
    return row;
  }

  function choice() {
    const row = element('label', 'row');
    const select = element('select', 'prompt');
    select.setAttribute('aria-label', 'Prompt');
    data.prompts.forEach((prompt, i) => {
      const option = new Option(prompt.length > 120 ? `${prompt.slice(0, 119)}…` : prompt, i);
      select.append(option);
    });
    row.append(element('span', 'title', 'Prompt'), select);
    row.show = () => { select.value = state.prompt; };
    select.onchange = () => { state.prompt = Number(select.value); settle(-1); show(); };
    return row;
  }

  // Where nothing is recorded with these levels, the others give way, as few and as little as can be.
  function settle(turned) {
    moved = [];
    if (replies.has(key(state))) return;
    const far = ({ at, repetition }) => {
      const steps = at.map((place, i) => Math.abs(place - state.at[i]));
      return 1e6 * steps.filter(Boolean).length + 1e3 * steps.reduce((sum, step) => sum + step, 0)
        + Math.abs(repetition - state.repetition);
    };
    let best;
    for (const reply of data.replies) {
      if (reply.prompt !== state.prompt) continue;
      if (turned >= 0 && reply.at[turned] !== state.at[turned]) continue;
      if (!best || far(reply) < far(best)) best = reply;
    }
    if (!best) return;
    moved = data.factors.flatMap(({ title, levels }, i) =>
      best.at[i] === state.at[i] ? [] : [`${title} ${levels[best.at[i]]}`]);
    if (best.repetition !== state.repetition) moved.push(`repetition ${best.repetition + 1}`);
    Object.assign(state, { at: [...best.at], repetition: best.repetition });
  }

  function figures(reply) {
    const list = element('dl', 'figures');
    for (const [name, value] of reply.figures) {
      const figure = element('div', 'figure');
      figure.append(element('dt', 'name', name), element('dd', 'value', value));
      list.append(figure);
    }
    return list;
  }

  function checks(reply) {
    const list = element('ul', 'checks');
    for (const [passed, why] of reply.checks) {
      const line = element('li', passed ? 'passed' : 'failed', `${passed ? '✓' : '✗'} ${why}`);
      list.append(line);
    }
    return list;
  }

  function shown(reply) {
    if (!reply) return [element('p', 'status', 'Nothing is recorded here.')];
    const parts = moved.length ? [element('p', 'moved', `Nearest recorded: ${moved.join(', ')}.`)] : [];
    parts.push(figures(reply));
    if (reply.status) parts.push(element('p', 'status', reply.status));
    parts.push(element('div', 'text', reply.text));
    if (reply.cut) parts.push(element('p', 'note', reply.cut));
    if (reply.checks.length) parts.push(checks(reply));
    if (reply.judge) parts.push(element('p', 'judge', `Judge: ${reply.judge}`));
    return parts;
  }

  const controls = element('div', 'controls');
  const article = element('article', 'reply');
  const rows = [];
  if (data.prompts.length >= LEAST) rows.push(choice());
  data.factors.forEach(({ title, levels }, i) => {
    rows.push(slider(title, levels, () => state.at[i], place => { state.at[i] = place; settle(i); }));
  });
  if (repetitions >= LEAST) {
    const names = Array.from({ length: repetitions }, (_, i) => `${i + 1} of ${repetitions}`);
    const turn = place => { state.repetition = place; moved = []; };
    rows.push(slider('repetition', names, () => state.repetition, turn));
  }
  controls.append(...rows);

  function show() {
    for (const row of rows) row.show();
    article.replaceChildren(...shown(replies.get(key(state))));
  }

  root.replaceChildren(controls, article);
  if (data.note) root.append(element('p', 'note', data.note));
  settle(-1);
  moved = []; // nobody has turned anything yet
  show();
}
