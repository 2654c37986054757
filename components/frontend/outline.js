// The tree of a conversation, built of elements and plain text only.
const ICONS = { user: 'person', assistant: 'auto_awesome', '': 'unfold_more' };
const DEEPEST = 8; // steps of indentation; what branches further stands in line with it

function span(name, text) {
  const made = document.createElement('span');
  made.className = `outline-${name}`;
  made.textContent = text;
  return made;
}

function row(line, choose) {
  const made = document.createElement('button');
  made.type = 'button';
  const kinds = [line.role || 'fold', line.open && 'open', line.leaf && 'leaf'].filter(Boolean);
  made.className = ['line', ...kinds].map(kind => `outline-${kind}`).join(' ');
  made.dataset.message = line.message;
  made.style.setProperty('--depth', Math.min(line.depth, DEEPEST));
  made.setAttribute('role', 'treeitem');
  made.setAttribute('aria-level', line.depth + 1);
  if (line.leaf) made.setAttribute('aria-current', 'true');
  const icon = span('icon', ICONS[line.role]);
  icon.ariaHidden = 'true';
  made.append(icon, span('text', line.text), span('note', line.note));
  made.onclick = () => choose({ message: line.message, folded: line.folded > 0 });
  return made;
}

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector('.outline');
  const isNew = !root.firstChild;
  root.replaceChildren(...data.lines.map(line => row(line, chosen => setTriggerValue('chosen', chosen))));
  if (isNew) root.querySelector('.outline-leaf')?.scrollIntoView({ block: 'center' });
}
