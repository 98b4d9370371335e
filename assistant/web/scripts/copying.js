// Copies what a button holds to the clipboard.
export async function copyFrom(button) {
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
}
