"""The page at /ui in a real browser: what it shows, how it is operated, and that nothing in a record can run in it."""

import re

import pytest

from support.answers import answer, encode, logprobs, usage
from support.browser import Visit, running_browser
from support.deadline import eventually
from support.fake_upstream import error, whole
from support.gateway import CHAT, Gateway, chat, sum_of
from support.lane import PROVIDER_KEYS, policy
from support.raw_client import request_bytes

JUDGED = {"x-tierway-class": "judged"}
UNSURE = "I am not sure, I do not know."
HOSTILE = "<script>window.ran=1</script><img src=x onerror='window.ran=2'>"
MANY = 10_000
TOKEN = "an-admin-token-of-the-tests"


def change_policy(config: dict) -> None:
    config["admin"]["decisions_kept"] = MANY
    config["log"] = {"decisions": "off", "audit": "off"}


@pytest.fixture(name="browser", scope="module")
def browser_fixture():
    with running_browser() as browser:
        yield browser


@pytest.fixture(name="traffic", scope="module")
def traffic_fixture(lane_of_module):
    """Some of everything: kept and given up drafts, a failure, a denied climb, texts that want to be markup."""
    lane = lane_of_module
    for _ in range(3):
        lane.cheap.push(whole(answer("It is 42.", logprobs=logprobs("It is 42.", -0.01), used=usage(20, 8))))
        lane.gateway.ask(headers=JUDGED)
    lane.cheap.push(whole(answer(UNSURE, logprobs=logprobs(UNSURE, -3.0), used=usage(20, 8))))
    lane.dear.push(whole(answer("It is 42.", used=usage(20, 5))))
    lane.gateway.ask(headers=JUDGED)
    lane.cheap.push(whole(answer(model=HOSTILE), headers={"x-simulated": "tierway"}))
    lane.gateway.ask(HOSTILE)
    lane.gateway.ask(model=HOSTILE)
    lane.gateway.ask(headers={"x-tierway-class": HOSTILE})
    lane.cheap.push(*[error(500, HOSTILE, HOSTILE)] * 3)
    lane.spare.push(*[error(500, HOSTILE, HOSTILE)] * 3)
    last = lane.gateway.ask().request_id
    lane.gateway.record(last)
    lane.cheap.scripts.clear()
    lane.spare.scripts.clear()
    return lane


@pytest.fixture(name="visit")
def visit_fixture(browser, traffic):
    with Visit(browser, traffic.gateway.admin_address) as visit:
        visit.page.add_init_script("window.ran = 0")
        visit.open_live()
        yield visit
        assert not visit.complaints
        assert not visit.foreign()
        assert visit.page.evaluate("window.ran") == 0


# What is waited for is always a function: expressions would be evaluated as strings, which the content policy forbids.

def rows(page):
    return page.locator(".grid-rows .grid-row")


def first_row(page):
    """The newest decision: rows are placed, not ordered."""
    return page.locator('.grid-rows .grid-row[aria-rowindex="2"]')


def figure(page, title: str) -> str:
    return page.locator(".figure", has=page.get_by_text(title, exact=True)).locator(".value").inner_text()


def amount(text: str) -> float:
    return float(text.replace("\u2212", "-").replace("$", "").replace(",", ""))


