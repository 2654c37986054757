// Draws a reply while it arrives. Everything is made of DOM nodes: no text of a model is ever read as HTML.
// `smd` is streaming-markdown, put in front of this file by live_reply.py.

const PUNCTUATION = /[!-/:-@[-`{-~]/;
const SAFE_SCHEMES = ['http:', 'https:', 'mailto:'];
const SILENCE = 20_000; // milliseconds without an event or a ping until the connection counts as dead
const RETRY = 1_000; // milliseconds
const ASK_AGAIN = 3_000; // milliseconds that a finished reply waits to be replaced by the page
const DEEPEST = 30; // nodes inside each other; a browser dies of some thousand

// --- the hub: one EventSource per page for all its live replies -------------------------------------------------

const hub = (globalThis.__playgroundLive ??= { views: new Map(), source: null, followed: new Set(), heard: 0, timer: 0 });

function follow(view) {
  hub.views.set(view.reply, view);
  hub.followed.delete(view.reply); // a new view has seen nothing yet, whatever the connection has brought
  hub.timer ||= setInterval(reviveIfSilent, RETRY);
  queueMicrotask(connect); // several replies that are mounted together share one connection
}

function unfollow(view) {
  if (hub.views.get(view.reply) !== view) return;
  hub.views.delete(view.reply);
  if (hub.views.size) return;
  clearInterval(hub.timer);
  hub.timer = 0;
  hub.source?.close();
  hub.source = null;
}

// A connection that follows more than is left is kept: what has ended is silent.
function connect(anew = false) {
  const wanted = [...hub.views.keys()];
  if (!wanted.length || (!anew && hub.source && wanted.every(reply => hub.followed.has(reply)))) return;
  hub.source?.close();
  hub.followed = new Set(wanted);
  hub.heard = Date.now();
  const source = (hub.source = new EventSource('/live/' + wanted.join(',')));
  source.onopen = () => { hub.heard = Date.now(); };
  source.addEventListener('ping', () => { hub.heard = Date.now(); });
  // Painted here and not in an animation frame: a page in the background gets none.
  source.onmessage = event => {
    hub.heard = Date.now();
    for (const item of JSON.parse(event.data)) {
      if (item.meters) document.dispatchEvent(new CustomEvent('playground-meters', { detail: item }));
      hub.views.get(item.reply)?.update(item);
    }
  };
}

function reviveIfSilent() {
  const silent = Date.now() - hub.heard > SILENCE;
  if (silent || hub.source?.readyState === EventSource.CLOSED) connect(true);
}

if (!hub.revives) {
  hub.revives = true;
  addEventListener('online', () => connect(true));
}

// --- Markdown while it grows ------------------------------------------------------------------------------------

function safeAddress(address) {
  try {
    const url = new URL(address.trim().split(/\s/)[0]);
    return SAFE_SCHEMES.includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

function renderer(root) {
  const made = smd.default_renderer(root);
  const { add_token: addToken, end_token: endToken } = made;
  made.add_token = (data, token) => {
    if (data.index >= DEEPEST) return void (data.nodes[data.index + 1] = data.nodes[data.index++]);
    const shown = token === smd.IMAGE ? smd.LINK : token; // an image becomes a link with its description
    addToken(data, shown);
    if (shown === smd.LINK) data.nodes[data.index].link = { mark: token === smd.IMAGE ? '![' : '[', target: '' };
  };
  made.end_token = data => {
    const node = data.nodes[data.index];
    endToken(data);
    if (node.link && node !== data.nodes[data.index]) closeLink(node, node.link);
  };
  made.add_text = (data, text) => {
    const node = data.nodes[data.index];
    if (node.lastChild?.nodeType === Node.TEXT_NODE) node.lastChild.appendData(text);
    else node.append(text);
  };
  made.set_attr = (data, attribute, value) => {
    const node = data.nodes[data.index];
    if (attribute === smd.START) node.start = parseInt(value, 10);
    else if (attribute === smd.CHECKED) node.checked = true;
    else if (node.link) node.link.target = value;
    else if (attribute === smd.HREF) lead(node, value.replace(/[>.,;:!?'"]+$/, ''));
  };
  return made;
}

function lead(node, address) {
  const href = safeAddress(address);
  if (href) Object.assign(node, { href, target: '_blank', rel: 'noopener noreferrer' });
  return Boolean(href);
}

// Brackets without an address that may be followed are shown as they are written.
function closeLink(node, { mark, target }) {
  if (!lead(node, target)) node.replaceWith(mark, ...node.childNodes, target ? `](${target})` : ']');
  else if (!node.textContent) node.textContent = mark === '[' ? 'link' : 'image';
}

// Feeds the parser, which knows neither money nor intraword underscores and draws no formulas: dollars, and all of a
// formula, reach it escaped, and so they are shown as they are written.
class Writer {
  constructor(root) {
    this.root = root;
    this.parser = smd.parser(renderer(root));
    this.before = '\n';
    this.formula = ''; // what ends the formula that is open
    this.held = ''; // a backslash or a dollar whose meaning the next character decides
    this.bracketed = false; // whether the last character was a bracket that is not meant to open anything
    this.broken = false;
    this.tail = document.createElement('span');
  }

  // The parser keeps the last character until it knows the next; a plain one is shown at once.
  showTail() {
    const { pending, renderer: { data } } = this.parser;
    if (!/^[\p{L}\p{N}.,;:?。，；：？]+$/u.test(pending)) return;
    this.tail.textContent = pending;
    data.nodes[data.index].append(this.tail);
  }

  write(text) {
    if (this.broken) return this.root.append(text);
    this.tail.remove();
    try {
      for (const part of text.split(/([\\$_<])/)) {
        if (!part) continue;
        if (this.held || this.formula || part.length === 1) for (const character of part) this.take(character);
        else this.pass(part);
      }
      this.showTail();
    } catch (error) {
      console.warn('Markdown given up; the rest is plain text.', error);
      this.broken = true;
      this.root.append(text);
    }
  }

  end() {
    if (this.broken) return;
    this.tail.remove();
    try {
      if (this.held) this.literal(this.held);
      smd.parser_end(this.parser);
    } catch { /* what is drawn stays until the finished reply takes its place */ }
  }

  pass(text) {
    smd.parser_write(this.parser, this.bracketed && text[0] === '\n' ? ' ' + text : text);
    this.bracketed = false;
    this.before = text.at(-1);
  }

  // The parser takes an escaped parenthesis for a formula, and an escaped bracket for one if a line ends after it.
  literal(text) {
    for (const character of text) {
      const escaped = PUNCTUATION.test(character) && character !== '(' && character !== ')';
      smd.parser_write(this.parser, escaped ? '\\' + character : character);
      this.before = character;
    }
    this.bracketed = this.before === '[';
  }

  verbatim() {
    const { token, pending, indent_len: indent } = this.parser;
    return (
      [smd.CODE_BLOCK, smd.CODE_FENCE, smd.CODE_INLINE, smd.RAW_URL].includes(token) ||
      pending[0] === '`' ||
      token === smd.IMAGE ||
      (token === smd.LINK && pending.startsWith('](')) ||
      (token !== smd.LINE_BREAK && pending === ' ' && indent >= 3) // a code block is about to begin
    );
  }

  take(character) {
    if (this.formula) this.takeFormula(character);
    else if (this.held) this.takeHeld(character);
    else if (this.verbatim()) this.pass(character);
    else if (character === '\\' || character === '$') this.held = character;
    else if (character === '<') this.literal(character);
    else if (character === '_' && this.insideWord()) this.literal(character);
    else this.pass(character);
  }

  insideWord() {
    const emphasis = [smd.ITALIC_UND, smd.STRONG_UND].includes(this.parser.token);
    return !emphasis && /[\p{L}\p{N})}\]]/u.test(this.before);
  }

  takeHeld(character) {
    const held = this.held;
    const before = this.before;
    this.held = '';
    if (held === '\\') {
      if (character === '(' || character === '[') this.open(held + character, character === '(' ? '\\)' : '\\]');
      else if (character === '\n' || !PUNCTUATION.test(character)) { this.literal(held); this.take(character); }
      else this.literal(character);
    } else if (character === '$') this.open('$$', '$$');
    else if (/[\s\d]/.test(character) || /[\p{L}\p{N}]/u.test(before)) { this.literal(held); this.take(character); }
    else { this.open(held, '$'); this.takeFormula(character); }
  }

  open(mark, closer) {
    this.literal(mark);
    this.formula = closer;
    this.line = '';
  }

  // A formula ends with its mark; a short one also with its line, a long one with an empty line.
  takeFormula(character) {
    const long = this.formula === '$$' || this.formula === '\\]';
    if (character === '\n' && (!long || (this.line !== '' && !this.line.trim()))) {
      this.formula = '';
      return this.pass(character);
    }
    if (character === '\n') { this.pass(character); this.line = ' '; return; }
    this.literal(character);
    this.line += character;
    if (this.line.endsWith(this.formula)) this.formula = '';
  }
}

