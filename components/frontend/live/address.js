// The address names the branch that is open by its newest message. Where another branch is opened, the page says so, and
// the browser can go back from it; where a branch only grows, it is still the same one: its new name replaces the old.

let named = '';

function nameBranch() {
  const { conversation, leaf } = document.querySelector('.next-turn')?.dataset ?? {};
  if (!leaf || named === conversation + leaf) return;
  named = conversation + leaf;
  const parameters = new URLSearchParams(location.search);
  if (parameters.get('c') !== conversation || parameters.get('m') === leaf) return;
  parameters.set('m', leaf);
  history.replaceState(history.state, '', `${location.pathname}?${parameters}`);
}
