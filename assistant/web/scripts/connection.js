// The line to the service: a message sent is answered once, however often the connection is lost.

const TRIES = 18;
const STORED = "conversation";
const WAITING = "waiting";

const pause = (milliseconds) => new Promise((resume) => setTimeout(resume, milliseconds));

// Reads or keeps a value; null where there is none, or the browser denies storage.
function stored(storage, name, value) {
  try {
    if (value === null) window[storage].removeItem(name);
    else if (value !== undefined) window[storage].setItem(name, value);
    return window[storage].getItem(name);
  } catch {
    return null;
  }
}

// Where a browser denies storage to a frame on another site, it may still give it a cookie that belongs to this
// frame on that site alone. It is not sent with any request but that for the frame itself.
function partitioned(name, value) {
  if (value === undefined) return document.cookie.match(new RegExp(`(?:^|; )${name}=([^;]+)`))?.[1];
  document.cookie = `${name}=${value}; Path=/embed; Max-Age=2592000; Secure; SameSite=None; Partitioned`;
  return value;
}

function kept(value) {
  return stored("localStorage", STORED, value) || partitioned(STORED, value);
}

export function secret(bytes = 24) {
  const letters = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(bytes))));
  return letters.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

export class Connection {
  // In a frame, cookies are often blocked: the conversation is then named by a secret of the frame's own.
  constructor(last, embedded) {
    this.last = last;
    this.token = embedded ? kept() || secret() : null;
    if (embedded) kept(this.token);
  }

  startAgain() {
    this.token = secret();
    kept(this.token);
  }

  headers(accept) {
    return { Accept: accept, ...(this.token ? { Conversation: this.token } : {}) };
  }

  // The message that was sent before the page went away, and not yet answered.
  get waiting() {
    try { return JSON.parse(stored("sessionStorage", WAITING) || "null"); } catch { return null; }
  }

  set waiting(message) {
    stored("sessionStorage", WAITING, message && JSON.stringify(message));
  }

  // Sends a message, again and again with the same id if the connection is lost, and gives each new line to
  // `line` and what else has changed to `done`. Throws an error with words for the person.
  async send(message, { line, done, again, failed, lost }) {
    this.waiting = message;
    let reached = false;
    for (let count = 0; count < TRIES; count += 1) {
      if (count) {
        again();
        await pause(Math.min(500 * 2 ** (count - 1), 4000));
      }
      try {
        const response = await fetch("/", {
          method: "POST",
          headers: this.headers("text/event-stream"),
          body: new URLSearchParams({ message: message.text, message_id: message.id, after: this.last }),
        });
        if (!response.ok && response.status < 500) throw await refusal(response, failed);
        // It is starting, or something before it is: the next try may find it ready.
        if (!response.ok) continue;
        reached = true;
        if (await this.read(response, line, done)) {
          this.waiting = null;
          return;
        }
      } catch (problem) {
        if (problem.final) {
          this.waiting = null;
          throw problem;
        }
        if (!navigator.onLine && count) break;
      }
    }
    this.waiting = null;
    throw new Error(reached ? lost : failed);
  }

  // Reads the events of an answer; true if they are complete.
  async read(response, line, done) {
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { value, done: ended } = await reader.read();
      if (ended) return false;
      const events = (rest + value).split("\n\n");
      rest = events.pop();
      for (const event of events) {
        const fields = Object.fromEntries(
          event.split("\n").filter((field) => !field.startsWith(":")).map((field) => {
            const at = field.indexOf(": ");
            return [field.slice(0, at), field.slice(at + 2)];
          }),
        );
        if (fields.event === "line") this.show(JSON.parse(fields.data), line);
        if (fields.event === "problem") return false;
        if (fields.event === "done") {
          done(JSON.parse(fields.data));
          return true;
        }
      }
    }
  }

  // Gets the lines that came meanwhile: from another tab, or before the page was opened.
  async catchUp(line, done) {
    const response = await fetch(`/conversation?after=${this.last}`, { headers: this.headers("application/json") });
    if (!response.ok) return;
    const update = await response.json();
    if (update.last < this.last || !update.lines.some((item) => item.number > this.last)) return;
    update.lines.forEach((item) => this.show(item, line));
    done(update);
  }

  // Each line once, whatever brings it.
  show(item, line) {
    if (item.number <= this.last) return;
    line(item);
    this.last = item.number;
  }
}

async function refusal(response, otherwise) {
  const answer = await response.json().catch(() => ({}));
  return Object.assign(new Error(answer.error || otherwise), { final: true });
}
