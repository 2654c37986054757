// The turn that begins: drawn as soon as the server says that it has stored the prompt, and taken away when the page,
// which has much else to draw, shows the same messages itself.

const turn = { root: null, prompt: null, view: null };

// The stream is opened together with the sending, so that it is there when the first text is.
function expectTurn(prompt) {
  const { name } = shownPage();
  if (!name || !prompt.trim() || views.size || document.querySelector('.st-key-stop')) return;
  Object.assign(turn, { name, typed: prompt, before: nativeMessages().length });
  listen('/turn/' + name).onerror = () => (views.size ? connect(true) : disconnect());
}

function begin({ reply, began }) {
  if (!began) return views.size || disconnect(); // the prompt was refused, or the reply is over: the page says it
  stream.followed = new Set([reply]);
  const view = viewOf(reply);
  if (view.placed) return;
  removeTurn();
  [turn.conversation, turn.message] = began;
  if (hasLeft()) return forget(view);
  // The page will say the same in a moment; a reload or a copied address must not come before it.
  if (new URLSearchParams(location.search).get('c') !== turn.conversation) {
    history.pushState({}, '', `?c=${turn.conversation}&m=${turn.message}`);
  }
  turn.view = view;
  turn.root = element('div', `live-turn ${themeClass()}`, document.querySelector(`${MAIN_BLOCK} > [data-testid=stVerticalBlock]`));
  turn.prompt = message('user', 'person');
  const writer = new Writer(element('div', markdownClass(), turn.prompt.lastChild));
  writer.write(turn.typed);
  writer.end();
  message('assistant', 'auto_awesome').lastChild.append(view.root);
  scrollToEnd();
}

function message(author, icon) {
  const made = element('div', 'stChatMessage live-message', turn.root);
  made.dataset.testid = 'stChatMessage';
  made.ariaLabel = `Chat message from ${author}`;
  const avatar = element('span', 'live-avatar', made);
  avatar.ariaHidden = 'true';
  avatar.textContent = icon;
  element('div', 'live-content', made);
  return made;
}

// Called whenever the page has changed.
function settleTurn() {
  if (!turn.root) return;
  const { view } = turn;
  if (view.placed) removeTurn();
  else if (hasLeft() || document.querySelector(`.toolbar[data-message="${turn.message}"]`)) {
    removeTurn();
    forget(view);
  } else {
    const shown = [...nativeMessages()].slice(turn.before);
    if (shown.some(native => native.textContent.includes(turn.prompt.lastChild.textContent.trim()))) turn.prompt.remove();
    if (turn.root.nextSibling) turn.root.parentElement.append(turn.root); // what the page adds comes before it
  }
}

function removeTurn() {
  turn.root?.remove();
  turn.root = null;
}

function nativeMessages() {
  return document.querySelectorAll('[data-testid=stChatMessage]:not(.live-message)');
}

// What the server has drawn: the name of the turn that would begin next, and in which conversation.
function shownPage() {
  const { turn: name, conversation } = document.querySelector('.next-turn')?.dataset ?? {};
  return { name, conversation };
}

// Whether the page is no longer the one that was sent from, nor that of the turn's own conversation.
function hasLeft() {
  const { name, conversation } = shownPage();
  return name !== turn.name && conversation !== turn.conversation;
}
