// The chat in a frame on another site. It talks to the page around it only if that is the host it was made
// for, and opens every other page in a tab of its own.

export function joinHost(chat, box, connection) {
  const host = chat.dataset.host;
  const tell = (what) => { if (host) parent.postMessage({ pomAssistant: what }, host); };

  addEventListener("message", (event) => {
    if (event.source !== parent || event.origin !== host) return;
    if (event.data?.pomAssistant === "focus") box.focus({ preventScroll: true });
  });
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented && !event.isComposing) tell("close");
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || event.defaultPrevented || link.getAttribute("href").startsWith("#")) return;
    event.preventDefault();
    const address = new URL(link.href);
    if (address.pathname.startsWith("/guidance")) open(address, "_blank", "noopener");
    else carryOn(address.pathname, connection.token);
  });
  tell("ready");
}

// A tab of its own has no access to the storage of the frame: it is handed the conversation.
function carryOn(path, token) {
  const form = document.createElement("form");
  Object.assign(form, { method: "post", action: "/carry-on", target: "_blank", rel: "noopener", hidden: true });
  for (const [name, value] of Object.entries({ conversation: token, to: path })) {
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
  document.body.append(form);
  form.submit();
  form.remove();
}
