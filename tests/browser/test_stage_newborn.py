"""Visas of new records at the screen; the list of changes and the short statuses."""

import pytest

from .stage_person import SIZES
from .stage_world import HEAD, StageWorld, new

#: Records of that name need a visa before anything else.
PREFIX = "Tender"


@pytest.fixture(scope="module")
def world(server):
    world = StageWorld(server)
    visa = {
        "name": "Visa of the head", "kind": "approval", "assign_kind": "user",
        "assign_user_id": world.ids[HEAD],
    }  # fmt: skip
    domain = [("type", "=", "opportunity"), ("name", "=like", f"{PREFIX}%")]
    world.regulate("crm.lead", "stage_id", [{"step_ids": [new(visa)]}], domain, sequence=1)
    return world


@pytest.fixture(params=SIZES)
def size(request):
    return request.param


def test_created_where_a_visa_comes_first(world, person, size):
    """AT-09, EP-06: a new record is not made behind a visa; begun at the first stage it has
    asked for it, and who made it may not give it."""
    name = f"{PREFIX} {size}"
    anna = person(size=size)
    world.lead()
    anna.open_pipeline()
    anna.column("Qualified").locator(".o_kanban_quick_add").click()
    anna.page.fill(".o_kanban_quick_create [name=name] input", name)
    anna.page.locator(".o_kanban_quick_create .o_kanban_add").click()
    assert anna.missing() == ["passed"]
    assert "Visa of the head" in anna.panel.inner_text()
    anna.look()
    assert not world.stage(name)
    anna.page.click(".o_bpm_stage_begin")
    anna.card(name, "New").wait_for()
    anna.card(name).click()
    anna.page.wait_for_selector(".o_bpm_stage_bar")
    anna.move_by_bar("Qualified")
    assert anna.missing() == ["step"]
    assert "Stage_Boris" in anna.panel.inner_text()
    anna.close_panel()
    visa = anna.step("Visa of the head", "todo")
    if not visa.is_visible():
        anna.page.click(".o_bpm_stage_toggle")
    visa.wait_for()
    assert anna.page.locator("[data-do=approve]").count() == 0
    _approve(world, person, name, size)
    anna.page.reload()
    anna.move_by_bar("Qualified")
    anna.current("Qualified").wait_for()


def _approve(world, person, name, size):
    boris = person(HEAD, size)
    boris.page.goto(f"/odoo/crm/{world.id_of(name)}")
    boris.page.locator(".o_bpm_next [data-do=approve]").click()
    boris.confirm_step("Go ahead")
    boris.page.locator(".o_bpm_next [data-do=approve]").wait_for(state="detached")


def test_list_of_changes(world, person, size):
    """EP-06, EC-14: the head finds an override in the list, why and what was missing, and comes
    to the record from there."""
    name = world.lead()
    target = str(world._find("crm.stage", ("name", "=", "Qualified")))
    said = [target, "By phone", False, "An old friend"]
    world.rpc("bpm.stage.case", "move", "crm.lead", [world.id_of(name)], *said)
    boris = person(HEAD, size)
    boris.page.goto("/odoo/stage-changes")
    row = boris.page.locator(".o_data_row, .o_kanban_record").filter(has_text=name).first
    row.wait_for()
    text = row.inner_text()
    for part in ("New", "Qualified", "By phone", "An old friend", "Budget known, First call"):
        assert part in text, text
    boris.look()
    if size == "desktop":
        row.locator("button[name=action_open_record]").click()
    else:
        row.click()
    boris.current("Qualified").wait_for()
    boris.page.click(".o_bpm_stage_history")
    assert "An old friend" in boris.page.locator(".o_bpm_stage_change").first.inner_text()
    boris.look()


def test_short_statuses(world, person, size):
    """EC-14: a short status that the head adds is offered to who moves a deal."""
    status = f"Asked to wait ({size})"
    boris = person(HEAD, size)
    boris.page.goto("/odoo/stage-statuses")
    boris.page.locator(".o_data_row", has_text="Warm").wait_for()
    boris.page.locator(".o_list_button_add").click()
    boris.page.fill(".o_selected_row [name=name] input", status)
    boris.look()
    boris.page.locator(".o_list_button_save:visible").click()
    boris.page.locator(".o_data_row:not(.o_selected_row)", has_text=status).wait_for()
    name = world.lead("Qualified", expected_revenue=500)
    # A text: of a PDF the chatter would show the first page, which an empty one has not.
    values = {"name": "task.txt", "res_model": "crm.lead", "res_id": world.id_of(name)}
    world.rpc("ir.attachment", "create", values)
    anna = person(size=size)
    anna.open_lead(name)
    anna.move_by_bar("Proposition")
    anna.page.select_option(".o_bpm_stage_status", label=status)
    anna.page.fill(".o_bpm_stage_comment", "Budget in March")
    anna.go_on()
    anna.current("Proposition").wait_for()
    assert world.last_change(name)["status_id"][1] == status
