// A place to drop a file, or to choose one: it is sent as it is read, and its progress shown, whatever its size.
function element(tag, name, text) {
  const made = document.createElement(tag);
  made.className = name;
  if (text) made.textContent = text;
  return made;
}

function send(file, ticket, shown, done) {
  const request = new XMLHttpRequest();
  request.upload.onprogress = event => shown(event.loaded / Math.max(1, event.total));
  request.onloadend = () => done(request.status === 200 ? '' : request.responseText || 'The file did not arrive. Try it again.');
  request.open('PUT', `/import/${encodeURIComponent(ticket)}?name=${encodeURIComponent(file.name)}`);
  request.send(file);
  return request;
}

export default function ({ parentElement, data, setTriggerValue }) {
  if (parentElement.ticket === data.ticket || parentElement.sending) return;
  parentElement.ticket = data.ticket;
  const place = element('label', 'upload');
  const input = element('input', 'upload-input');
  input.type = 'file';
  input.accept = '.json,.zip,application/json,application/zip';
  const icon = element('span', 'upload-icon', 'upload_file');
  const words = element('span', 'upload-words');
  words.append(element('b', '', 'Choose a file'), ' or drop it here');
  const note = element('small', 'upload-note', data.note);
  words.append(note);
  const bar = element('progress', 'upload-bar');
  bar.hidden = true;
  place.append(input, icon, words, bar);
  parentElement.replaceChildren(place);

  const take = file => {
    if (!file || parentElement.sending) return;
    parentElement.sending = true;
    bar.hidden = false;
    note.textContent = `Sending “${file.name}”`;
    send(file, data.ticket, share => { bar.value = share; }, problem => {
      parentElement.sending = false;
      bar.hidden = true;
      note.textContent = problem || 'Arrived.';
      setTriggerValue('arrived', { problem });
    });
  };
  input.onchange = () => take(input.files[0]);
  place.ondragover = event => { event.preventDefault(); place.classList.add('upload-over'); };
  place.ondragleave = () => place.classList.remove('upload-over');
  place.ondrop = event => {
    event.preventDefault();
    place.classList.remove('upload-over');
    take(event.dataTransfer.files[0]);
  };
}
