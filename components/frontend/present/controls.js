// The keys of a presentation, and its bar: elements and plain text only.
const NEXT = ['ArrowRight', 'PageDown', ' '];
const BACK = ['ArrowLeft', 'PageUp'];
const OWN = 'input, textarea, select, [contenteditable=true], [role=slider]'; // what needs its keys itself
const PRESSED = 'button, a, summary'; // what Enter and the space bar press

function button(name, icon, label, keys, onclick) {
  const made = document.createElement('button');
  made.type = 'button';
  made.className = `present-${name}`;
  made.title = keys ? `${label} (${keys})` : label;
  made.setAttribute('aria-label', label);
  const sign = document.createElement('span');
  sign.className = 'present-icon';
  sign.ariaHidden = 'true';
  sign.textContent = icon;
  made.append(sign);
  made.onclick = onclick;
  return made;
}

function worded(made, text) {
  const word = document.createElement('span');
  word.className = 'present-label';
  word.textContent = text;
  made.append(word);
  return made;
}

function place({ at, of }) {
  const made = document.createElement('span');
  made.className = 'present-place';
  made.textContent = of ? `${at} of ${of}` : '';
  return made;
}

function parts(data, does) {
  const back = button('back', 'chevron_left', 'Back', '←', does.back);
  const next = button('next', 'chevron_right', 'Next', '→', does.next);
  back.disabled = data.at <= 1;
  next.disabled = data.at >= data.of;
  const made = data.of ? [back, place(data), next] : [];
  if (data.hides) made.push(worded(button('reveal', 'visibility', 'Reveal', 'Enter', does.reveal), 'Reveal'));
  if (data.busy) made.push(worded(button('stop', 'stop_circle', 'Stop', '', does.stop), 'Stop'));
  if (data.playable) {
    if (!data.busy) made.push(worded(button('play', 'replay', 'Play the recorded reply', 'P', does.play), 'Play'));
    const pace = button('pace', 'speed', `Speed of playing: ${data.pace}`, '', does.turn);
    made.push(worded(pace, data.pace));
  }
  if (data.askable && !data.busy) {
    made.push(worded(button('ask', 'bolt', 'Ask live: sends the prompt again', '', does.ask), 'Ask live'));
  }
  made.push(button('leave', 'close', 'Leave', 'Esc', does.leave));
  return made;
}

// The place is kept here too: of keys that follow each other closely only the last may be heard.
let at = 0;

function actions(data, act) {
  const go = to => () => {
    const wanted = Math.min(Math.max(at + to, 1), data.of);
    if (!data.of || wanted === at) return;
    at = wanted;
    act('go', at);
  };
  const named = name => () => act(name);
  const does = { back: go(-1), next: go(1) };
  for (const name of ['reveal', 'play', 'stop', 'ask', 'leave', 'turn']) does[name] = named(name);
  return does;
}

function meaning({ key }, data) {
  if (NEXT.includes(key)) return 'next';
  if (BACK.includes(key)) return 'back';
  if ((key === 'Enter' || key.toLowerCase() === 'r') && data.hides) return 'reveal';
  if (key.toLowerCase() === 'p' && data.playable && !data.busy) return 'play';
  return key === 'Escape' ? 'leave' : '';
}

// Nothing here has the focus, so that the browser would not know what to scroll.
function scroll(key) {
  const step = { ArrowDown: 0.4, ArrowUp: -0.4 }[key];
  if (step) document.querySelector('[data-testid=stMain]')?.scrollBy({ top: step * innerHeight, behavior: 'smooth' });
}

function heed(event, data, does) {
  const { target, key } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
  if (target.closest?.(OWN) || ((key === ' ' || key === 'Enter') && target.closest?.(PRESSED))) return;
  const name = meaning(event, data);
  if (!name) return void scroll(key);
  event.preventDefault();
  if (!event.repeat || name === 'next' || name === 'back') does[name]();
}

// A button that was clicked would keep the keys that mean something here.
function letGo({ target, detail }) {
  if (detail) target.closest?.('button')?.blur();
}

// In the place of the last one: to go back is to leave.
function namePlace(at) {
  const parameters = new URLSearchParams(location.search);
  if (!at || parameters.get('at') === `${at}`) return;
  parameters.set('at', at);
  history.replaceState(history.state, '', `${location.pathname}?${parameters}`);
}

let leave = () => {};
let shown = null;

export default function ({ data, setTriggerValue, parentElement }) {
  leave();
  const does = actions(data, (name, value = null) => setTriggerValue('action', { name, value }));
  parentElement.querySelector('.present-bar').replaceChildren(...parts(data, does));
  at = data.at;
  namePlace(at);
  const listen = event => heed(event, data, does);
  document.addEventListener('keydown', listen);
  document.addEventListener('click', letGo);
  if (shown !== data.at) document.querySelector('[data-testid=stMain]')?.scrollTo({ top: 0 });
  shown = data.at;
  leave = () => {
    document.removeEventListener('keydown', listen);
    document.removeEventListener('click', letGo);
  };
  return leave;
}
