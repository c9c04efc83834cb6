"""The drawing at the screen: nothing is lost on the way, what is drawn is what is saved."""

import json
import re
import xml.etree.ElementTree as ET

import pytest

from tools.setup import paths

from .designer_world import (
    CANVAS,
    DESIGNER,
    PATH,
    DesignerWorld,
    Drawer,
    drawing,
    names_in,
    one_step,
)

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
OUTCOMES = (
    "<bpmn:extensionElements>"
    '<bpm:assignment kind="starter"/><bpm:outcome key="yes" label="Yes"/>'
    '<bpm:outcome key="no" label="No"/></bpmn:extensionElements>'
)


@pytest.fixture(scope="module")
def world(server):
    return DesignerWorld(server)


@pytest.fixture
def person(world, server, browser):
    """``person()``: what they saw must have been without a fault."""
    people = []

    def come(login=DESIGNER):
        people.append(Drawer(browser, server, login))
        return people[-1]

    yield come
    for one in people:
        one.leave()


# ------------------------------------------------------------ nothing is lost


def test_every_way_of_leaving(world, person):
    """HU-05: reload, another app, the next record: the last letter is saved each time."""
    first = world.draft(name="Drawn to be left")
    world.draft(one_step("Beside"))
    anna = person()
    anna.open(first)
    anna.title("Reloaded")
    anna.page.reload()
    world.wait_for(first, 'name="Reloaded"')
    anna.wait()
    anna.title("Another app")
    anna.page.click(".o_navbar_apps_menu button")
    anna.page.locator(".o-dropdown--menu .o_app:not(.focus)").last.click()
    anna.page.wait_for_selector(CANVAS, state="detached")
    world.wait_for(first, 'name="Another app"')
    anna.page.goto(f"/odoo/{PATH}")
    anna.page.locator(".o_data_row", has_text="Drawn to be left").last.locator(
        ".o_data_cell"
    ).first.click()
    anna.wait()
    anna.title("Next record")
    anna.page.click(".o_pager_next")
    anna.page.wait_for_function(
        f"() => !document.querySelector('{CANVAS}')?.textContent.includes('record')"
    )
    world.wait_for(first, 'name="Next record"')
    anna.wait()
    assert not anna.is_drawn("record"), "the other record shows its own drawing"


def test_network_gone(world, person):
    """HU-05: what could not be sent is offered at the next opening, and can be brought back."""
    version = world.draft()
    anna = person()
    anna.open(version)
    anna.page.context.set_offline(True)
    anna.title("Drawn offline")
    anna.page.wait_for_function(
        "() => Object.entries(localStorage).some(([key, text]) => "
        "key.startsWith('bpm_engine.draft') && text.includes('Drawn offline'))"
    )
    anna.page.goto("about:blank")
    anna.page.context.set_offline(False)
    anna.open(version)
    assert "Drawn offline" not in world.xml(version)
    assert "did not reach the server" in anna.bar.inner_text()
    anna.bar.locator("[name=restore]").click()
    anna.shape("Task_1").filter(has_text="offline").first.wait_for()
    anna.save()
    assert 'name="Drawn offline"' in world.xml(version)
    anna.page.reload()
    anna.wait()
    assert not anna.bar.count(), "what is saved is not offered again"


def test_two_on_one_draft(world, person):
    """HU-19: who comes second is told by whom, sees the other drawing, brings back his own."""
    version = world.draft()
    anna = person()
    anna.open(version)
    anna.title("By Anna")
    world.boris("bpm.process.version", "write", [version], {"bpmn_xml": one_step("By Boris")})
    anna.page.click(".o_form_button_save")
    refusal = anna.page.locator(".modal-body")
    refusal.wait_for()
    assert "Draws Boris changed the drawing" in refusal.inner_text()
    assert "By Boris" in world.xml(version)
    anna.page.locator(".modal footer button, .modal .btn-close").first.click()
    anna.discard()
    anna.bar.wait_for()
    anna.shape("Task_1").filter(has_text="Boris").first.wait_for()
    assert anna.bar.get_attribute("data-moved") == "1"
    anna.bar.locator("[name=restore]").click()
    anna.shape("Task_1").filter(has_text="Anna").first.wait_for()
    take_back = anna.page.locator(".o_notification button", has_text="Take it back")
    take_back.click()
    anna.shape("Task_1").filter(has_text="Boris").first.wait_for()
    anna.choose("Task_1")
    anna.title("By both")
    anna.save()
    assert 'name="By both"' in world.xml(version)


