// Markdown while it grows. Everything is made of DOM nodes: no text of a model is ever read as HTML.
// `smd` is streaming-markdown, put in front of these files by live_reply.py.

const PUNCTUATION = /[!-/:-@[-`{-~]/;
const SAFE_SCHEMES = ['http:', 'https:', 'mailto:'];
const DEEPEST = 30; // nodes inside each other; a browser dies of some thousand

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