def no_sideways_scroll(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_numbers_are_those_of_the_metrics(visit, traffic):
    metrics = traffic.gateway.metrics()
    cost, baseline = sum_of(metrics, "tierway_cost_usd_total"), sum_of(metrics, "tierway_baseline_cost_usd_total")
    assert amount(figure(visit.page, "Spent")) == pytest.approx(cost, abs=1e-6)
    assert amount(figure(visit.page, "All-frontier baseline")) == pytest.approx(baseline, abs=1e-6)
    assert amount(figure(visit.page, "Saved")) == pytest.approx(baseline - cost, abs=2e-6)
    assert figure(visit.page, "Requests") == f"{sum_of(metrics, 'tierway_requests_total'):.0f}"
    assert visit.page.locator("#flow tbody tr", has_text="judged").locator("td").nth(3).inner_text() == "4"
    escalations = visit.page.locator("#escalations tbody tr", has_text="low confidence").inner_text()
    assert "approved" in escalations and "small → frontier" in escalations
    assert visit.page.locator("#health tbody tr").count() == 3
    assert visit.page.locator(".uplot canvas").count() == 2


def test_simulated_answers_are_said_to_be(visit):
    assert visit.page.locator("#simulated").is_visible()


def test_what_happens_meanwhile_appears(visit, traffic):
    traffic.cheap.push(whole())
    before = int(first_row(visit.page).get_attribute("data-sequence"))
    traffic.gateway.ask()
    visit.page.wait_for_function("""before => Number(document.querySelector('.grid-rows [aria-rowindex="2"]').dataset.sequence) > before""",
                                 arg=before)


def test_a_decision_is_explained_by_keyboard_alone(visit):
    page = visit.page
    page.locator("#filters select").first.select_option(label="Escalated")
    page.wait_for_function("() => document.querySelectorAll('.grid-rows .grid-row').length === 1")
    page.locator("#filters select").last.focus()
    page.keyboard.press("Tab")
    if not page.evaluate("document.activeElement.matches('[data-sequence]')"):
        page.keyboard.press("Tab")
    sequence = page.evaluate("document.activeElement.dataset.sequence")
    assert sequence
    page.keyboard.press("Enter")
    drawer = page.locator("dialog[open]")
    drawer.wait_for()
    text = drawer.inner_text()
    for told in ("judged", "low confidence", "logprob", "Features", "draft", "All-frontier baseline", "climbed for"):
        assert told in text, told
    assert page.evaluate("document.activeElement.closest('dialog') !== null")
    page.keyboard.press("Escape")
    drawer.wait_for(state="detached")
    assert page.evaluate("document.activeElement.dataset.sequence") == sequence


def test_arrows_walk_the_rows_and_the_drawer_steps_through_them(visit):
    page = visit.page
    first_row(page).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.getAttribute('aria-rowindex')") == "3"
    page.keyboard.press("Enter")
    page.locator("dialog[open]").wait_for()
    shown = page.locator("#drawer code").first.inner_text()
    page.keyboard.press("j")
    assert page.locator("#drawer code").first.inner_text() != shown
    page.keyboard.press("k")
    assert page.locator("#drawer code").first.inner_text() == shown
    page.locator("#drawer-close").click()
    assert page.locator("dialog[open]").count() == 0


def test_hostile_texts_are_shown_and_do_not_run(visit, traffic):
    page = visit.page
    hostile = [record for record in traffic.gateway.decisions() if "<script>" in str(record)]
    assert len(hostile) >= 2
    for record in hostile:
        row = page.locator(f'[data-sequence="{record["sequence"]}"]')
        row.click()
        page.locator("dialog[open]").wait_for()
        page.locator("#drawer summary").click()
        assert "<script>window.ran=1" in page.locator("#drawer pre").inner_text()
        page.keyboard.press("Escape")
    assert page.locator("main script, main img, dialog script, dialog img").count() == 0


def test_trying_explains_and_calls_nobody(visit, traffic):
    page = visit.page
    before = [len(upstream.requests) for upstream in traffic.upstreams.values()]
    page.get_by_label("Prompt").fill("Please prove formally that 1 = 1. " + HOSTILE)
    page.keyboard.press("Control+Enter")
    page.locator("#explanation dl").first.wait_for()
    told = page.locator("#explanation").inner_text()
    assert "top" in told and "dear/frontier" in told and "prove" in told
    page.get_by_label("whole request as JSON").check()
    page.locator("#try-prompt").fill("{")
    page.get_by_role("button", name="Explain").click()
    page.locator("#explanation .problem").wait_for()
    assert "not JSON" in page.locator("#explanation").inner_text()
    assert [len(upstream.requests) for upstream in traffic.upstreams.values()] == before


def test_a_narrow_screen_needs_no_sideways_scroll(browser, traffic):
    with Visit(browser, traffic.gateway.admin_address, width=390, height=844) as visit:
        page = visit.open_live()
        rows(page).first.wait_for()
        assert no_sideways_scroll(page)
        first_row(page).click()
        page.locator("dialog[open]").wait_for()
        assert no_sideways_scroll(page)
        assert page.locator("#drawer").bounding_box()["width"] <= 390
        assert not visit.complaints


def test_the_theme_follows_the_system_unless_told(browser, traffic):
    with Visit(browser, traffic.gateway.admin_address, color_scheme="dark") as visit:
        page = visit.open_live()

        def brightness() -> int:
            return sum(int(part) for part in re.findall(r"\d+", page.evaluate("getComputedStyle(document.body).backgroundColor"))[:3])

        assert brightness() < 200
        page.locator("#theme").click()
        assert page.locator("#theme").inner_text() == "Theme: light"
        assert brightness() > 600
        page.reload()
        assert brightness() > 600, "the choice stays"
        page.locator("#theme").click()
        assert brightness() < 200
        assert not visit.complaints


def test_the_page_works_below_another_path_and_keeps_files(visit):
    paths = {url.removeprefix(visit.origin).split("?")[0] for url in visit.asked}
    assert all(path.startswith(("/ui/", "/api/")) for path in paths), paths


def fill(gateway: Gateway, count: int) -> None:
    """Decisions without calls: requests for a model that does not exist, many at a time on one connection."""
    one = request_bytes("POST", CHAT, encode(chat(model="cheap/nothing")))
    with gateway.connect(timeout=60) as client:
        for _ in range(count):
            client.send(one)
            client.read_response()


def test_ten_thousand_decisions_stay_a_few_rows(browser, traffic):
    fill(traffic.gateway, MANY)
    eventually(lambda: len(traffic.gateway.decisions(MANY)) == MANY, "all decisions", timeout=60)
    with Visit(browser, traffic.gateway.admin_address) as visit:
        page = visit.open_live()
        rows(page).first.wait_for()
        first_row(page).focus()
        known = 0
        while known < MANY:
            # To the end of what is known, which fetches the next page.
            page.keyboard.press("End")
            page.wait_for_function("known => document.querySelector('.grid-rows').offsetHeight / 34 > known "
                                   "|| document.querySelector('.grid').getAttribute('aria-rowcount') > 0", arg=known)
            known = page.evaluate("Math.round(document.querySelector('.grid-rows').offsetHeight / 34)")
            assert rows(page).count() < 60
            if page.evaluate("document.querySelector('.grid').getAttribute('aria-rowcount') > 0"):
                break
        assert known >= MANY
        page.keyboard.press("End")
        assert page.evaluate("document.activeElement.dataset.sequence !== undefined")
        page.evaluate("document.querySelector('.grid').scrollTop = 5000 * 34")
        page.wait_for_function("""() => [...document.querySelectorAll('.grid-rows .grid-row')].some(row => row.getAttribute('aria-rowindex') === '5004')""")
        assert rows(page).count() < 60
        page.get_by_role("button", name="Newest").click()
        page.wait_for_function("() => document.activeElement.getAttribute('aria-rowindex') === '2'")
        assert not visit.complaints


def test_a_token_is_asked_for_and_kept_for_the_tab(browser, tmp_path):
    config = policy(*["http://127.0.0.1:1/v1"] * 3)
    config["admin"]["token"] = "${TIERWAY_ADMIN_TOKEN}"
    with Gateway(tmp_path, config, {**PROVIDER_KEYS, "TIERWAY_ADMIN_TOKEN": TOKEN}) as gateway, \
            Visit(browser, gateway.admin_address) as visit:
        page = visit.open()
        page.locator("#sign-in").wait_for()
        assert not page.locator("#page").is_visible()
        page.get_by_label("Admin token").fill("another-token-of-the-tests")
        page.keyboard.press("Enter")
        page.get_by_text("The token is not accepted.").wait_for()
        page.get_by_label("Admin token").fill(TOKEN)
        page.keyboard.press("Enter")
        page.wait_for_selector("#connection[data-state=live]")
        assert page.get_by_text("No decisions yet.").is_visible()
        page.reload()
        page.wait_for_selector("#connection[data-state=live]")
        assert TOKEN not in page.content()
        assert not any(TOKEN in url for url in visit.asked)
        page.locator("#sign-out").click()
        page.locator("#sign-in").wait_for()
        assert page.evaluate("sessionStorage.length") == 0
        assert all("401" in complaint for complaint in visit.complaints), visit.complaints
