// The button that prints: it stands there only where a script can press it.
document.documentElement.classList.add("js-enabled");
document.getElementById("print").addEventListener("click", () => window.print());