// --- one reply --------------------------------------------------------------------------------------------------

function element(tag, className, parent) {
  const made = document.createElement(tag);
  made.className = className;
  return parent.appendChild(made);
}

// Text that only grows; offsets are code points, and JavaScript counts an emoji twice. Beyond the `longest` that is
// drawn it is only counted.
class Growing {
  constructor(root, longest) {
    this.root = root;
    this.writer = new Writer(root);
    this.longest = longest;
    this.length = 0;
  }

  add([offset, piece]) {
    const points = Array.from(piece);
    if (offset > this.length || offset + points.length <= this.length) return;
    const drawn = points.slice(this.length - offset, Math.max(0, this.longest - offset));
    if (drawn.length) this.writer.write(drawn.join(''));
    this.length = offset + points.length;
    if (this.length > this.longest) this.count();
  }

  count() {
    this.counter ??= element('p', 'live-count', this.root.parentElement);
    this.counter.textContent = `… arrives; ${this.length.toLocaleString('en')} characters so far`;
  }
}

class View {
  constructor(parent, { reply, longest }) {
    this.reply = reply;
    this.longest = longest;
    this.root = element('div', 'live-reply', parent);
    this.notice = element('p', 'live-notice', this.root);
    element('span', 'live-dot', this.notice);
    this.noticeText = element('span', 'live-notice-text', this.notice);
    this.follow = () => follow(this);
    this.leave = () => { clearInterval(this.asking); unfollow(this); this.root.remove(); views.delete(parent); };
  }

