"""Stage regulations at the screen: refused on every path, cured in place, gone on."""

import pytest

from .stage_person import SIZES, Person
from .stage_world import HEAD, SELLER, StageWorld


@pytest.fixture(scope="module")
def world(server):
    return StageWorld(server)


@pytest.fixture(params=SIZES)
def size(request):
    return request.param


@pytest.fixture
def person(world, server, browser, request):
    """``person(login, size)``: what they saw must have been without a fault."""
    people = []

    def come(login=SELLER, size="desktop"):
        people.append(Person(browser, server, login, size))
        return people[-1]

    yield come
    for one in people:
        one.leave()


def test_dragged_card(world, person):
    """EP-06, TN-30: a card dragged too early goes back and the panel says why; cured it goes on."""
    name = world.lead()
    anna = person()
    anna.open_pipeline()
    anna.drag(name, "Qualified")
    assert anna.missing() == ["field", "step"]
    assert anna.card(name, "New").count() == 1
    assert anna.card(name, "Qualified").count() == 0
    assert world.stage(name) == "New"
    anna.cure("field")
    anna.fill_in("500")
    anna.cure("step", "done")
    anna.confirm_step("They answered")
    anna.panel.locator(".o_bpm_stage_ready").wait_for()
    anna.go_on()
    anna.card(name, "Qualified").wait_for()
    assert anna.panel.count() == 0
    assert world.read(name, "stage_id", "expected_revenue") == ["Qualified", 500]


def test_dragged_card_given_up(world, person):
    """EP-06: whoever closes the panel finds the card where it was, also after a reload."""
    name = world.lead()
    anna = person()
    anna.open_pipeline()
    anna.drag(name, "Won")
    assert "passed" in anna.missing()
    anna.close_panel()
    anna.card(name, "New").wait_for()
    anna.page.reload()
    anna.card(name, "New").wait_for()


def test_asked_in_one_dialog(world, person):
    """EC-14: dragged where nothing is missing but the answer, one dialog asks for both."""
    name = world.lead("Qualified", expected_revenue=500)
    world.attach(name)
    anna = person()
    anna.open_pipeline()
    anna.drag(name, "Proposition")
    anna.panel.locator(".o_bpm_stage_ready").wait_for()
    anna.go_on()
    assert "comment" in anna.panel.locator(".o_bpm_stage_asked").inner_text()
    anna.page.fill(".o_bpm_stage_comment", "They liked it")
    anna.go_on()
    assert "status" in anna.panel.locator(".o_bpm_stage_asked").inner_text()
    anna.page.select_option(".o_bpm_stage_status", label="Warm")
    anna.go_on()
    anna.card(name, "Proposition").wait_for()
    last = world.last_change(name)
    assert (last["comment"], last["status_id"][1], last["kind"]) == (
        "They liked it", "Warm", "normal",
    )  # fmt: skip


def test_several_in_a_list(world, person):
    """TN-30: a stage given to several lines at once is refused for those that miss something."""
    good, bad = world.lead(expected_revenue=100), world.lead()
    world.do_steps(good)
    anna = person()
    anna.open_pipeline("list")
    rows = [anna.page.locator(f".o_data_row:has-text('{name}')") for name in (good, bad)]
    for row in rows:
        row.locator(".o_list_record_selector input").check()
    rows[1].locator("td[name=stage_id]").click()
    rows[1].locator("td[name=stage_id] input").fill("Qualified")
    anna.page.locator(".o-autocomplete--dropdown-item:has-text('Qualified')").first.click()
    anna.page.locator(".modal footer .btn-primary").click()
    assert anna.missing() == ["field", "step"]
    assert anna.panel.locator(".o_bpm_stage_card").count() == 1
    assert bad in anna.panel.inner_text()
    anna.close_panel()
    assert [world.stage(name) for name in (good, bad)] == ["New", "New"]
    for row in rows:
        assert row.locator("td[name=stage_id]").inner_text().strip() == "New"


