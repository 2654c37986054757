// Notes when things become visible, in milliseconds since 1970, the clock of the mock server too. Visible is what is in
// the document: it is painted within the next frame. It stands in every page before the playground's own scripts.

(() => {
  const MESSAGES = '[data-testid=stChatMessage]';
  const CHARACTERS = '.st-key-prompt textarea';
  const COLUMN = '.st-key-reply_text_0_';
  const UNSEEN = 1000; // milliseconds
  const bench = (window.bench = { watched: null });

  // The next key or click begins it; it goes on from `first` to `last`, words in the last message of the page, which
  // follows on one that has the word `asked`.
  bench.watch = (asked, first, last) => {
    const watched = { words: { asked, first, last }, began: 0, first: 0, complete: 0, length: 0, grown: [] };
    watched.over = new Promise(resolve => { watched.resolve = resolve; });
    bench.watched = watched;
    look();
  };

  function look() {
    const watched = bench.watched;
    if (!watched || watched.complete) return;
    const messages = document.querySelectorAll(MESSAGES);
    const text = messages[messages.length - 1]?.textContent ?? '';
    if (!watched.first) {
      if (!messages[messages.length - 2]?.textContent.includes(watched.words.asked)) return;
      if (!text.includes(watched.words.first)) return;
      watched.first = Date.now();
    }
    if (text.length > watched.length) {
      watched.length = text.length;
      watched.grown.push(Date.now());
    }
    if (text.includes(watched.words.last)) {
      watched.complete = Date.now();
      watched.resolve();
    }
  }

  // What has been noted, once all of it has; an error if that takes longer than `patience` milliseconds.
  bench.over = async patience => {
    const late = new Promise((_, reject) => setTimeout(() => reject(new Error('The reply did not come.')), patience));
    await Promise.race([bench.watched.over, late]);
    const { began, first, complete, grown } = bench.watched;
    return { began, first, complete, grown };
  };

  // From now on, when each of so many columns of a comparison has grown.
  bench.watchColumns = count => {
    bench.columns = Array.from({ length: count }, () => []);
    bench.lengths = Array(count).fill(0);
  };

  function lookAtColumns() {
    bench.lengths?.forEach((length, column) => {
      const text = document.querySelector(COLUMN + column)?.textContent ?? '';
      if (text.length > length) {
        bench.lengths[column] = text.length;
        bench.columns[column].push(Date.now());
      }
    });
  }

  // When a word stands in all columns.
  bench.columnsWith = async word => {
    const isThere = (_, column) => document.querySelector(COLUMN + column)?.textContent.includes(word);
    while (!bench.columns.every(isThere)) await new Promise(requestAnimationFrame);
    return Date.now();
  };

  const nextKey = () => new Promise(resolve => addEventListener('keydown', resolve, { capture: true, once: true }));

  // Milliseconds from the next key until the frame that shows what it typed.
  bench.nextCharacter = async () => {
    const box = document.querySelector(CHARACTERS);
    const before = box.value.length;
    const { timeStamp } = await nextKey();
    while (box.value.length === before) await new Promise(requestAnimationFrame);
    return performance.now() - timeStamp;
  };

  // Milliseconds from the next key until the script has run for it and the page shows what came of it; null if it ran
  // so briefly that its state never changed in the page.
  bench.nextRun = async () => {
    const { timeStamp } = await nextKey();
    const unseen = new Promise(resolve => setTimeout(resolve, UNSEEN, 'unseen'));
    if (await Promise.race([scriptState(state => state !== 'notRunning'), unseen])) return null;
    await scriptState(state => state === 'notRunning');
    return performance.now() - timeStamp;
  };

  const scriptState = wanted => new Promise(resolve => {
    const app = document.querySelector('[data-testid=stApp]');
    const check = () => wanted(app.dataset.testScriptState) && (observer.disconnect(), resolve());
    const observer = new MutationObserver(check);
    observer.observe(app, { attributeFilter: ['data-test-script-state'] });
    check();
  });

  const began = () => { if (bench.watched) bench.watched.began ||= Date.now(); };
  for (const action of ['keydown', 'click']) addEventListener(action, began, { capture: true });
  new MutationObserver(() => { look(); lookAtColumns(); }).observe(document, { subtree: true, childList: true, characterData: true });
})();