def test_kept_while_another_drew(world, person):
    """HU-05: kept here and changed there: both are offered, the choice is final."""
    version = world.draft()
    anna = person()
    anna.open(version)
    anna.page.context.set_offline(True)
    anna.title("Kept")
    anna.page.wait_for_timeout(700)
    anna.page.goto("about:blank")
    anna.page.context.set_offline(False)
    world.boris("bpm.process.version", "write", [version], {"bpmn_xml": one_step("By Boris")})
    anna.open(version)
    assert "changed after that by somebody else" in anna.bar.inner_text()
    assert anna.is_drawn("Boris")
    anna.bar.locator("[name=dismiss]").click()
    anna.page.reload()
    anna.wait()
    assert not anna.bar.count()
    assert "By Boris" in world.xml(version)


# ------------------------------------------------------------ what is drawn is saved


def test_repetition(world, person):
    """HU-05, AT-07: repeated for a list, enough when; again while; what others wrote stays."""
    loop = (
        '<bpmn:multiInstanceLoopCharacteristics isSequential="true" other:retry="3">'
        "<bpmn:loopDataInputRef>partners</bpmn:loopDataInputRef>"
        "<bpmn:completionCondition xsi:type=\"bpmn:tFormalExpression\">outcome == 'no'"
        "</bpmn:completionCondition></bpmn:multiInstanceLoopCharacteristics>"
    )
    version = world.draft(one_step("Ask", OUTCOMES + loop))
    anna = person()
    anna.open(version)
    anna.choose("Task_1")
    repeat = anna.panel.locator(".o_bpm_repeat")
    assert repeat.locator("[data-name=collection] input").input_value() == "partners"
    assert repeat.locator("[name=enough]").input_value() == "answer"
    assert repeat.locator("[name=enough_answer]").input_value() == "no"
    anna.select("sequential", "no")
    anna.select("enough", "count")
    anna.fill("enough_count", "2")
    anna.save()
    saved = ET.fromstring(world.xml(version)).find(f".//{BPMN}multiInstanceLoopCharacteristics")
    assert saved.get("{urn:another-tool}retry") == "3"
    assert saved.get("{urn:crm-bpm:bpmn:1}collection") == "partners"
    assert saved.get("isSequential") != "true"
    assert saved.findtext(f"{BPMN}completionCondition") == "nrOfCompletedInstances >= 2"
    anna.select("enough", "text")
    anna.fill("enough_text", "nrOfCompletedInstances +")
    anna.page.locator(".o_bpm_problems li[data-code=loop]").wait_for()
    anna.fill("enough_text", "outcome == 'no' or nrOfActiveInstances < 2")
    anna.page.locator(".o_bpm_problems li[data-code=loop]").wait_for(state="detached")
    anna.select("repeat", "again")
    assert repeat.locator("select[name=value]").input_value() == "no"
    anna.fill("maximum", "5")
    anna.select("before", "yes")
    anna.save()
    saved = ET.fromstring(world.xml(version)).find(f".//{BPMN}standardLoopCharacteristics")
    assert (saved.get("loopMaximum"), saved.get("testBefore")) == ("5", "true")
    assert saved.findtext(f"{BPMN}loopCondition") == "outcome == 'no'"
    assert "loop" not in world.problems(version)
    anna.select("repeat", "")
    anna.save()
    assert "LoopCharacteristics" not in world.xml(version)


