// What joins the live replies to the page: the places that the page has for them, and what they ask of it.
// The component of these scripts is on every page, always; the places come and go.

const MAIN_BLOCK = '[data-testid=stMainBlockContainer]';
const page = { longest: 0, trigger: () => {}, themed: null, formatted: false };
const slots = document.getElementsByClassName('live-slot');
const drawn = new Map(); // the views that have a place, or will have one, by reply

function viewOf(reply, masked = false) {
  if (!drawn.has(reply)) {
    drawn.set(reply, new View(reply, masked));
    follow(drawn.get(reply));
  }
  return drawn.get(reply);
}

function forget(view) {
  view.leave();
  drawn.delete(view.reply);
}

function look() {
  for (const slot of slots) if (isWanting(slot)) fill(slot);
  settleTurn();
  for (const view of drawn.values()) if (view.placed && !view.root.isConnected) forget(view);
  keepPlace();
  nameBranch();
  seek();
  focusEditor();
}

// While the page changes there may be two places for a reply: the view stays where it is until that one has gone.
function isWanting(slot) {
  const view = drawn.get(slot.dataset.reply);
  return !slot.firstChild && !(view?.placed && view.root.isConnected);
}

function fill(slot) {
  const isNew = !drawn.has(slot.dataset.reply);
  viewOf(slot.dataset.reply, 'masked' in slot.dataset).putInto(slot);
  if (isNew && 'recorded' in slot.dataset) followOnlyAtEnd(slot);
  else if (isNew) setTimeout(scrollToEnd, 50);
}

// On a telephone the sidebar covers the conversation that one has just chosen in it.
function foldSidebar({ target }) {
  const opens = ['[class*="st-key-open_"]', '.st-key-new_conversation'].map(key => `[data-testid=stSidebar] ${key}`);
  if (innerWidth >= 768 || !target.closest?.(opens.join())) return;
  document.querySelector('[data-testid="stSidebarCollapseButton"] button')?.click();
}

function heed(event) {
  const box = event.target.closest?.('.st-key-prompt')?.querySelector('textarea');
  if (!box) return;
  const isSend = event.type === 'click'
    ? event.target.closest('[data-testid=stChatInputSubmitButton]')
    : event.key === 'Enter' && !event.shiftKey && !event.isComposing;
  if (isSend) expectTurn(box.value);
}

// The scripts may be loaded again with the component; what was loaded first goes on.
function start() {
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
  addEventListener('online', () => connect(true));
  document.addEventListener('keydown', heed, true);
  document.addEventListener('click', heed, true);
  document.addEventListener('click', foldSidebar);
  document.addEventListener('keydown', heedEditing, true);
  document.addEventListener('click', expectEditor, true);
  watchPlace();
  watchSought();
  // The page that is looked at again may have missed what another tab did: it is drawn anew.
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') page.trigger('returned', Date.now());
  });
  return (data, trigger, themed) => {
    Object.assign(page, data, { trigger, themed });
    look();
  };
}

export default function ({ data, setTriggerValue, parentElement }) {
  const themed = parentElement.closest('[data-testid=stBidiComponentRegular]')?.parentElement;
  (globalThis.playgroundLive ??= start())(data, setTriggerValue, themed);
}
