// A message that was asked for, from the outline or a search: scrolled to once it is there, and marked for a moment.

const STAY = 2_500; // milliseconds that it is kept in sight while the page is still being drawn
const ABOVE = 72; // pixels of what stands before it
const sought = { wanted: '', message: '', until: 0 };

function seek() {
  const wanted = document.querySelector('.next-turn')?.dataset.sought ?? '';
  if (wanted && wanted !== sought.wanted) Object.assign(sought, { message: wanted.split(' ')[0], until: 0 });
  sought.wanted = wanted || sought.wanted;
  if (sought.message) stayAtSought();
}

function stayAtSought() {
  const found = document.querySelector(`.toolbar[data-message="${sought.message}"]`)?.closest('[data-testid=stChatMessage]');
  if (!found || !main()) return;
  place.following = false;
  place.kept = null;
  if (!sought.until) {
    sought.until = Date.now() + STAY;
    mark(found);
    for (const later of [100, 300, 700, 1_500, STAY - 50]) setTimeout(stayAtSought, later);
  }
  if (Date.now() > sought.until) return leaveSought();
  main().scrollBy({ top: found.getBoundingClientRect().top - main().getBoundingClientRect().top - ABOVE });
}

function mark(found) {
  found.dataset.sought = '';
  setTimeout(() => { delete found.dataset.sought; }, 2_500);
}

function leaveSought() {
  sought.message = '';
}

function watchSought() {
  for (const act of ['wheel', 'touchmove', 'keydown', 'pointerdown']) document.addEventListener(act, leaveSought, { passive: true });
}
