// The line under a message, built of elements and plain text only.
const ICONS = {
  copy: 'content_copy', copied: 'check', regenerate: 'refresh', previous: 'chevron_left', next: 'chevron_right',
};

function button(name, title, onclick) {
  const made = document.createElement('button');
  made.type = 'button';
  made.className = `toolbar-${name}`;
  made.title = title;
  made.setAttribute('aria-label', title);
  made.dataset.icon = ICONS[name];
  made.textContent = ICONS[name];
  made.onclick = () => onclick(made);
  return made;
}

function span(name, text) {
  const made = document.createElement('span');
  made.className = `toolbar-${name}`;
  made.textContent = text;
  return made;
}

async function write(text) {
  if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
  // Over plain http to another machine there is no clipboard object.
  const area = document.createElement('textarea');
  area.value = text;
  area.style.position = 'fixed';
  area.style.opacity = '0';
  document.body.append(area);
  area.select();
  document.execCommand('copy');
  area.remove();
}

async function copy(made, text) {
  await write(text);
  made.textContent = ICONS.copied;
  setTimeout(() => { made.textContent = ICONS.copy; }, 1500);
}

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector('.toolbar');
  let acted = false;
  const act = name => () => {
    if (acted) return; // one intent, one action: the page is drawn anew after it
    acted = true;
    setTriggerValue('action', name);
  };
  const parts = data.caption ? [span('caption', data.caption)] : [];
  if (data.siblings > 1) {
    const previous = button('previous', 'Previous version', act('previous'));
    const next = button('next', 'Next version', act('next'));
    previous.disabled = data.sibling === 1;
    next.disabled = data.sibling === data.siblings;
    parts.push(previous, span('place', `${data.sibling}/${data.siblings}`), next);
  }
  parts.push(button('copy', 'Copy', made => copy(made, data.text)));
  if (data.regenerate) parts.push(button('regenerate', 'Regenerate', act('regenerate')));
  root.classList.toggle('toolbar-alone', !data.caption);
  root.replaceChildren(...parts);
}
