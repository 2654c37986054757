export default function ({ data, parentElement }) {
  const made = parentElement.querySelector('button') ?? parentElement.appendChild(document.createElement('button'));
  made.type = 'button';
  made.textContent = data.label;
  made.onclick = async () => {
    await write(data.text);
    made.textContent = 'Copied';
    setTimeout(() => { made.textContent = data.label; }, 1500);
  };
}
