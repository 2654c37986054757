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

async function copy(made, text) {
  await write(text);
  made.textContent = 'check';
  setTimeout(() => { made.textContent = COPY; }, 1500);
}

// What made the reply, in a few words; a click opens the whole of it.
function caption(bar, act) {
  const made = span('caption', '');
  const recipe = button('recipe', bar.caption, 'Recipe: what made this reply', act(bar, 'recipe'));
  recipe.removeAttribute('aria-label');
  made.append(recipe);
  return made;
}

function parts(bar, act, say) {
  const made = bar.caption ? [caption(bar, act)] : [];
  if (bar.siblings > 1) {
    const previous = button('previous', 'chevron_left', 'Previous version', act(bar, 'previous'));
    const next = button('next', 'chevron_right', 'Next version', act(bar, 'next'));
    previous.disabled = bar.sibling === 1;
    next.disabled = bar.sibling === bar.siblings;
    made.push(previous, span('place', `${bar.sibling}/${bar.siblings}`), next);
  }
  made.push(button('copy', COPY, 'Copy', pressed => copy(pressed, bar.text)));
  for (const { name, icon, label, pressed } of bar.buttons) {
    const offer = button(name, icon, label, pressed === null ? act(bar, name) : () => {
      asked = pressed ? null : bar.message_id;
      act(bar, name)();
    });
    if (pressed !== null) offer.setAttribute('aria-pressed', pressed);
    made.push(offer);
  }
  const word = bar.word === null ? [] : [wordBox(bar, say)];
  if (bar.menu.length) made.push(...menu(bar, act, word[0]));
  return [...made, ...word];
}

let asked = null; // the message that has just been rated: once that is drawn, it may be said why

// A small box for a word on the rating; whoever has none goes on, and it closes by itself.
function wordBox(bar, say) {
  const box = document.createElement('form');
  box.className = 'toolbar-menu toolbar-word';
  box.popover = 'auto';
  const input = document.createElement('input');
  input.value = bar.word;
  input.maxLength = 500;
  input.placeholder = 'Why? A word, if you like';
  input.setAttribute('aria-label', 'A word on this reply');
  const keep = button('keep', 'check', 'Keep this word', () => {});
  keep.type = 'submit';
  box.append(input, keep);
  box.onsubmit = event => { event.preventDefault(); box.hidePopover(); say(bar, input.value); };
  return box;
}

function openWord(place) {
  const box = place.querySelector('.toolbar-word');
  box.showPopover();
  placeBelow(box, place.querySelector('[aria-pressed=true]'));
}

// A click elsewhere, or Escape, closes it: the browser does both.
function menu(bar, act, word) {
  const list = document.createElement('div');
  list.className = 'toolbar-menu';
  list.popover = 'auto';
  for (const { name, icon, label } of bar.menu) {
    const entry = button(name, icon, '', () => {
      list.hidePopover();
      if (name !== 'explain') return act(bar, name)();
      openWord(word.parentElement);
      word.querySelector('input').focus();
    });
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
  const say = (bar, text) => setTriggerValue('word', { message: bar.message_id, text });
  const wanted = new Map(bars.map(bar => [String(bar.message_id), bar]));
  const fill = place => {
    const bar = wanted.get(place.dataset.message);
    if (!bar || place.drawn === bar) return;
    place.drawn = bar;
    place.replaceChildren(...parts(bar, act, say));
    if (asked !== bar.message_id || bar.word === null) return;
    asked = null;
    openWord(place);
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
