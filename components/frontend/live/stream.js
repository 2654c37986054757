// The page's one EventSource, for all its live replies. It is open only while one is live: a browser allows six
// connections to a host, over all tabs.

const SILENCE = 20_000; // milliseconds without an event or a ping until the connection counts as dead
const RETRY = 1_000; // milliseconds
const BEHIND = 20; // milliseconds; the server sends less often

const views = new Map(); // by reply
const stream = { source: null, followed: new Set(), news: [], drawn: 0, heard: 0, timer: 0 };

function follow(view) {
  views.set(view.reply, view);
  stream.timer ||= setInterval(reviveIfSilent, RETRY);
  queueMicrotask(connect); // several replies that appear together share one connection
}

function unfollow(view) {
  if (views.get(view.reply) !== view) return;
  views.delete(view.reply);
  if (!views.size) disconnect();
}

function disconnect() {
  clearInterval(stream.timer);
  stream.timer = 0;
  stream.source?.close();
  stream.source = null;
  stream.followed.clear();
}

// A connection that follows more than is left is kept: what has ended is silent.
function connect(anew = false) {
  const wanted = [...views.keys()];
  if (!wanted.length || (!anew && stream.source && wanted.every(reply => stream.followed.has(reply)))) return;
  listen('/live/' + wanted.map(reply => (views.get(reply).masked ? '~' : '') + reply).join(','));
  stream.followed = new Set(wanted);
}

function listen(address) {
  stream.source?.close();
  stream.heard = Date.now();
  const source = (stream.source = new EventSource(address));
  source.onopen = () => { stream.heard = Date.now(); };
  source.addEventListener('ping', () => { stream.heard = Date.now(); });
  source.onmessage = event => {
    stream.heard = Date.now();
    const waiting = stream.news.length > 0;
    stream.news.push(...JSON.parse(event.data));
    if (performance.now() - stream.drawn > BEHIND) draw();
    else if (!waiting) later.port2.postMessage(0);
  };
  return source;
}

// Of events that follow each other closely, for the browser is busy, several are drawn at once: after those that have
// come by then. Not in an animation frame: a page in the background gets none.
const later = new MessageChannel();
later.port1.onmessage = draw;

function draw() {
  for (const item of stream.news.splice(0)) {
    if ('began' in item) begin(item);
    if (item.meters?.line) showFigures(item.reply, item.meters.line);
    if (item.meters) document.dispatchEvent(new CustomEvent('playground-meters', { detail: item }));
    views.get(item.reply)?.update(item);
  }
  followEnd();
  stream.drawn = performance.now();
}

// The figures of a reply on a line of their own, where the page has a place for them.
function showFigures(reply, line) {
  for (const shown of document.querySelectorAll(`.live-figures[data-reply="${CSS.escape(reply)}"]`)) {
    if (shown.textContent !== line) shown.textContent = line;
  }
}

function reviveIfSilent() {
  const silent = Date.now() - stream.heard > SILENCE;
  if (silent || stream.source?.readyState === EventSource.CLOSED) connect(true);
}
