"""The chat page as a person uses it: typed, read by role and name, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

NewContext = Callable[..., BrowserContext]

CASE = "who is responsible for an NPS determinate case sentenced 3 January 2025 with a CRD of 15 March 2027?"


def box(page: Page) -> Locator:
    return page.get_by_role("textbox", name=re.compile("^Your question"))


def replies(page: Page) -> Locator:
    return page.get_by_role("log").locator("article.pom-message--assistant")


def ask(page: Page, question: str) -> Locator:
    """Type a question, send it with Enter, and wait for the whole reply to it."""
    before = replies(page).count()
    box(page).fill(question)
    box(page).press("Enter")
    expect(replies(page)).to_have_count(before + 1)
    return replies(page).last


def test_a_policy_question_is_answered_with_its_quotation_and_source(page: Page) -> None:
    page.goto("/")
    reply = ask(page, "how long do I have to do the first OASys for someone serving life?")
    expect(reply).to_contain_text("16 weeks")
    expect(reply.get_by_role("heading", name="From the guidance")).to_be_visible()
    source = reply.locator("details").first
    if source.get_attribute("open") is None:
        source.locator("summary").click()
    source.get_by_role("link", name=re.compile("Read it in the document")).click()
    expect(page).to_have_url(re.compile(r"/guidance/omic-operating-model-2019#p-"))
    passage = page.locator(":target")
    expect(passage).to_be_in_viewport()
    expect(passage).to_contain_text(re.compile("16 weeks"))


def test_a_case_is_answered_and_its_facts_stand_in_the_panel(page: Page) -> None:
    page.goto("/")
    reply = ask(page, CASE)
    expect(reply).to_contain_text("responsible")
    panel = page.get_by_role("region", name="This case")
    expect(panel).to_contain_text("15 March 2027")
    expect(panel).to_contain_text("Responsible now")
    panel.get_by_role("link", name="Change Conditional release date").click()
    expect(box(page)).to_be_focused()
    expect(box(page)).to_have_value(re.compile("conditional release date is $"))


def test_what_is_due_is_a_table_with_the_status_in_words(page: Page) -> None:
    page.goto("/")
    ask(page, CASE)
    reply = ask(page, "what is due for him?")
    table = reply.get_by_role("table", name="Duties").first
    expect(table.get_by_role("columnheader")).to_have_text(["Task", "Due", "Owner", "Status"])
    first = table.get_by_role("row").nth(1)
    expect(first.get_by_role("cell").last).to_have_text(re.compile("Overdue|Due soon|Upcoming"))


def test_a_question_outside_the_guidance_is_refused(page: Page) -> None:
    page.goto("/")
    reply = ask(page, "what's the weather tomorrow?")
    expect(reply).to_contain_text("I cannot help with that")
    expect(reply).to_contain_text("I answer questions about offender management in custody")


def test_enter_sends_and_shift_enter_breaks_the_line(page: Page) -> None:
    page.goto("/")
    box(page).focus()
    page.keyboard.type("what is")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("a PIPE?")
    expect(box(page)).to_have_value("what is\na PIPE?")
    expect(replies(page)).to_have_count(0)
    page.keyboard.press("Enter")
    expect(replies(page)).to_have_count(1)
    expect(box(page)).to_be_focused()
    expect(box(page)).to_have_value("")


def test_a_suggestion_can_be_reached_and_sent_with_the_keyboard(page: Page) -> None:
    page.goto("/")
    suggestion = page.get_by_role("button", name="what is a PIPE?")
    suggestion.focus()
    page.keyboard.press("Enter")
    expect(replies(page)).to_have_count(1)
    expect(replies(page).last).to_contain_text("Psychologically Informed Planned Environment")


def test_the_first_thing_the_keyboard_reaches_skips_to_the_conversation(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()


def test_a_reload_keeps_the_conversation_and_start_again_begins_a_new_one(page: Page) -> None:
    page.goto("/")
    ask(page, CASE)
    said = page.get_by_role("log").locator(".pom-message__body").all_inner_texts()
    page.reload()
    assert page.get_by_role("log").locator(".pom-message__body").all_inner_texts() == said
    expect(page.get_by_role("region", name="This case")).to_contain_text("15 March 2027")
    page.get_by_role("button", name="Start again").click()
    expect(replies(page)).to_have_count(0)
    expect(page.get_by_role("region", name="This case")).to_have_count(0)


def test_it_works_without_javascript(new_context: NewContext) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto("/")
    box(page).fill("what is a PIPE?")
    page.get_by_role("button", name="Send").click()
    expect(replies(page)).to_have_count(1)
    expect(replies(page).last).to_contain_text("Psychologically Informed Planned Environment")
    page.locator(".pom-suggestions").get_by_role("button").first.click()
    expect(replies(page)).to_have_count(2)
    page.get_by_role("button", name="Start again").click()
    expect(replies(page)).to_have_count(0)


def test_an_empty_message_gets_a_clear_error_and_the_next_one_works(page: Page) -> None:
    page.goto("/")
    box(page).press("Enter")
    expect(page.get_by_role("alert")).to_have_text("Type a question, or the facts of a case")
    ask(page, "what is a PIPE?")
    expect(page.get_by_role("alert")).to_be_empty()


def test_a_message_that_is_too_long_stays_in_the_box_and_the_next_one_works(page: Page) -> None:
    page.goto("/")
    reply = ask(page, "x " * 5000)
    expect(reply).to_contain_text("10,000 characters")
    expect(box(page)).to_have_value("x " * 5000)
    expect(ask(page, "what is a PIPE?")).to_contain_text("Psychologically")


def test_an_answer_can_be_copied_with_its_source(new_context: NewContext) -> None:
    context = new_context(permissions=["clipboard-read", "clipboard-write"], bypass_csp=True)
    page = context.new_page()
    page.goto("/")
    reply = ask(page, "how long do I have to do the first OASys for someone serving life?")
    reply.get_by_role("button", name="Copy answer").click()
    expect(page.get_by_role("status")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "16 weeks" in copied
    assert "2019 operating model" in copied


def test_the_dates_of_a_case_can_be_seen_and_taken_to_a_calendar(page: Page) -> None:
    page.goto("/")
    ask(page, CASE)
    page.get_by_role("link", name="Timeline of this case").click()
    picture = page.get_by_role("img", name=re.compile("dates"))
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.complete && image.naturalWidth > 0")
    expect(page.get_by_role("rowheader", name="15 March 2027").first).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Add the dates to a calendar").click()
    assert download.value.path().read_text(encoding="utf-8").startswith("BEGIN:VCALENDAR")


def test_the_transcript_holds_the_whole_conversation_unfolded(page: Page) -> None:
    page.goto("/")
    ask(page, "what is a PIPE?")
    ask(page, CASE)
    page.goto("/transcript")
    expect(page.locator("article.pom-message--assistant")).to_have_count(2)
    expect(page.locator("details:not([open])")).to_have_count(0)


def test_what_is_typed_is_shown_and_never_run(page: Page) -> None:
    alerts: list[str] = []
    page.on("dialog", lambda dialog: (alerts.append(dialog.message), dialog.dismiss()))
    page.goto("/")
    typed = "<img src=x onerror=alert(1)> <script>alert(2)</script> what is a PIPE?"
    ask(page, typed)
    expect(page.get_by_role("log")).to_contain_text("<script>alert(2)</script>")
    page.reload()
    expect(page.get_by_role("log")).to_contain_text("<script>alert(2)</script>")
    assert alerts == []


def test_the_first_view_is_light_and_asks_no_other_host(page: Page, server: str) -> None:
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    received: list[int] = []
    session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(request.url.split(":")[0] + ":" + request.url.split(":")[1]))
    page.goto("/", wait_until="networkidle")
    assert 0 < sum(received) < 100_000
    assert hosts - {"data:,"} == {server.rsplit(":", 1)[0]}


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_nothing_is_cut_off_at_the_side(new_context: NewContext, width: int) -> None:
    page = new_context(viewport={"width": width, "height": 800}).new_page()
    for address in ("/", "/guidance", "/guidance?q=oasys", "/guidance/omic-operating-model-2019"):
        page.goto(address)
        if address == "/":
            ask(page, CASE)
            ask(page, "what is due for him?")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address


def test_feedback_is_given_with_the_keyboard_alone(page: Page) -> None:
    page.goto("/")
    ask(page, "what is a PIPE?")
    page.get_by_role("button", name="No this answer was not useful").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("You said this answer was not useful.")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.get_by_role("radio", name="It is wrong")).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.type("Too many words")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Send feedback")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Thank you for your feedback.")).to_be_focused()
    page.goto("/feedback/all")
    expect(page.get_by_text("Too many words").first).to_be_visible()


def test_feedback_is_given_without_javascript(new_context: NewContext) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto("/")
    box(page).fill("what is a PIPE?")
    page.get_by_role("button", name="Send").click()
    page.get_by_role("button", name="No this answer was not useful").click()
    page.get_by_role("radio", name="It is out of date").check()
    page.get_by_role("button", name="Send feedback").click()
    expect(page.get_by_role("status")).to_have_text("Thank you for your feedback.")
    page.get_by_role("link", name="Back to the conversation").click()
    expect(replies(page)).to_have_count(1)


def test_a_conversation_is_held_with_the_keyboard_alone(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    for _ in range(20):
        page.keyboard.press("Tab")
        if box(page).evaluate("box => box === document.activeElement"):
            break
    page.keyboard.type(CASE)
    page.keyboard.press("Enter")
    expect(replies(page)).to_have_count(1)
    expect(box(page)).to_be_focused()
    # Back from the box: the suggestions, then what can be done with the answer, then its sources.
    for _ in range(20):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.matches('summary')"):
            break
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.parentElement.open")


def test_the_editions_stand_side_by_side(page: Page) -> None:
    page.goto("/")
    ask(page, CASE)
    page.get_by_role("link", name="Compare the editions for this case").click()
    row = page.get_by_role("table", name="Responsibility and handover").get_by_role(
        "row", name=re.compile("^Handover Differs")
    )
    expect(row.get_by_role("cell")).to_have_text(["15 July 2026", "31 July 2026", "1 July 2026"])


def test_the_transcript_is_taken_away_as_a_word_document(page: Page) -> None:
    page.goto("/")
    ask(page, "what is a PIPE?")
    page.goto("/transcript")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as a Word document").click()
    assert download.value.suggested_filename == "conversation.docx"
    assert download.value.path().read_bytes().startswith(b"PK")


def test_a_passage_names_the_rules_that_rest_on_it(page: Page) -> None:
    page.goto("/")
    reply = ask(page, "how long do I have to do the first OASys for someone serving life?")
    address = reply.get_by_role("link", name=re.compile("Read it in the document")).first.get_attribute(
        "href"
    )
    page.goto(address or "")
    passage = page.locator(":target")
    passage.get_by_text(re.compile("rules? rests? on this passage")).click()
    expect(passage.get_by_role("listitem").filter(has_text="TASK-")).not_to_have_count(0)