def test_calculated_values(world, person):
    """HU-05: a calculation dropped on an arrow, row by row; what it cannot read is named."""
    version = world.draft(one_step("Ask", OUTCOMES))
    anna = person()
    anna.open(version)
    box = anna.shape("F_Task_1_End_1").locator(".djs-hit").first.bounding_box()
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    sign = anna.page.locator('.djs-palette [data-action="create.script-task"]').bounding_box()
    mouse = anna.page.mouse
    mouse.move(sign["x"] + 10, sign["y"] + 10)
    mouse.down()
    mouse.move(middle[0] - 30, middle[1], steps=5)
    mouse.move(*middle, steps=5)
    mouse.up()
    anna.page.locator(".o_bpm_panel_title", has_text="Calculate values").wait_for()
    anna.page.keyboard.press("Escape")
    anna.fill("name", "Work out the discount")
    anna.fill("value_name", "discount rate")
    anna.fill("value_expression", "record.no_such_field * 2")
    problem = anna.page.locator(".o_bpm_problems li[data-code=unknown_field]")
    problem.wait_for()
    assert "no_such_field" in problem.inner_text()
    anna.fill("value_expression", "2 * 3")
    problem.wait_for(state="detached")
    anna.panel.locator("[name=add_value]").click()
    last = anna.panel.locator(".o_bpm_script_row").last
    last.locator("[data-name=value_name] input").fill("until")
    last.locator("[data-name=value_expression] input").fill("today() + days(3)")
    anna.panel.locator("[name=script_text]").click()
    anna.panel.locator("[name=script_rows]").click()
    assert anna.panel.locator(".o_bpm_script_row").count() == 2
    anna.save()
    task = ET.fromstring(world.xml(version)).find(f".//{BPMN}scriptTask")
    assert task.get("name") == "Work out the discount"
    assert task.findtext(f"{BPMN}script") == "discount_rate = 2 * 3\nuntil = today() + days(3)"
    assert task.find(f"{BPMN}incoming") is not None
    assert not [one for one in world.problems(version) if one not in ("nobody", "no_name")]


def test_people_and_events(world, person):
    """HU-05, HU-20: person, role, earlier task, lane, times, messages, signals, a call."""
    called = world.draft(one_step(inside=OUTCOMES), name="Drawn to be called")
    world.rpc("bpm.process.version", "action_publish", [called])
    [found] = world.rpc("bpm.process.version", "read", [called], ["process_id"])
    [process] = world.rpc("bpm.process", "read", [found["process_id"][0]], ["key"])
    version = world.draft(_everything())
    anna = person()
    anna.open(version)
    anna.tool("full")
    _say_who(anna)
    _say_when(anna)
    anna.choose("Hear")
    anna.fill("reference", "payment")
    anna.choose("Tell")
    anna.fill("reference", "alarm")
    anna.choose("Call")
    anna.panel.locator("select[name=called]").select_option(process["key"])
    anna.tool("full")
    anna.save()
    settings = _settings(world.xml(version))
    assert settings["Task_1"] == ({"kind": "user", "user": "draws_boris"}, {"path": "create_date"})
    assert settings["Task_2"][0] == {"kind": "previous", "element": "Task_1"}
    assert settings["Task_3"][0] == {"kind": "role", "role": "user_id"}
    assert settings["Lane"][0]["kind"] == "group"
    root = ET.fromstring(world.xml(version))
    late = root.find(f".//{BPMN}boundaryEvent")
    timer = late.find(f"{BPMN}timerEventDefinition")
    assert late.get("cancelActivity") == "false"
    assert timer.get("{urn:crm-bpm:bpmn:1}basis") == "working"
    assert timer.findtext(f"{BPMN}timeCycle") == "R2/PT4H"
    wait = root.find(f".//{BPMN}intermediateCatchEvent[@id='Wait']/{BPMN}timerEventDefinition")
    assert wait.findtext(f"{BPMN}timeDate") == "today() + days(2)"
    assert [one.get("name") for one in root.findall(f"{BPMN}message")] == ["payment"]
    assert [one.get("name") for one in root.findall(f"{BPMN}signal")] == ["alarm"]
    assert world.problems(version) == {}
    world.rpc("bpm.process.version", "action_publish", [version])
    [found] = world.rpc("bpm.process.version", "read", [version], ["state"])
    assert found["state"] == "published"


def _everything():
    timer = "<bpmn:timerEventDefinition/>"
    return drawing(
        ("startEvent", "Start_1", "", 180, 130),
        ("userTask", "Task_1", "Ask", 250, 130),
        ("userTask", "Task_2", "Check", 380, 130),
        ("userTask", "Task_3", "Agree", 510, 130),
        ("intermediateCatchEvent", "Wait", "", 640, 130, timer),
        ("intermediateCatchEvent", "Hear", "", 710, 130, "<bpmn:messageEventDefinition/>"),
        ("intermediateThrowEvent", "Tell", "", 780, 130, "<bpmn:signalEventDefinition/>"),
        ("callActivity", "Call", "Ask again", 850, 130),
        ("endEvent", "End_1", "", 990, 130),
        ("boundaryEvent", "Late", "", 280, 170, timer, 'attachedToRef="Task_1"'),
        ("endEvent", "End_2", "", 380, 220),
        flows=(
            ("Start_1", "Task_1"), ("Task_1", "Task_2"), ("Task_2", "Task_3"), ("Task_3", "Wait"),
            ("Wait", "Hear"), ("Hear", "Tell"), ("Tell", "Call"), ("Call", "End_1"),
            ("Late", "End_2"),
        ),
        lane="Sales",
    )  # fmt: skip


