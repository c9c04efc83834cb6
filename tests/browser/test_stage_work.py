"""One click does a step, and every missing thing has the button that cures it."""

import re

import pytest

from .stage_person import SIZES
from .stage_world import SELLER
from .work_world import WorkWorld


@pytest.fixture(scope="module")
def world(server):
    return WorkWorld(server)


def test_one_click_does_a_step(world, person):
    """TN-10: filled in, attached, sent: that is done; a process and a made record open."""
    customer = world.partner("Vector", email="vector@example.com")
    name = world.lead(referred="work", partner_id=customer)
    anna = person()
    anna.page.goto(f"/odoo/crm/{world.id_of(name)}")
    anna.do("Data", "fill")
    anna.fill_in("Omsk")
    anna.step("Data", "done").wait_for()
    with anna.page.expect_file_chooser() as chooser:
        anna.do("Brief", "upload")
    chooser.value.set_files({"name": "brief.txt", "mimeType": "text/plain", "buffer": b"Ten desks"})
    anna.step("Brief", "done").wait_for()
    anna.do("Letter", "email")
    anna.page.locator(".modal [name=partner_ids]", has_text="Vector").wait_for()
    anna.look()
    anna.page.locator(".modal footer button", has_text="Discard").click()
    anna.page.locator(".modal").wait_for(state="detached")
    assert world.steps(name)["Letter"] == "todo"
    anna.do("Letter", "email")
    anna.page.locator(".modal .odoo-editor-editable").click()
    anna.page.keyboard.type("Ten desks, as agreed.")
    anna.page.locator(".modal button[name=action_send_mail]").click()
    anna.step("Letter", "done").wait_for()
    anna.do("Shipment", "process")
    anna.page.locator(".modal .o_form_view").wait_for()
    anna.look()
    anna.page.locator(".modal .btn-close").click()
    anna.do("Card", "created")
    anna.page.locator(".modal", has_text=f"Made for {name}").wait_for()
    anna.look()
    anna.page.locator(".modal .btn-close").click()
    anna.page.locator(".modal").wait_for(state="detached")
    found = world.steps(name)
    assert {step for step, state in found.items() if state == "done"} == {
        "Data", "Brief", "Letter", "Card",
    }  # fmt: skip
    assert world.read(name, "city") == ["Omsk"]
    assert [file["name"] for file in world.of_lead(name, "ir.attachment", "name")] == ["brief.txt"]
    domain = [("model", "=", "crm.lead"), ("res_id", "=", world.id_of(name))]
    bodies = world.rpc("mail.message", "search_read", domain, ["body", "partner_ids"])
    [sent] = [message for message in bodies if "as agreed" in message["body"]]
    assert sent["partner_ids"] == [customer]


def test_meeting_of_a_step(world, person):
    """TN-10: a meeting scheduled from a step stands in the calendar, with the step's activity."""
    name = world.lead(referred="work")
    anna = person()
    anna.page.goto("/odoo/action-mail.mail_activity_action_my?view_type=calendar")
    anna.page.locator(".o_calendar_renderer").wait_for()
    # Of itself it shows what is due by today.
    anna.page.locator(".o_searchview_facet", has_text="Today").locator(".o_facet_remove").click()
    anna.page.locator(".fc-event", has_text="Brief").first.wait_for()
    anna.look()
    anna.page.goto(f"/odoo/crm/{world.id_of(name)}")
    anna.do("Talk", "meet")
    anna.page.locator(".o_calendar_renderer").wait_for()
    anna.page.locator(".fc-timegrid-slot-lane[data-time='11:00:00']").click()
    anna.page.locator(".modal [name=name] input, .modal [name=name] textarea").first.fill(
        "Talk of it"
    )
    anna.page.locator(".modal footer .btn-primary").first.click()
    # Odoo goes back to the lead by itself.
    anna.page.wait_for_selector(".o_bpm_stage_bar")
    anna.look()
    [event] = world.of_lead(name, "calendar.event", "user_id", "activity_ids")
    assert event["user_id"][0] == world.ids[SELLER]
    [step] = world.rpc("mail.activity", "read", event["activity_ids"], ["bpm_case_step_id"])
    assert step["bpm_case_step_id"][1].startswith("Talk")
    anna.do("Talk", "done")
    anna.confirm_step("They want more")
    anna.step("Talk", "done").wait_for()


@pytest.mark.parametrize("size", SIZES)
def test_every_missing_thing_has_its_button(world, person, size):
    """TN-30, EP-06: whatever is missing, there is at least one button beside it."""
    name = world.lead(referred="kinds")
    anna = person(size=size)
    anna.page.goto(f"/odoo/crm/{world.id_of(name)}")
    anna.page.wait_for_selector(".o_bpm_stage_bar")
    assert "waits for “B”" in anna.page.locator("[data-step=C]").text_content()
    anna.look()
    anna.move_by_bar("Proposition")
    assert anna.missing() == [
        "field", "domain", "domain", "domain", "related", "related", "document", "activity",
        "step", "step", "step", "passed",
    ]  # fmt: skip
    buttons = anna.buttons()
    assert buttons["Budget"] == ["Fill in"]
    assert buttons["In town"] == ["Fill in"]
    assert buttons["Customer in town"] == ["Contact"]
    assert buttons["Worth something"] == ["Fill in"]
    assert buttons["Good one"] == ["Fill in"]
    assert buttons["Order confirmed"] == ["Orders"]
    assert buttons["Called"] == ["Plan it"]
    assert buttons["Step “A” is not done (Stage_Anna)."] == ["Done"]
    assert buttons["Step “C” waits for “A” (Stage_Anna)."] == ["A: Done"]
    assert all(buttons.values()), buttons


def test_cures_that_lead_elsewhere(world, person):
    """TN-30, EP-06: the step before, a planned call, another record, another stage."""
    name = world.lead(referred="kinds")
    lead_id = world.id_of(name)
    anna = person()
    anna.page.goto(f"/odoo/crm/{lead_id}")
    anna.move_by_bar("Proposition")
    anna.missing()
    anna.panel.locator("[data-kind=step]", has_text="“C”").locator("[data-cure=done]").click()
    anna.confirm_step()
    anna.panel.locator("[data-kind=step]", has_text="“C” waits for “B”").wait_for()
    anna.cure("activity")
    anna.page.locator("button[name=action_schedule_activities]:visible").click()
    anna.page.wait_for_selector("button[name=action_schedule_activities]", state="detached")
    assert world.of_lead(name, "mail.activity", "summary", activity_type_id=world.call)
    anna.cure("domain", "link_partner_id")
    anna.page.locator(".o_bpm_record_form [name=partner_id] input").wait_for()
    anna.page.locator(".modal:has(.o_bpm_record_form) footer .btn-secondary").click()
    anna.cure("passed")
    anna.page.locator(".modal-title", has_text="Qualified").wait_for()
    assert "passed" not in anna.missing()
    anna.cure("related", "link_order_ids")
    anna.page.wait_for_url(re.compile("/orders|sale.order|crm/[0-9]+/"))
    anna.page.locator(".o_list_view").wait_for()
    assert anna.panel.count() == 0
    anna.look()
    late = world.lead("Qualified", referred="kinds")
    world.do_steps(late)
    anna.page.goto(f"/odoo/crm/{world.id_of(late)}")
    anna.move_by_bar("Won")
    assert anna.missing() == ["way"]
    anna.cure("way")
    anna.panel.locator(".o_bpm_stage_ready").wait_for()
    anna.go_on()
    anna.page.wait_for_selector(".o_bpm_stage_current[data-stage=Proposition]")
    assert world.stage(late) == "Proposition"
