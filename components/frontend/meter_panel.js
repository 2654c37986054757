// Meters, built of elements and plain text only. live/stream.js passes on what the server's events say of them.
const EVENT = 'playground-meters';

function element(tag, name, text) {
  const made = document.createElement(tag);
  made.className = name;
  if (text !== undefined) made.textContent = text;
  return made;
}

function section({ title, rows }) {
  const made = element('section', 'meter-section');
  if (title) made.append(element('h3', 'meter-title', title));
  const list = element('dl', 'meter-rows');
  for (const { name, label, value, help } of rows) {
    const row = element('div', 'meter-row');
    row.title = help;
    const shown = element('dd', 'meter-value', value);
    shown.dataset.meter = name;
    row.append(element('dt', 'meter-label', label), shown);
    list.append(row);
  }
  made.append(list);
  return made;
}

function bar() {
  const made = element('div', 'meter-bar');
  made.append(element('div', 'meter-fill'));
  return made;
}

function fill(root, share) {
  root.querySelector('.meter-fill').style.inlineSize = `${100 * share}%`;
}

export default function ({ parentElement, data }) {
  const root = parentElement.querySelector('.meter-panel');
  root.replaceChildren(...data.sections.map(section));
  if (data.share !== null) {
    root.append(bar());
    fill(root, data.share);
  }
  const update = ({ detail: { reply, meters } }) => {
    if (reply !== data.live) return;
    for (const shown of root.querySelectorAll('[data-meter]')) {
      const value = meters[shown.dataset.meter];
      if (value !== undefined && value !== shown.textContent) shown.textContent = value;
    }
    if (meters.context_share !== undefined) fill(root, meters.context_share);
  };
  root.meterUpdate && document.removeEventListener(EVENT, root.meterUpdate);
  root.meterUpdate = update;
  document.addEventListener(EVENT, update);
  return () => document.removeEventListener(EVENT, update);
}
