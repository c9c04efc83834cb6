"""Each gate at the screen: cards dragged by mouse and by touch, lines of a list, one panel."""

import pytest

from .gate_world import MISSING, GateWorld


@pytest.fixture(scope="module")
def world(server):
    return GateWorld(server)


def _refused(anna):
    """Kinds of what the panel names; it is closed."""
    anna.panel.locator(".o_bpm_stage_missing_text, .o_bpm_stage_ready").first.wait_for()
    kinds = anna.kinds()
    if not kinds:
        anna.go_on()
        assert "comment" in anna.panel.locator(".o_bpm_stage_asked").inner_text()
    anna.look()
    anna.close_panel()
    return kinds


@pytest.mark.parametrize("size", ["desktop", "tablet"])
def test_each_gate_holds_a_dragged_card(world, person, size):
    """EP-06, TN-30: whatever is missing, the dragged card goes back; by mouse and by touch."""
    leads = world.leads()
    anna = person(size=size)
    anna.open_pipeline()
    found = {}
    for kind, name in leads.items():
        anna.drag(name, "Qualified")
        found[kind] = _refused(anna)
        anna.card(name, "New").wait_for()
        assert world.stage(name) == "New", kind
    assert found == MISSING
    free = world.lead(referred="field", expected_revenue=500)
    anna.page.reload()
    anna.drag(free, "Qualified")
    anna.card(free, "Qualified").wait_for()
    # Shown at once, saved a moment later.
    world.wait_for_stage(free, "Qualified")
    anna.page.reload()
    anna.card(free, "Qualified").wait_for()


def test_each_gate_holds_on_a_phone(world, person):
    """EP-06: a phone does not drag cards: one moves by the bar, which says the same."""
    leads = world.leads()
    anna = person(size="phone")
    found = {}
    for kind, name in leads.items():
        anna.page.goto(f"/odoo/crm/{world.id_of(name)}")
        anna.move_by_bar("Qualified")
        found[kind] = _refused(anna)
        assert world.stage(name) == "New", kind
    assert found == MISSING


def test_each_gate_holds_lines_of_a_list(world, person):
    """EP-06, TN-30: of many lines moved at once the panel tells for each what is missing."""
    world.rpc("crm.lead", "unlink", world.rpc("crm.lead", "search", []))
    leads = world.leads()
    anna = person()
    anna.open_pipeline("list")
    anna.move_lines(leads.values(), "Qualified")
    anna.panel.locator(".o_bpm_stage_card").first.wait_for()
    anna.look()
    found = {kind: anna.kinds(leads[kind]) for kind in leads}
    assert found == MISSING
    anna.close_panel()
    assert {world.stage(name) for name in leads.values()} == {"New"}


def test_several_regulations_in_one_panel(world, person):
    """EC-14: of deals of two kinds only a short status that both know is offered."""
    world.rpc("crm.lead", "unlink", world.rpc("crm.lead", "search", []))
    names = world.talks()
    anna = person()
    anna.open_pipeline("list")
    anna.move_lines(names, "Qualified")
    anna.panel.locator(".o_bpm_stage_card").first.wait_for()
    assert anna.panel.locator(".o_bpm_stage_card").count() == 2
    assert "no short status in common" in anna.panel.locator(".o_bpm_stage_asked").inner_text()
    assert anna.page.locator(".o_bpm_stage_go").is_disabled()
    anna.look()
    anna.close_panel()
    assert {world.stage(name) for name in names} == {"New"}
    world.share_status()
    anna.page.reload()
    anna.move_lines(names, "Qualified")
    anna.panel.locator(".o_bpm_stage_status").wait_for()
    offered = anna.panel.locator(".o_bpm_stage_status option").all_inner_texts()
    assert offered[1:] == ["Common"]
    anna.page.select_option(".o_bpm_stage_status", label="Common")
    anna.go_on()
    anna.panel.wait_for(state="detached")
    assert {world.stage(name) for name in names} == {"Qualified"}
    assert {world.last_change(name)["status_id"][1] for name in names} == {"Common"}
