// The assistant on any page: <script src="https://host/embed.js" data-position="bottom-right" defer></script>
(() => {
  const script = document.currentScript;
  const origin = new URL(script.src).origin;
  const TEXTS = /* texts */ {};
  const KEPT = "pom-assistant";
  const PLACES = ["bottom-right", "bottom-left", "top-right", "top-left"];
  const SMALLEST = { width: 280, height: 320 };
  const STYLE = `
    :host { all: initial !important; display: block !important; position: fixed !important; opacity: 1 !important; transform: none !important; filter: none !important; visibility: visible !important; z-index: 2147483647 !important; inset: auto !important; width: 0 !important; height: 0 !important }
    * { box-sizing: border-box }
    [hidden] { display: none !important }
    .box { position: fixed; inset: auto; margin: 0; padding: 0; border: 0; background: none; overflow: visible; display: flex; gap: 8px; max-width: calc(100vw - 32px); direction: ltr; font: 400 16px/1.4 system-ui, "Segoe UI", Roboto, Arial, sans-serif; color: #0b0c0c }
    .right { right: 16px; align-items: flex-end } .left { left: 16px; align-items: flex-start }
    .bottom { bottom: 16px; flex-direction: column } .top { top: 16px; flex-direction: column-reverse }
    button { font: inherit; cursor: pointer }
    .open { min-height: 48px; padding: 10px 20px; border: 2px solid #fff; border-radius: 26px; background: #0b4144; color: #fff; font-weight: 700; box-shadow: 0 2px 8px #0006 }
    .open:hover { background: #072c2e }
    button:focus-visible, .size:focus-visible, a:focus-visible { outline: 3px solid #fd0; outline-offset: 0; box-shadow: inset 0 0 0 2px #0b0c0c; background: #fd0; color: #0b0c0c }
    .panel { display: flex; flex-direction: column; width: min(var(--w), calc(100vw - 32px)); height: min(var(--h), calc(100vh - 32px)); height: min(var(--h), calc(100dvh - 32px)); overflow: hidden; border: 2px solid #0b4144; border-radius: 6px; background: #fff; box-shadow: 0 4px 24px #0007 }
    .bar { display: flex; align-items: center; gap: 4px; flex: none; padding: 2px 4px 2px 12px; background: #0b4144; color: #fff }
    .bar b { flex: 1; overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
    .bar button { min-width: 44px; min-height: 44px; border: 0; background: none; color: inherit; font-size: 20px; line-height: 1 }
    .size { touch-action: none; cursor: nwse-resize !important } .nesw { cursor: nesw-resize !important }
    iframe { flex: 1; width: 100%; min-height: 0; border: 0; background: #fff; color-scheme: light dark }
    .problem { flex: 1; padding: 16px } .problem p { margin: 0 0 12px } .problem a { color: #1d70b8 }
    @media (max-width: 480px) { .panel { position: fixed; inset: 0; width: auto; height: auto; border-radius: 0 } .size { display: none } }
    @media print { .box { display: none } }`;

  const kept = (change) => {
    let state = {};
    try {
      state = JSON.parse(localStorage.getItem(KEPT)) || {};
      if (change) localStorage.setItem(KEPT, JSON.stringify({ ...state, ...change }));
    } catch { /* a host may forbid storage */ }
    return state;
  };

  class PomAssistant extends HTMLElement {
    connectedCallback() {
      if (this.box) return;
      const asked = (this.closest("[lang]")?.lang || document.documentElement.lang || "en").toLowerCase();
      this.language = [asked, asked.split("-")[0]].find((name) => name in TEXTS) || "en";
      this.texts = TEXTS[this.language];
      const place = PLACES.includes(this.dataset.position) ? this.dataset.position : PLACES[0];
      const [vertical, horizontal] = place.split("-");
      this.signs = { width: horizontal === "right" ? -1 : 1, height: vertical === "bottom" ? -1 : 1 };
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(STYLE);
      const root = this.attachShadow({ mode: "open" });
      root.adoptedStyleSheets = [sheet];
      this.box = this.make("div", { className: `box ${vertical} ${horizontal}`, lang: this.language });
      this.panel = this.make("section", { className: "panel", hidden: true, role: "dialog", ariaLabel: this.texts.title });
      this.button = this.make("button", { className: "open", type: "button", textContent: this.texts.open, ariaExpanded: "false" });
      this.handle = this.make("button", { className: this.signs.width === this.signs.height ? "size" : "size nesw", type: "button", textContent: "⤡", ariaLabel: this.texts.resize });
      const close = this.make("button", { type: "button", textContent: "✕", ariaLabel: this.texts.close });
      const bar = this.make("div", { className: "bar" });
      bar.append(this.handle, this.make("b", { textContent: this.texts.title }), close);
      this.panel.append(bar);
      this.box.append(this.panel, this.button);
      root.append(this.box);
      this.button.onclick = () => this.show(true, true);
      close.onclick = () => this.show(false, true);
      root.addEventListener("keydown", (event) => {
        if (event.key !== "Escape" || this.panel.hidden) return;
        event.stopPropagation();
        this.show(false, true);
      });
      this.resizable();
      addEventListener("message", (event) => this.hear(event));
      // In the browser's top layer nothing of the host can lie above it or cut it off.
      if (this.box.showPopover) { this.box.popover = "manual"; this.box.showPopover(); }
      if (kept().open) this.show(true, false);
    }

    make(tag, properties) { return Object.assign(document.createElement(tag), properties); }

    show(open, focus) {
      this.panel.hidden = !open;
      this.button.hidden = open;
      this.button.ariaExpanded = String(open);
      kept({ open });
      if (open && !this.frame) this.load();
      this.wanted = open && focus;
      if (open) this.tell("focus");
      if (open && focus) this.frame.focus();
      if (!open && focus) this.button.focus();
    }

    load() {
      const { width = 420, height = 640 } = kept();
      this.resize(width, height);
      const address = `${origin}/embed?host=${encodeURIComponent(location.origin)}&lang=${this.language}`;
      this.frame = this.make("iframe", { src: address, title: this.texts.title, allow: "clipboard-write" });
      this.panel.append(this.frame);
      this.frame.addEventListener("load", () => setTimeout(() => this.ready || this.explain(), 4000));
    }

    // The frame stays silent when this page is not among the allowed hosts.
    explain() {
      const note = this.make("div", { className: "problem" });
      const link = this.make("a", { href: origin, target: "_blank", rel: "noopener", textContent: this.texts.tab });
      note.append(this.make("p", { textContent: this.texts.refused, role: "alert" }), link);
      this.frame.replaceWith(note);
    }

    tell(what) { if (this.ready && this.wanted) this.frame.contentWindow.postMessage({ pomAssistant: what }, origin); }

    hear(event) {
      if (event.origin !== origin || !this.frame || event.source !== this.frame.contentWindow) return;
      const what = event.data?.pomAssistant;
      if (what === "ready") { this.ready = true; this.tell("focus"); }
      if (what === "close") this.show(false, true);
    }

    resize(width, height) {
      this.size = { width: Math.max(width, SMALLEST.width), height: Math.max(height, SMALLEST.height) };
      this.panel.style.setProperty("--w", `${this.size.width}px`);
      this.panel.style.setProperty("--h", `${this.size.height}px`);
    }

    resizable() {
      const { handle, signs } = this;
      const by = (x, y, from) => this.resize(from.width + signs.width * x, from.height + signs.height * y);
      handle.onpointerdown = (down) => {
        const { width, height } = this.panel.getBoundingClientRect();
        handle.setPointerCapture(down.pointerId);
        handle.onpointermove = (move) => by(move.clientX - down.clientX, move.clientY - down.clientY, { width, height });
        handle.onpointerup = handle.onpointercancel = () => { handle.onpointermove = null; kept(this.size); };
      };
      handle.onkeydown = (event) => {
        const step = { ArrowLeft: [-20, 0], ArrowRight: [20, 0], ArrowUp: [0, -20], ArrowDown: [0, 20] }[event.key];
        if (!step) return;
        event.preventDefault();
        const { width, height } = this.panel.getBoundingClientRect();
        by(...step, { width, height });
        kept(this.size);
      };
    }
  }

  if (customElements.get("pom-assistant")) return;
  customElements.define("pom-assistant", PomAssistant);
  const start = () => {
    if (document.querySelector("pom-assistant")) return;
    const element = document.createElement("pom-assistant");
    element.dataset.position = script.dataset.position || "";
    document.body.append(element);
  };
  if (document.body) start(); else addEventListener("DOMContentLoaded", start);
})();