def test_won_and_lost_buttons(world, person, size):
    """EP-06: won and lost by their buttons are refused with the panel."""
    name = world.lead("Qualified", expected_revenue=500)
    anna = person(size=size)
    anna.open_lead(name)
    anna.button("action_set_won_rainbowman").click()
    assert anna.missing() == ["document", "domain", "passed"]
    anna.look()
    anna.close_panel()
    if size == "phone":
        anna.page.locator(".o_statusbar_buttons .o-dropdown").click()
    anna.page.locator("button:visible", has_text="Lost").first.click()
    anna.page.locator(".modal footer button", has_text="Mark as Lost").click()
    assert anna.missing() == ["document"]
    anna.look()
    assert world.read(name, "stage_id", "active") == ["Qualified", True]


def test_created_at_a_later_stage(world, person, size):
    """EP-06, IM-13: a record made in a later column is refused, and may begin at the first."""
    name = f"Early {size}"
    anna = person(size=size)
    world.lead()
    anna.open_pipeline()
    anna.column("Proposition").locator(".o_kanban_quick_add").click()
    anna.page.fill(".o_kanban_quick_create [name=name] input", name)
    anna.page.locator(".o_kanban_quick_create .o_kanban_add").click()
    assert anna.missing() == ["field", "document", "passed"]
    anna.look()
    assert not world.stage(name)
    anna.page.click(".o_bpm_stage_begin")
    anna.card(name, "New").wait_for()
    assert world.stage(name) == "New"


def test_new_form_at_a_later_stage(world, person):
    """EP-06: a new form saved at a later stage keeps what was typed and begins at the first."""
    anna = person()
    anna.page.goto("/odoo/crm/new")
    anna.page.locator(".o_form_view [name=name] :is(input, textarea)").first.fill("Born late")
    anna.page.locator(".o_statusbar_status button", has_text="Proposition").click()
    assert "passed" in anna.missing()
    assert not world.stage("Born late")
    anna.page.click(".o_bpm_stage_begin")
    anna.page.wait_for_selector(".o_bpm_stage_current[data-stage=New]")
    assert world.stage("Born late") == "New"


def test_won_on_a_new_form(world, person, size):
    """EP-06: Won on a form that was not saved yet makes the deal and says why it is not won."""
    name = f"Won at once {size}"
    anna = person(size=size)
    anna.page.goto("/odoo/crm/new")
    anna.page.locator(".o_form_view [name=name] :is(input, textarea)").first.fill(name)
    anna.button("action_set_won_rainbowman").click()
    assert "passed" in anna.missing()
    anna.look()
    anna.close_panel()
    anna.page.wait_for_selector(".o_bpm_stage_current[data-stage=New]")
    assert world.stage(name) == "New"


def test_one_status_bar(world, person):
    """EP-06: the bar stands in the place of Odoo's, whose shortcuts go by the rules as well."""
    name = world.lead()
    anna = person()
    anna.open_lead(name)
    assert anna.page.locator(".o_statusbar_status:visible").count() == 0
    anna.page.locator(".o_form_view").click(position={"x": 5, "y": 5})
    anna.page.keyboard.press("Alt+x")
    assert anna.missing() == ["field", "step"]
    anna.close_panel()
    anna.page.keyboard.press("Alt+Shift+X")
    anna.page.locator(".o_command_palette .o_command", has_text="Proposition").click()
    assert anna.missing() == ["field", "document", "step"]
    anna.close_panel()
    assert world.stage(name) == "New"


