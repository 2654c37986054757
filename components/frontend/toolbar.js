// The lines under the messages, built of elements and plain text only.
const COPY = 'content_copy';

function button(name, icon, title, onclick) {
  const made = document.createElement('button');
  made.type = 'button';
  made.className = `toolbar-${name}`;
  made.title = title;
  made.setAttribute('aria-label', title);
  made.textContent = icon;
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
  made.textContent = 'check';
  setTimeout(() => { made.textContent = COPY; }, 1500);
}

function parts(bar, act) {
  const made = bar.caption ? [span('caption', bar.caption)] : [];
  if (bar.siblings > 1) {
    const previous = button('previous', 'chevron_left', 'Previous version', act(bar, 'previous'));
    const next = button('next', 'chevron_right', 'Next version', act(bar, 'next'));
    previous.disabled = bar.sibling === 1;
    next.disabled = bar.sibling === bar.siblings;
    made.push(previous, span('place', `${bar.sibling}/${bar.siblings}`), next);
  }
  made.push(button('copy', COPY, 'Copy', pressed => copy(pressed, bar.text)));
  for (const { name, icon, label } of bar.buttons) made.push(button(name, icon, label, act(bar, name)));
  if (bar.menu.length) made.push(...menu(bar, act));
  return made;
}

// A click elsewhere, or Escape, closes it: the browser does both.
function menu(bar, act) {
  const list = document.createElement('div');
  list.className = 'toolbar-menu';
  list.popover = 'auto';
  for (const { name, icon, label } of bar.menu) {
    const entry = button(name, icon, '', () => { list.hidePopover(); act(bar, name)(); });
    entry.removeAttribute('aria-label');
    entry.append(span('label', label));
    list.append(entry);
  }
  const more = button('more', 'more_horiz', 'More', () => {});
  more.popoverTargetElement = list;
  list.ontoggle = ({ newState }) => { if (newState === 'open') placeBelow(list, more); };
  return [more, list];
}

function placeBelow(list, opener) {
  const page = document.querySelector('[data-testid=stApp]');
  list.style.background = getComputedStyle(page).backgroundColor; // none of the page's variables reach here
  const { right, bottom, top } = opener.getBoundingClientRect();
  list.style.left = `${Math.max(8, right - list.offsetWidth)}px`;
  const fits = bottom + list.offsetHeight < innerHeight;
  list.style.top = `${fits ? bottom : top - list.offsetHeight}px`;
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
