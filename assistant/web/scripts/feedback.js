// Feedback on an answer, in its place on the page. Without a script the form leads to a page of its own.
export async function giveFeedback(form, submitter, headers) {
  const place = form.closest(".pom-feedback") || form;
  const given = new URLSearchParams(new FormData(form, submitter));
  let response;
  try {
    response = await fetch("/feedback", { method: "POST", headers, body: given });
  } catch {
    return;
  }
  const answer = await response.json().catch(() => ({}));
  if (!answer.html) return;
  const shown = document.createElement("div");
  shown.className = "pom-feedback pom-feedback--open";
  shown.innerHTML = answer.html;
  place.replaceWith(shown);
  const next = shown.querySelector(".govuk-textarea--error, .pom-feedback__thanks");
  next?.focus({ preventScroll: true });
  shown.scrollIntoView({ block: "nearest" });
}
