// The conversation without a page load. Everything here also works without it, by sending the form.

const byId = (id) => document.getElementById(id);
const composer = byId("composer");
const box = byId("message");
const log = byId("log");
const status = byId("status");
const starting = byId("starting");
const texts = composer.dataset;
let working = false;

document.documentElement.classList.add("js-enabled");

function showError(message) {
  byId("message-group").classList.toggle("govuk-form-group--error", Boolean(message));
  box.classList.toggle("govuk-textarea--error", Boolean(message));
  const line = document.createElement("p");
  line.className = "govuk-error-message";
  line.textContent = message || "";
  byId("message-alert").replaceChildren(...(message ? [line] : []));
}

function showStatus(message, busy = false) {
  status.textContent = message;
  status.classList.toggle("pom-status--working", busy);
}

function addQuestion(message) {
  const copy = byId("person-template").content.cloneNode(true);
  const article = copy.querySelector("article");
  article.querySelector("p").innerText = message;
  log.append(copy);
  return article;
}

function showFromItsStart(element) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  element.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
}

function showCase(html) {
  const panel = byId("case");
  panel.innerHTML = html;
  panel.hidden = !html;
  byId("chat").classList.toggle("pom-chat--with-case", Boolean(html));
}

async function post(message) {
  let response;
  try {
    response = await fetch(composer.getAttribute("action"), {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new URLSearchParams({ message }),
    });
  } catch {
    throw new Error(texts.failed);
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.error || texts.failed);
  return answer;
}

async function send(message) {
  if (working) return;
  if (!message.trim()) {
    showError(texts.empty);
    box.focus();
    return;
  }
  working = true;
  showError("");
  const question = addQuestion(message);
  showStatus(texts.working, true);
  showFromItsStart(question);
  box.value = "";
  try {
    const answer = await post(message);
    byId("welcome")?.remove();
    byId("start-again").hidden = false;
    log.insertAdjacentHTML("beforeend", answer.html);
    byId("suggestions").innerHTML = answer.suggestions;
    showCase(answer.case);
    if (answer.keep) box.value = message;
    showFromItsStart(question);
  } catch (problem) {
    question.remove();
    box.value = message;
    showError(problem.message);
  } finally {
    showStatus("");
    working = false;
    box.focus({ preventScroll: true });
  }
}

composer.addEventListener("submit", (event) => {
  event.preventDefault();
  send(box.value);
});

box.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  composer.requestSubmit();
});

byId("chat").addEventListener("submit", (event) => {
  if (!event.target.matches(".pom-suggestions")) return;
  event.preventDefault();
  send(event.submitter.value);
});

byId("chat").addEventListener("click", (event) => {
  const link = event.target.closest("a[data-draft]");
  if (!link) return;
  event.preventDefault();
  box.value = link.dataset.draft;
  box.focus();
  box.setSelectionRange(box.value.length, box.value.length);
});

async function copy(button) {
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
  } catch {
    // Pages that did not come over HTTPS may not use the clipboard; this older way still works there.
    const area = document.createElement("textarea");
    area.value = button.dataset.copy;
    button.after(area);
    area.select();
    document.execCommand("copy");
    area.remove();
    button.focus();
  }
  if (!working) showStatus(texts.copied);
  const label = button.textContent;
  button.textContent = texts.copied;
  setTimeout(() => {
    button.textContent = label;
    if (!working) showStatus("");
  }, 2000);
}

byId("chat").addEventListener("click", (event) => {
  const button = event.target.closest("button[data-copy]");
  if (button && button.textContent !== texts.copied) copy(button);
});

async function waitUntilReady() {
  while (!starting.hidden) {
    await new Promise((resume) => setTimeout(resume, 2000));
    const response = await fetch("/health/ready").catch(() => null);
    if (!response?.ok) continue;
    starting.hidden = true;
    if (!working) showStatus(texts.ready);
    setTimeout(() => { if (!working) showStatus(""); }, 3000);
  }
}

waitUntilReady();