def _say_who(anna):
    who = "[data-name=who]"
    anna.choose("Task_1")
    anna.select("kind", "user", who)
    anna.panel.locator(f"{who} .o_bpm_picker input").fill("Draws B")
    anna.page.locator(".o-autocomplete--dropdown-item", has_text="Draws Boris").click()
    anna.select("way", "path", "[data-name=deadline]")
    _pick_field(anna, "[data-name=deadline]", "Created on")
    anna.choose("Task_2")
    anna.select("kind", "previous", who)
    anna.select("element", "Task_1", who)
    anna.choose("Task_3")
    anna.select("kind", "role", who)
    _pick_field(anna, who, "Salesperson")
    anna.shape("Lane").locator(".djs-hit").last.click(position={"x": 12, "y": 60})
    anna.page.wait_for_selector(".o_bpm_panel [data-element=Lane]")
    anna.panel.locator("select[name=kind]").select_option("group")
    anna.panel.locator(".o_bpm_picker input").fill("Lawyers of")
    anna.page.locator(
        ".o-autocomplete--dropdown-item", has_text="Lawyers of the Test"
    ).first.click()


def _pick_field(anna, within, name):
    anna.panel.locator(f"{within} .o_model_field_selector").first.click()
    anna.page.fill(".o_model_field_selector_popover_search input", name)
    item = anna.page.locator(".o_model_field_selector_popover_item_name", has_text=name)
    item.first.click()


def _say_when(anna):
    anna.choose("Late")
    anna.select("interrupts", "no")
    anna.select("timer_kind", "timeCycle")
    anna.fill("amount", "4")
    anna.select("unit", "hour")
    anna.fill("times", "2")
    anna.select("basis", "working")
    anna.choose("Wait")
    anna.select("timer_kind", "timeDate")
    anna.select("moment_kind", "text")
    anna.fill("timer_text", "today() + days(2)")


def _settings(xml):
    """{id: (assignment, deadline)} of what is said about people."""
    found = {}
    for node in ET.fromstring(xml).iter():
        inside = node.find(f"{BPMN}extensionElements")
        if inside is not None:
            said = {child.tag.split("}")[1]: dict(child.attrib) for child in inside}
            found[node.get("id")] = (said.get("assignment"), said.get("deadline"))
    return found


def test_part_that_runs_on_an_event(world, person):
    """HU-05: whether all else ends when the message of such a part comes is said in the panel."""
    inside = (
        '<bpmn:startEvent id="Told" isInterrupting="true"><bpmn:messageEventDefinition/>'
        '</bpmn:startEvent><bpmn:endEvent id="Heard"/>'
        '<bpmn:sequenceFlow id="F_Told" sourceRef="Told" targetRef="Heard"/>'
    )
    version = world.draft(drawing(
        ("startEvent", "Start_1", "", 180, 130),
        ("userTask", "Task_1", "Ask", 290, 130),
        ("endEvent", "End_1", "", 480, 130),
        ("subProcess", "Part", "On call", 290, 270, inside, 'triggeredByEvent="true"'),
        flows=(("Start_1", "Task_1"), ("Task_1", "End_1")),
        inner=(("Told", 310, 255, 36, 36), ("Heard", 480, 255, 36, 36)),
    ))  # fmt: skip
    anna = person()
    anna.open(version)
    anna.choose("Told")
    anna.fill("reference", "stop")
    assert anna.panel.locator("select[name=interrupts]").input_value() == "yes"
    anna.select("interrupts", "no")
    anna.save()
    start = ET.fromstring(world.xml(version)).find(f".//{BPMN}startEvent[@id='Told']")
    assert start.get("isInterrupting") == "false"
    assert anna.panel.locator("select[name=interrupts]").input_value() == "no"


# ------------------------------------------------------------ checked, tried, exported