  update(item) {
    if (item.notice !== undefined) {
      this.noticeText.textContent = item.notice;
      this.notice.hidden = !item.notice;
    }
    if (item.reasoning) this.addReasoning(item.reasoning);
    if (item.text) this.addText(item.text);
    if (item.end) this.end();
  }

  addReasoning(piece) {
    if (!this.reasoning) {
      this.details = element('details', 'live-reasoning', this.root);
      this.details.open = !this.text;
      this.summary = element('summary', '', this.details);
      this.summary.textContent = 'Thinking…';
      this.summary.addEventListener('click', () => { this.folded = true; }); // from now on the reader decides
      this.reasoning = new Growing(element('div', markdownClass(), this.details), this.longest);
    }
    this.reasoning.add(piece);
  }

  addText(piece) {
    if (!this.text) {
      this.text = new Growing(element('div', markdownClass(), this.root), this.longest);
      if (this.details) {
        this.summary.textContent = 'Thoughts';
        if (!this.folded) this.details.open = false;
      }
    }
    this.text.add(piece);
  }

  end() {
    unfollow(this);
    this.reasoning?.writer.end();
    this.text?.writer.end();
    this.ended();
    this.asking ??= setInterval(() => this.ended(), ASK_AGAIN); // a server that has just started again may not hear it
  }
}

// The class of Streamlit's own Markdown brings its fonts and spacing, in either theme.
function markdownClass() {
  const native = '[data-testid=stMarkdownContainer]';
  const found = document.querySelector(`[data-testid=stChatMessage] ${native}, .st-key-preload ${native}`);
  return 'live-markdown ' + (found?.className ?? '');
}

const views = (hub.drawn ??= new WeakMap());

// On a telephone the sidebar covers the conversation that one has just chosen in it.
function foldSidebar({ target }) {
  if (innerWidth >= 768 || !target.closest?.('[class*="st-key-open_"], .st-key-new_conversation')) return;
  document.querySelector('[data-testid="stSidebarCollapseButton"] button')?.click();
}

// The page that is looked at again may have missed what another tab did: it is drawn anew.
function watchReturn(setTriggerValue) {
  if (!hub.returned) {
    document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'visible') hub.returned(); });
  }
  hub.folds ??= document.addEventListener('click', foldSidebar) ?? true;
  hub.returned = () => setTriggerValue('returned', Date.now());
}

export default function ({ parentElement, data, setTriggerValue }) {
  if (!data?.reply) return watchReturn(setTriggerValue);
  let view = views.get(parentElement);
  const isNew = view?.reply !== data.reply;
  if (isNew) {
    view?.leave();
    view = new View(parentElement, data);
    views.set(parentElement, view);
  }
  // Who has sent a prompt wants to see it, wherever he was reading.
  if (isNew) setTimeout(() => parentElement.closest('[data-testid=stAppScrollToBottomContainer]')?.scrollTo({ top: 1e9 }), 50);
  view.ended = () => setTriggerValue('ended', data.reply);
  if (isNew) view.follow();
  return view.leave;
}
