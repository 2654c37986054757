// Tells tests when a page is at rest: what was done to it has reached the server, which has answered and run the script.
{
  const UNSAID = 250; // ms; a slider keeps what it was moved to for 200 before it says so
  const CALM = 100; // ms; a run of the script may be followed by another
  const UNANSWERED = 3_000; // ms after which what was sent needs no answer, as a heartbeat does not
  let said = 0;
  let spoke = 0;
  let touched = 0;
  const heard = new WeakSet();
  const { send } = WebSocket.prototype;

  const hear = () => { spoke = performance.now(); };
  WebSocket.prototype.send = function (data) {
    if (!heard.has(this)) this.addEventListener("message", hear);
    heard.add(this);
    said = performance.now();
    send.call(this, data);
  };
  for (const kind of ["keydown", "pointerdown", "pointerup", "input", "change"]) {
    addEventListener(kind, () => { touched = performance.now(); }, true);
  }

  window.atRest = () => {
    const state = document.querySelector("[data-testid=stApp]")?.dataset.testScriptState;
    const now = performance.now();
    const isAnswered = spoke > said || (said && now - said > UNANSWERED);
    return state === "notRunning" && isAnswered && now - spoke > CALM && now - touched > UNSAID;
  };
}
