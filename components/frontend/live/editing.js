// The keys of a prompt that is typed anew in its place: Ctrl+Enter sends it, Escape leaves it as it was.

function heedEditing(event) {
  const editor = event.target.closest?.('[class*="st-key-editor_"]');
  const key = event.key === 'Enter' && (event.ctrlKey || event.metaKey) ? 'send' : event.key === 'Escape' ? 'cancel' : '';
  if (!editor || !key || event.isComposing) return;
  event.target.blur(); // the page takes what was typed when it is left
  setTimeout(() => editor.querySelector(`[class*="st-key-${key}_edit_"] button`)?.click());
}

// Who wants to edit wants to type: at the end of what stands there.
let toEdit = '';

function expectEditor({ target }) {
  toEdit = target.closest?.('.toolbar-edit')?.closest('.toolbar').dataset.message ?? toEdit;
}

function focusEditor() {
  const box = toEdit && document.querySelector(`.st-key-editor_${toEdit} textarea`);
  if (!box) return;
  toEdit = '';
  box.focus();
  box.setSelectionRange(box.value.length, box.value.length);
}
