"""The bar and the panel on records that are no leads: orders, tasks, contracts, any form."""

import pytest

from .models_world import ModelsWorld
from .stage_person import SIZES, Person


@pytest.fixture(scope="module")
def world(server):
    return ModelsWorld(server)


@pytest.fixture
def boss(world, server, browser, request):
    """The administrator at a screen of the test's ``size``, without faults."""
    person = Person(browser, server, "admin", request.getfixturevalue("size"))
    yield person
    person.leave()


@pytest.mark.parametrize("size", SIZES)
def test_bar_on_other_models(world, boss, size):
    """TN-30, AL-15: refused, cured and gone on, on an order, a contract and a bare form."""
    order = world.order()
    boss.page.goto(f"/odoo/sale.order/{order}")
    boss.current("Quotation").wait_for()
    boss.button("action_confirm").click()
    assert boss.missing() == ["field"]
    boss.look()
    boss.cure("field")
    boss.fill_in("PO-7")
    boss.panel.locator(".o_bpm_stage_ready").wait_for()
    boss.go_on()
    boss.current("Sales Order").wait_for()
    assert world.value("sale.order", order, "state") == "sale"
    boss.look()

    visit = world.visit()
    boss.page.goto(f"/odoo/m-x_visit/{visit}")
    boss.current("Planned").wait_for()
    boss.look()
    boss.move_by_bar("Made")
    assert boss.missing() == ["field"]
    boss.cure("field")
    boss.fill_in("They want ten")
    boss.go_on()
    boss.current("Made").wait_for()
    assert world.value("x_visit", visit, "x_state") == "made"

    contract = world.contract()
    boss.page.goto(f"/odoo/crm.contract/{contract}")
    boss.current("Draft").wait_for()
    boss.look()
    boss.move_by_bar("Approved")
    assert boss.missing() == ["document", "step"]
    boss.panel.locator("[data-kind=document] input[type=file]").set_input_files(
        {"name": "draft.txt", "mimeType": "text/plain", "buffer": b"Ten desks"}
    )
    boss.panel.locator("[data-kind=document]").wait_for(state="detached")
    boss.cure("step", "done")
    boss.confirm_step("Nothing against it")
    boss.panel.locator(".o_bpm_stage_ready").wait_for()
    boss.go_on()
    boss.current("Approved").wait_for()
    assert world.value("crm.contract", contract, "number")


@pytest.mark.parametrize("size", ["desktop"])
def test_task_dragged(world, boss, size):
    """TN-30: a task dragged too early goes back; cured in the panel it goes on."""
    task = world.task("Desks")
    boss.page.goto(f"/odoo/project/{world.project}/tasks?view_type=kanban")
    boss.card("Desks", "Asked").wait_for()
    boss.drag("Desks", "In work")
    assert boss.missing() == ["field"]
    boss.look()
    boss.close_panel()
    boss.card("Desks", "Asked").wait_for()
    assert world.value("project.task", task, "stage_id") == "Asked"
    free = world.task("Chairs", user_ids=[(4, world.rpc.uid, 0)])
    boss.page.reload()
    boss.card("Chairs", "Asked").wait_for()
    boss.drag("Chairs", "In work")
    boss.card("Chairs", "In work").wait_for()
    # Shown at once, saved a moment later.
    for _try in range(300):
        if world.value("project.task", free, "stage_id") == "In work":
            break
        boss.page.wait_for_timeout(200)
    boss.page.reload()
    boss.card("Chairs", "In work").wait_for()
