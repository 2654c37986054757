// Where the page stands. Streamlit follows what grows at the end until one scrolls up, and then never again: here it is
// followed again from the next prompt on, and from when one has come back to the end.

const NEAR = 40; // pixels from the end that count as the end
const place = { following: true, kept: null }; // `kept`: where the page is to stand while it is drawn anew

function main() {
  return document.querySelector('[data-testid=stAppScrollToBottomContainer], [data-testid=stMain]:has(.st-key-present)');
}

function toEnd() {
  return main() ? main().scrollHeight - main().scrollTop - main().clientHeight : 0;
}

// Who has sent a prompt wants to see it, wherever he was reading.
function scrollToEnd() {
  place.following = true;
  place.kept = null;
  main()?.scrollTo({ top: 1e9 });
}

// What grows in the middle of a conversation must not drag the page along.
function followOnlyAtEnd(slot) {
  const message = slot.closest('[data-testid=stChatMessage]');
  place.following = !message || message === [...nativeMessages()].at(-1);
}

function followEnd() {
  if (place.following && toEnd() > 0) main().scrollTo({ top: 1e9 });
}

// Messages come above or below what one is reading, which stays where it is.
function keepPlace() {
  if (place.kept && main()) main().scrollTo({ top: place.kept() });
}

function keptBy(target) {
  if (target.closest?.('.st-key-show_later')) main().scrollBy({ top: -2 * NEAR }); // else Streamlit follows what grows
  const { scrollHeight = 0, scrollTop = 0 } = main() ?? {};
  if (target.closest?.('.st-key-show_earlier')) return () => main().scrollHeight - (scrollHeight - scrollTop);
  if (target.closest?.('.st-key-show_later')) return () => scrollTop;
  return target.closest?.('.st-key-show_end') ? () => main().scrollHeight : null;
}

function watchPlace() {
  document.addEventListener('wheel', ({ deltaY }) => { if (deltaY < 0) place.following = false; place.kept = null; }, { passive: true });
  document.addEventListener('touchmove', () => { place.following = false; place.kept = null; }, { passive: true });
  document.addEventListener('keydown', ({ key }) => {
    if (['PageUp', 'Home', 'ArrowUp'].includes(key)) place.following = false;
    place.kept = null;
  });
  document.addEventListener('scroll', () => { if (toEnd() < NEAR) place.following = true; }, { capture: true, passive: true });
  document.addEventListener('click', ({ target }) => {
    const kept = keptBy(target);
    if (!kept) return;
    Object.assign(place, { following: false, kept });
    setTimeout(() => { place.kept = null; }, 2_000);
  }, true);
}
