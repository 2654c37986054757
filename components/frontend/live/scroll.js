// Where the page stands. Streamlit follows what grows at the end until one scrolls up, and then never again: here it is
// followed again from the next prompt on, and from when one has come back to the end.

const NEAR = 40; // pixels from the end that count as the end
const place = { following: true, above: null };

function main() {
  return document.querySelector('[data-testid=stAppScrollToBottomContainer]');
}

function toEnd() {
  return main() ? main().scrollHeight - main().scrollTop - main().clientHeight : 0;
}

// Who has sent a prompt wants to see it, wherever he was reading.
function scrollToEnd() {
  place.following = true;
  place.above = null;
  main()?.scrollTo({ top: 1e9 });
}

function followEnd() {
  if (place.following && toEnd() > 0) main().scrollTo({ top: 1e9 });
}

// Earlier messages come above what one is reading, which stays where it is.
function keepPlace() {
  if (place.above !== null && main()) main().scrollTo({ top: main().scrollHeight - place.above });
}

function watchPlace() {
  document.addEventListener('wheel', ({ deltaY }) => { if (deltaY < 0) place.following = false; place.above = null; }, { passive: true });
  document.addEventListener('touchmove', () => { place.following = false; place.above = null; }, { passive: true });
  document.addEventListener('keydown', ({ key }) => {
    if (['PageUp', 'Home', 'ArrowUp'].includes(key)) place.following = false;
    place.above = null;
  });
  document.addEventListener('scroll', () => { if (toEnd() < NEAR) place.following = true; }, { capture: true, passive: true });
  document.addEventListener('click', ({ target }) => {
    if (!target.closest?.('.st-key-show_earlier')) return;
    place.following = false;
    place.above = main().scrollHeight - main().scrollTop;
    setTimeout(() => { place.above = null; }, 2_000);
  }, true);
}
