// Tells tests when a page is at rest: its server has answered what it was asked, and nothing that was done to the page
// is still on its way there.
{
  const UNSAID = 250; // ms; a slider keeps what it was moved to for 200 before it says so
  const CALM = 100; // ms; a run of the script may be followed by another
  let waiting = true;
  let spoke = 0;
  let touched = 0;
  const heard = new WeakSet();
  const { send } = WebSocket.prototype;

  const hear = () => {
    waiting = false;
    spoke = performance.now();
  };
  WebSocket.prototype.send = function (data) {
    if (!heard.has(this)) this.addEventListener("message", hear);
    heard.add(this);
    waiting = true;
    send.call(this, data);
  };
  for (const kind of ["keydown", "pointerdown", "pointerup", "input", "change"]) {
    addEventListener(kind, () => { touched = performance.now(); }, true);
  }

  window.atRest = () => {
    const state = document.querySelector("[data-testid=stApp]")?.dataset.testScriptState;
    const now = performance.now();
    return state === "notRunning" && !waiting && now - spoke > CALM && now - touched > UNSAID;
  };
}