def test_checked_while_drawing(world, person):
    """HU-05: each stroke is checked: marked and listed at once, gone when put right."""
    version = world.draft(drawing(
        ("startEvent", "Start_1", "", 180, 130),
        ("userTask", "Task_1", "Ask", 290, 130),
        ("exclusiveGateway", "Which", "Good?", 460, 130),
        ("endEvent", "End_1", "", 600, 130),
        ("endEvent", "End_2", "", 600, 250),
        flows=(
            ("Start_1", "Task_1"), ("Task_1", "Which"), ("Which", "End_1"), ("Which", "End_2"),
        ),
    ))  # fmt: skip
    anna = person()
    anna.open(version)

    def listed(code):
        return anna.page.locator(f".o_bpm_problems li[data-code={code}]")

    listed("nobody").wait_for()
    listed("no_default").wait_for()
    anna.choose("Task_1")
    anna.select("kind", "starter_manager", "[data-name=who]")
    listed("nobody").wait_for(state="detached")
    anna.choose("F_Which_End_2")
    anna.panel.locator("input[name=default]").check()
    listed("no_default").wait_for(state="detached")
    anna.choose("F_Which_End_1")
    anna.page.keyboard.press("Delete")
    anna.choose("F_Task_1_Which")
    anna.page.keyboard.press("Delete")
    listed("dead_end").wait_for()
    assert "o_bpm_error" in anna.shape("Task_1").get_attribute("class")
    listed("dead_end").locator("button").click()
    anna.page.wait_for_selector(".o_bpm_panel [data-element=Task_1]")
    anna.tool("undo")
    listed("dead_end").wait_for(state="detached")
    assert "o_bpm_error" not in anna.shape("Task_1").get_attribute("class")


def test_files_and_pictures(world, person, tmp_path):
    """PK-26, HU-23: pictures show the steps; the file opens elsewhere as the same drawing."""
    version, other = world.draft(one_step("Ask Größe", OUTCOMES), name="Drawn to go"), world.draft()
    anna = person()
    anna.open(version)
    name, svg = anna.download("svg")
    assert name == "Drawn to go.svg"
    assert "Größe" in "".join(ET.fromstring(svg).itertext())
    name, png = anna.download("png")
    assert name == "Drawn to go.png"
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = (int.from_bytes(png[at : at + 4], "big") for at in (16, 20))
    assert width > 200
    assert height > 100
    name, xml = anna.download("export")
    assert name == "Drawn to go.bpmn"
    path = tmp_path / name
    path.write_bytes(xml)
    anna.open(other)
    anna.page.set_input_files("input[name=bpmn_file]", path)
    anna.shape("Task_1").filter(has_text="Größe").first.wait_for()
    anna.save()
    assert _flat(world.xml(other)) == _flat(xml.decode())
    assert "Yes" not in names_in(world.xml(other))


FILES = paths.REPO / "addons/bpm_engine/tests/files"
#: File of another tool: a step after which one is added, something else that must be there.
FOREIGN = {
    "signavio": ("sid-OFFER", "signavioMetaData"),
    "aris": ("FLOWNODE_T3", "FLOW_f7"),
    "bizagi_modeler": ("Id_t1", "BizagiProperty"),
    "flowable": ("tell", "nrOfCompletedInstances/nrOfInstances"),
    "bpmn_io_data": ("Activity_send", "DataStoreReference_0"),
}


