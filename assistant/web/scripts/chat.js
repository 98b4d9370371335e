// The conversation without a page load. Everything here also works without it, by sending the form.
import { Connection, secret } from "./connection.js";
import { copyFrom } from "./copying.js";
import { giveFeedback } from "./feedback.js";
import { joinHost } from "./frame.js";

const byId = (id) => document.getElementById(id);
const chat = byId("chat");
const composer = byId("composer");
const box = byId("message");
const log = byId("log");
const status = byId("status");
const starting = byId("starting");
const texts = composer.dataset;
const embedded = "embedded" in chat.dataset;
const connection = new Connection(Number(chat.dataset.last), embedded);
let working = false;
let unsent = null;

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
  element?.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
}

function addLine({ html }) {
  log.insertAdjacentHTML("beforeend", html);
}

function showRest({ suggestions, case: panelHtml }) {
  byId("welcome")?.remove();
  byId("start-again").hidden = false;
  byId("suggestions").innerHTML = suggestions;
  const panel = byId("case");
  panel.innerHTML = panelHtml;
  panel.hidden = !panelHtml;
  chat.classList.toggle("pom-chat--with-case", Boolean(panelHtml));
}

async function send(text, id = unsent?.text === text ? unsent.id : secret(12)) {
  if (working) return;
  if (!text.trim()) {
    showError(texts.empty);
    box.focus();
    return;
  }
  working = true;
  unsent = { text, id };
  showError("");
  const question = addQuestion(text);
  let first = null;
  showStatus(texts.working, true);
  showFromItsStart(question);
  box.value = "";
  try {
    await connection.send(unsent, {
      again: () => showStatus(texts.again, true),
      failed: texts.failed,
      lost: texts.lost,
      line: (item) => {
        question.remove();
        addLine(item);
        if (item.by === "person") first = log.lastElementChild;
      },
      done: (update) => {
        question.remove();
        showRest(update);
        if (update.keep) box.value = text;
        showFromItsStart(first);
      },
    });
    unsent = null;
  } catch (problem) {
    question.remove();
    box.value = text;
    showError(problem.message);
  } finally {
    showStatus("");
    working = false;
    box.focus({ preventScroll: true });
  }
}

async function catchUp() {
  if (working) return;
  log.setAttribute("aria-busy", "true");
  await connection.catchUp(addLine, showRest).catch(() => {});
  log.removeAttribute("aria-busy");
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

chat.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches(".pom-suggestions")) {
    event.preventDefault();
    send(event.submitter.value);
  } else if (form.matches(".pom-feedback, .pom-feedback__form")) {
    event.preventDefault();
    giveFeedback(form, event.submitter, connection.headers("application/json"));
  } else if (form.id === "start-again" && embedded) {
    event.preventDefault();
    connection.startAgain();
    location.reload();
  }
});

chat.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-draft]");
  if (!link) return;
  event.preventDefault();
  box.value = link.dataset.draft;
  box.focus();
  box.setSelectionRange(box.value.length, box.value.length);
});

chat.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-copy]");
  if (!button || button.textContent === texts.copied) return;
  await copyFrom(button);
  if (!working) showStatus(texts.copied);
  const label = button.textContent;
  button.textContent = texts.copied;
  setTimeout(() => {
    button.textContent = label;
    if (!working) showStatus("");
  }, 2000);
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

if (embedded) joinHost(chat, box, connection);
if (embedded) await catchUp();
// A message that was under way when the page was left: sent again under the same id, it is answered once.
if (connection.waiting) send(connection.waiting.text, connection.waiting.id);
addEventListener("online", catchUp);
document.addEventListener("visibilitychange", () => { if (!document.hidden) catchUp(); });
waitUntilReady();
