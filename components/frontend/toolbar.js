// The lines under the messages, built of elements and plain text only.
const ICONS = {
  copy: 'content_copy', copied: 'check', regenerate: 'refresh', previous: 'chevron_left', next: 'chevron_right',
  compare: 'view_column_2',
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

function parts(bar, act) {
  const made = bar.caption ? [span('caption', bar.caption)] : [];
  if (bar.siblings > 1) {
    const previous = button('previous', 'Previous version', act(bar, 'previous'));
    const next = button('next', 'Next version', act(bar, 'next'));
    previous.disabled = bar.sibling === 1;
    next.disabled = bar.sibling === bar.siblings;
    made.push(previous, span('place', `${bar.sibling}/${bar.siblings}`), next);
  }
  made.push(button('copy', 'Copy', pressed => copy(pressed, bar.text)));
  if (bar.newest) {
    made.push(button('regenerate', 'Regenerate', act(bar, 'regenerate')));
    made.push(button('compare', 'Compare from here', act(bar, 'compare')));
  }
  return made;
}

const places = document.getElementsByClassName('toolbar');

function drawToolbars({ bars }, setTriggerValue) {
  let acted = false;
  const act = (bar, name) => () => {
    if (acted) return; // one intent, one action: the page is drawn anew after it, unless it was refused
    acted = true;
    setTimeout(() => { acted = false; }, 1000);
    setTriggerValue('action', { message: bar.message_id, name });
  };
  const wanted = new Map(bars.map(bar => [String(bar.message_id), bar]));
  const fill = place => {
    const bar = wanted.get(place.dataset.message);
    if (!bar || place.drawn === bar) return;
    place.drawn = bar;
    place.replaceChildren(...parts(bar, act));
  };
  const fillAll = () => { for (const place of places) fill(place); };
  const observer = new MutationObserver(fillAll); // a place may come after what belongs there
  observer.observe(document.querySelector('main'), { childList: true, subtree: true });
  fillAll();
  return () => observer.disconnect();
}

let leave = () => {};

export default function ({ data, setTriggerValue }) {
  leave();
  leave = drawToolbars(data, setTriggerValue);
  return leave;
}