def test_step_buttons(world, person):
    """TN-10: a call dials, and what is refused by the head is asked anew."""
    name = world.lead(phone="+7 495 111-22-33")
    anna = person()
    anna.open_lead(name)
    anna.page.evaluate("""() => {
        const { browser } = odoo.loader.modules.get("@web/core/browser/browser");
        browser.open = (url) => (window.dialled = url);
    }""")
    anna.page.locator("[data-step='First call'] [data-do=call]").click()
    assert anna.page.evaluate("window.dialled") == "tel:+7 495 111-22-33"
    visa = world.lead("Proposition", expected_revenue=2000)
    boris = person(HEAD)
    boris.page.goto(f"/odoo/crm/{world.id_of(visa)}")
    boris.page.locator(".o_bpm_next [data-do=refuse]").click()
    boris.confirm_step("Too cheap")
    boris.page.locator("[data-state=refused] [data-do=again]").click()
    boris.page.locator("[data-state=todo] [data-do=approve]").wait_for()


def test_cures(world, person, size):
    """TN-30: each missing thing has its button: attach, fill in, remind of an approval."""
    name = world.lead("Qualified", expected_revenue=500)
    anna = person(size=size)
    anna.open_lead(name)
    anna.page.locator(".o_bpm_stage[data-stage=Proposition]").click()
    assert anna.missing() == ["document"]
    anna.panel.locator("[data-kind=document] input[type=file]").set_input_files(
        {"name": "task.txt", "mimeType": "text/plain", "buffer": b"Ten desks"}
    )
    anna.panel.locator(".o_bpm_stage_ready").wait_for()
    anna.page.fill(".o_bpm_stage_comment", "Sent")
    anna.page.select_option(".o_bpm_stage_status", label="Will think")
    anna.go_on()
    anna.page.wait_for_selector(".o_bpm_stage_current[data-stage=Proposition]")
    if size == "phone":
        anna.page.click(".o_bpm_stage_toggle")
    anna.page.locator(".o_bpm_stage[data-stage=Won]").click()
    assert anna.missing() == ["domain", "step"]
    anna.look()
    anna.cure("step", "remind")
    anna.page.locator(".o_notification", has_text="reminded").first.wait_for()
    anna.cure("domain", "domain")
    anna.fill_in("2000")
    anna.panel.locator("[data-kind=domain]").wait_for(state="detached")
    assert anna.missing() == ["step"]
    assert world.read(name, "expected_revenue") == [2000]


def test_approved_by_the_head(world, person, size):
    """AT-09: the head gives the visa on the record; then its way is free."""
    name = world.lead("Proposition", expected_revenue=2000)
    boris = person(HEAD, size)
    boris.page.goto(f"/odoo/crm/{world.id_of(name)}")
    boris.page.locator(".o_bpm_next [data-do=approve]").click()
    boris.confirm_step("Fine")
    boris.page.locator(".o_bpm_stage_forward").click()
    boris.page.wait_for_selector(".o_bpm_stage_current[data-stage=Won]")
    assert world.read(name, "stage_id", "won_status") == ["Won", "won"]


def test_override_of_a_drag(world, person):
    """EP-06: who may override says why in the panel; it is kept with what was missing."""
    name = world.lead()
    world.write(name, user_id=world.ids[HEAD])
    boris = person(HEAD)
    boris.open_pipeline()
    boris.drag(name, "Qualified")
    assert boris.missing() == ["field", "step"]
    boris.page.click(".o_bpm_stage_override")
    boris.go_on()
    assert "rules" in boris.panel.locator(".o_bpm_stage_asked").inner_text()
    boris.page.fill(".o_bpm_stage_reason", "An old friend")
    boris.go_on()
    boris.card(name, "Qualified").wait_for()
    last = world.last_change(name)
    assert (last["kind"], last["reason"]) == ("override", "An old friend")
    assert last["missing_names"] == "Budget known, First call"


def test_seller_cannot_override(world, person, size):
    """EP-06: without the group there is no such button."""
    name = world.lead()
    anna = person(size=size)
    anna.open_lead(name)
    anna.page.locator(".o_bpm_stage[data-stage=Qualified]").click()
    assert anna.missing() == ["field", "step"]
    assert anna.page.locator(".o_bpm_stage_override").count() == 0
    anna.look()