def test_files_of_other_tools(world, person):
    """PK-26: other tools' files are shown whole, drawn on and saved; refused ones say where."""
    anna = person()
    for name, (step, piece) in FOREIGN.items():
        version = world.draft(name=f"Drawn by {name}")
        anna.open(version)
        anna.page.set_input_files("input[name=bpmn_file]", FILES / f"{name}.bpmn")
        anna.page.locator(".o_notification", has_text="has replaced the diagram").wait_for()
        notes = anna.page.locator(".modal:has(.o_bpm_notes) footer button")
        if name == "flowable":
            notes.first.click()
        anna.shape(step).wait_for()
        before = ET.fromstring((FILES / f"{name}.bpmn").read_bytes())
        flows = {flow.get("id") for flow in before.iter(f"{BPMN}sequenceFlow")}
        drawn = anna.page.locator(f"{CANVAS} .djs-connection").evaluate_all(
            "flows => flows.map((flow) => flow.dataset.elementId)"
        )
        assert flows <= set(drawn), name
        anna.choose(step)
        anna.panel.locator("[name=add_step]").click()
        anna.page.locator(f"{CANVAS} .djs-direct-editing-content").wait_for()
        anna.page.keyboard.type("Added here")
        anna.save()
        saved = ET.fromstring(world.xml(version))
        [added] = saved.findall(f".//{BPMN}process/*[@name='Added here']")
        outgoing = [
            flow.get("targetRef")
            for flow in saved.iter(f"{BPMN}sequenceFlow")
            if flow.get("sourceRef") == step
        ]
        assert outgoing == [added.get("id")], name
        assert piece in world.xml(version), name
        assert flows <= {flow.get("id") for flow in saved.iter(f"{BPMN}sequenceFlow")}, name
    for name, why in (("visio_loose.bpmn", "to the customer"), ("bizagi_xpdl.xml", "BPMN")):
        anna.page.set_input_files("input[name=bpmn_file]", FILES / name)
        refusal = anna.page.locator(".modal", has_text=f"{name} cannot be used")
        refusal.wait_for()
        assert why in refusal.locator(".modal-body").inner_text()
        refusal.locator("footer .btn-primary").click()
        refusal.wait_for(state="detached")
    assert anna.is_drawn("Added here")


def _flat(xml):
    """Everything in a file, whatever its spaces."""
    return [
        (node.tag, sorted(node.attrib.items()), (node.text or "").strip())
        for node in ET.fromstring(xml).iter()
    ]


SIMULATED = drawing(
    ("startEvent", "Start_1", "", 180, 130),
    ("exclusiveGateway", "Which", "Melyik?", 300, 130),
    ("endEvent", "End_1", "Egyik", 460, 130),
    ("endEvent", "End_2", "Másik", 460, 250),
    flows=(("Start_1", "Which"), ("Which", "End_1"), ("Which", "End_2")),
)
ENGLISH = re.compile(
    r"\b(the|Process|Simulation|Event|Set|Toggle|Play|Pause|Reset|Trigger|Finished|Entries|speed|"
    r"Focus|Gateway)\b"
)
SAYS = """() => [...document.querySelector(".o_bpm_canvas").querySelectorAll("[class*='bts-']")]
    .filter((place) => place.offsetParent)
    .flatMap((place) => [
        place.title,
        place.getAttribute("aria-label"),
        ...[...place.childNodes].filter((one) => one.nodeType === 3).map((one) => one.textContent),
    ])
    .map((text) => (text || "").trim())
    .filter((text) => /[a-z]{3}/i.test(text))"""


def test_tried_out_in_hungarian(world, person):
    """HU-05: the token goes the way that was chosen, and all that is said is Hungarian."""
    world.speak("draws_boris", "hu_HU")
    version = world.draft(SIMULATED)
    boris = person("draws_boris")
    boris.open(version)
    heard = []
    boris.tool("simulate")

    def pad(title):
        return boris.page.locator(f".bts-context-pad[title='{title}']")

    pad("Történjen meg").first.wait_for()
    heard += boris.page.evaluate(SAYS)
    pad("Út választása").first.click()
    boris.page.locator(".bts-entry[title='Napló']").click()
    pad("Történjen meg").first.click()
    log = boris.page.locator(".bts-log")
    log.locator(".bts-text", has_text="A folyamat véget ért").wait_for()
    heard += boris.page.evaluate(SAYS)
    first = log.locator(".bts-text").all_inner_texts()
    pad("Út választása").first.click()
    pad("Történjen meg").first.click()
    boris.page.wait_for_function(
        "() => [...document.querySelectorAll('.bts-log .bts-text')]"
        ".filter((one) => one.textContent.includes('véget ért')).length === 2"
    )
    second = log.locator(".bts-text").all_inner_texts()[len(first) :]
    ends = [{"Egyik", "Másik"} & set(texts) for texts in (first, second)]
    assert sorted(map(len, ends)) == [1, 1], (first, second)
    assert ends[0] != ends[1], "switched, the token goes the other way"
    english = [text for text in heard if ENGLISH.search(text)]
    assert not english, json.dumps(english)
    assert "A próba naplója" in heard
    boris.tool("simulate")
    boris.page.wait_for_selector(".bts-context-pad", state="detached")
