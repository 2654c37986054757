// One reply while it arrives.

const FORMATTED = /```|\$[^\s\d]|\\[([]/; // what may be code or a formula
const READ_AHEAD = 2_000; // milliseconds that a finished reply waits for what it will be drawn with
const ASK_AGAIN = 3_000; // milliseconds that a finished reply waits to be replaced by the page

function element(tag, className, parent) {
  const made = document.createElement(tag);
  made.className = className;
  parent?.append(made);
  return made;
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
  constructor(reply, masked) {
    this.reply = reply;
    this.masked = masked; // nothing but its text is asked for
    this.patience = READ_AHEAD;
    this.root = element('div', 'live-reply ' + themeClass());
    this.notice = element('p', 'live-notice', this.root); // last: where the text goes on
    element('span', 'live-dot', this.notice);
    this.noticeText = element('span', 'live-notice-text', this.notice);
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
      this.details = element('details', 'live-reasoning');
      this.notice.before(this.details);
      this.details.open = !this.text;
      this.summary = element('summary', '', this.details);
      this.summary.textContent = 'Thinking…';
      this.summary.addEventListener('click', () => { this.folded = true; }); // from now on the reader decides
      this.reasoning = new Growing(element('div', markdownClass(), this.details), page.longest);
    }
    this.reasoning.add(piece);
  }

  addText(piece) {
    if (!this.text) {
      const root = element('div', markdownClass());
      this.notice.before(root);
      this.text = new Growing(root, page.longest);
      if (this.details) {
        this.summary.textContent = 'Thoughts';
        if (!this.folded) this.details.open = false;
      }
    }
    this.text.add(piece);
    if (page.formatted) return;
    this.newest = ((this.newest ?? '') + piece[1]).slice(-piece[1].length - 2); // a mark may come in two pieces
    page.formatted = FORMATTED.test(this.newest);
    if (page.formatted) page.trigger('formatted', true);
  }

  end() {
    unfollow(this);
    this.ended = true;
    this.reasoning?.writer.end();
    this.text?.writer.end();
    if (this.placed) this.askForPage();
  }

  // The page draws the finished reply. A server that has just started again may not hear the first time.
  askForPage() {
    if (page.formatted && !isReadAhead() && (this.patience -= 50) > 0) return void setTimeout(() => this.askForPage(), 50);
    page.trigger('ended', this.reply);
    this.asking ??= setInterval(() => this.askForPage(), ASK_AGAIN);
  }

  putInto(slot) {
    slot.append(this.root);
    this.placed = true;
    if (this.ended) this.askForPage();
  }

  leave() {
    clearInterval(this.asking);
    unfollow(this);
    this.root.remove();
  }
}

// Whether the highlighter and the fonts of formulas are there, without which a message collapses for a moment.
function isReadAhead() {
  return document.querySelector('.st-key-live code span') && document.querySelector('.st-key-live .katex');
}

// The class in which Streamlit names the colours and fonts of the theme, for components alone.
function themeClass() {
  return page.themed?.className ?? '';
}

// The class of Streamlit's own Markdown brings its fonts and spacing, in either theme.
function markdownClass() {
  const native = '[data-testid=stMarkdownContainer]';
  const found = document.querySelector(`[data-testid=stChatMessage] ${native}, .st-key-live ${native}`);
  return 'live-markdown ' + (found?.className ?? '');
}
