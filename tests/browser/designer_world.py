"""Drafts to draw on, and people who draw on them in Chromium."""

import itertools
import re
import time

from tests import running

DESIGNER, OTHER = "draws_anna", "draws_boris"
SIZE = {"viewport": {"width": 1366, "height": 768}}
PATH = "drafts-of-test"
CANVAS = ".o_bpm_canvas"
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" '
    'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
    'xmlns:di="http://www.omg.org/spec/DD/20100524/DI" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:other="urn:another-tool" '
    'xmlns:bpm="urn:crm-bpm:bpmn:1" targetNamespace="test">'
)
SIZES = {
    "exclusiveGateway": (50, 50),
    "subProcess": (260, 120),
    **dict.fromkeys(
        (
            "startEvent", "endEvent", "boundaryEvent",
            "intermediateCatchEvent", "intermediateThrowEvent",
        ),
        (36, 36),
    ),
}  # fmt: skip


def drawing(*nodes, flows=(), roots="", lane="", inner=(), key="drawn") -> str:
    """A diagram with its layout.

    :param nodes: (kind, id, name, x, y, what stands inside, its attributes)
    :param flows: (source, target), or with the inside as a third
    :param lane: name of a lane that holds them all
    :param inner: places (id, x, y, width, height) of what is written inside of a node
    """
    body, shapes, middle = [], [], {}
    for kind, id_, name, x, y, *more in nodes:
        inside, attributes = [*more, "", ""][:2]
        width, height = SIZES.get(kind, (100, 80))
        body.append(f'<bpmn:{kind} id="{id_}" name="{name}" {attributes}>{inside}</bpmn:{kind}>')
        middle[id_] = (x, x + width, y)
        look = 'isExpanded="true"' if kind == "subProcess" else ""
        shapes.append(_shape(id_, x, y - height // 2, width, height, look))
    for source, target, *inside in flows:
        id_ = f"F_{source}_{target}"
        body.append(
            f'<bpmn:sequenceFlow id="{id_}" sourceRef="{source}" targetRef="{target}">'
            f"{''.join(inside)}</bpmn:sequenceFlow>"
        )
        (_, start, y1), (end, _, y2) = middle[source], middle[target]
        shapes.append(
            f'<bpmndi:BPMNEdge id="{id_}_di" bpmnElement="{id_}">'
            f'<di:waypoint x="{start}" y="{y1}"/><di:waypoint x="{end}" y="{y2}"/>'
            "</bpmndi:BPMNEdge>"
        )
    shapes += [_shape(*place) for place in inner]
    plane = key
    if lane:
        plane = "Pools"
        roots += (
            f'<bpmn:collaboration id="Pools"><bpmn:participant id="Pool" name="Us" '
            f'processRef="{key}"/></bpmn:collaboration>'
        )
        refs = "".join(f"<bpmn:flowNodeRef>{id_}</bpmn:flowNodeRef>" for id_ in middle)
        body.insert(
            0,
            '<bpmn:laneSet id="Lanes">'
            f'<bpmn:lane id="Lane" name="{lane}">{refs}</bpmn:lane></bpmn:laneSet>',
        )
        width = max(end for _, end, _ in middle.values()) - 20
        shapes[:0] = [
            _shape("Pool", 100, 20, width, 250, 'isHorizontal="true"'),
            _shape("Lane", 130, 20, width - 30, 250, 'isHorizontal="true"'),
        ]
    return (
        f'{HEAD}{roots}<bpmn:process id="{key}" isExecutable="true">{"".join(body)}</bpmn:process>'
        f'<bpmndi:BPMNDiagram id="D"><bpmndi:BPMNPlane id="P" bpmnElement="{plane}">'
        f"{''.join(shapes)}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram></bpmn:definitions>"
    )


def _shape(id_, x, y, width, height, attributes="") -> str:
    return (
        f'<bpmndi:BPMNShape id="{id_}_di" bpmnElement="{id_}" {attributes}>'
        f'<dc:Bounds x="{x}" y="{y}" width="{width}" height="{height}"/></bpmndi:BPMNShape>'
    )


def one_step(name="First", inside="", kind="userTask") -> str:
    return drawing(
        ("startEvent", "Start_1", "", 180, 130),
        (kind, "Task_1", name, 290, 130, inside),
        ("endEvent", "End_1", "", 480, 130),
        flows=(("Start_1", "Task_1"), ("Task_1", "End_1")),
    )


class DesignerWorld:
    """One database with two who may draw; done and read over XML-RPC."""

    def __init__(self, server):
        self.rpc = running.XmlRpc(server, "admin", "admin")
        self._numbers = itertools.count(1)
        self.ids = {login: self._make_user(login) for login in (DESIGNER, OTHER)}
        self.rpc("ir.actions.act_window", "create", {
            "name": "Drafts", "res_model": "bpm.process.version", "path": PATH,
            "view_mode": "list,form", "domain": "[('process_id.name', 'like', 'Drawn ')]",
        })  # fmt: skip
        self.rpc("res.groups", "create", {"name": "Lawyers of the Test"})
        self.boris = running.XmlRpc(server, OTHER, OTHER)

    def _ref(self, xml_id) -> int:
        module, name = xml_id.split(".")
        domain = [("module", "=", module), ("name", "=", name)]
        return self.rpc("ir.model.data", "search_read", domain, ["res_id"])[0]["res_id"]

    def _make_user(self, login) -> int:
        group = self._ref("bpm_engine.group_designer")
        return self.rpc("res.users", "create", {
            "name": login.title().replace("_", " "), "login": login, "password": login,
            "email": f"{login}@example.com", "group_ids": [(4, group, 0)],
        }, context={"no_reset_password": True})  # fmt: skip

    def speak(self, login: str, language: str):
        """The person's language; terms of Odoo itself are not needed here."""
        found = self.rpc("res.lang", "search", [
            ("code", "=", language), ("active", "in", [True, False]),
        ])  # fmt: skip
        self.rpc("res.lang", "write", found, {"active": True})
        self.rpc("res.users", "write", [self.ids[login]], {"lang": language})

    def draft(self, xml="", name="") -> int:
        """A new draft on contacts; its id."""
        name = name or f"Drawn {next(self._numbers)}"
        process = self.rpc("bpm.process", "create", {
            "name": name, "model_id": self._ref("base.model_res_partner"),
        })  # fmt: skip
        [version] = self.rpc("bpm.process.version", "search", [("process_id", "=", process)])
        self.rpc("bpm.process.version", "write", [version], {"bpmn_xml": xml or one_step()})
        return version

    def xml(self, version: int) -> str:
        return self.rpc("bpm.process.version", "read", [version], ["bpmn_xml"])[0]["bpmn_xml"]

    def problems(self, version: int) -> dict:
        """{code: message} of what the check finds in the saved drawing."""
        [found] = self.rpc("bpm.process.version", "read", [version], ["bpmn_xml", "process_id"])
        told = self.rpc(
            "bpm.process.version", "lint_xml", found["bpmn_xml"], found["process_id"][0]
        )
        return {problem["code"]: problem["message"] for problem in told}

    def wait_for(self, version: int, piece: str, seconds=15) -> str:
        """The saved diagram once it contains a piece: what is sent last arrives a little later."""
        deadline = time.monotonic() + seconds
        while piece not in (xml := self.xml(version)):
            assert time.monotonic() < deadline, f"{piece} was not saved: {xml}"
            time.sleep(0.3)
        return xml


class Drawer:
    """Somebody at the drawing."""

    def __init__(self, browser, server, login=DESIGNER):
        self.page = running.log_in(browser, server.url, login, login, **SIZE)
        self.page.set_default_timeout(20_000)
        self.faults = []
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        # A page that closes with something unsaved asks; whoever reloads wants to go.
        self.page.on("dialog", lambda dialog: dialog.accept())
        self.panel = self.page.locator(".o_bpm_panel")
        self.bar = self.page.locator(".o_bpm_found")

    def leave(self):
        """Nothing went wrong unseen."""
        self.page.context.close()
        assert not self.faults, self.faults

    # ------------------------------------------------------------ places

    def open(self, version: int):
        self.page.goto(f"/odoo/{PATH}/{version}")
        self.wait()

    def wait(self):
        """Until the diagram can be drawn on."""
        self.page.wait_for_selector(f"{CANVAS} .djs-shape")
        self.page.wait_for_selector(".o_bpm_panel .o_bpm_panel_title")

    def shape(self, id_: str):
        return self.page.locator(f'{CANVAS} .djs-element[data-element-id="{id_}"]')

    def choose(self, id_: str):
        # The signs beside what was chosen before may lie over it.
        empty = self.page.locator(CANVAS).bounding_box()
        self.page.mouse.click(empty["x"] + 200, empty["y"] + empty["height"] - 15)
        # An arrow has no height: for the driver it would not be visible.
        box = self.shape(id_).locator(".djs-hit").first.bounding_box()
        self.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        self.page.wait_for_selector(f'.o_bpm_panel [data-element="{id_}"]')

    def is_drawn(self, text: str) -> bool:
        return bool(self.page.locator(f"{CANVAS} .djs-element", has_text=text).count())

    # ------------------------------------------------------------ acts

    def fill(self, name: str, text: str, within=""):
        """A text of the panel, as long as it takes to enter the diagram."""
        place = f"{within} [data-name={name}]"
        field = self.panel.locator(f"{place} input, {place} textarea").first
        field.fill(text)
        field.blur()

    def select(self, name: str, value: str, within=""):
        self.panel.locator(f"{within} select[name={name}]").first.select_option(value)

    def title(self, text: str):
        self.panel.locator("[data-name=name] input").fill(text)

    def save(self):
        self.page.click(".o_form_button_save")
        self.page.wait_for_selector(".o_form_button_save", state="hidden")

    def discard(self):
        self.page.click(".o_form_button_cancel")

    def tool(self, name: str):
        self.page.click(f".o_bpm_toolbar button[name={name}]")

    def codes(self) -> set[str]:
        """Codes of the list below the drawing."""
        return set(
            self.page.locator(".o_bpm_problems li").evaluate_all(
                "items => items.map((item) => item.dataset.code)"
            )
        )

    def download(self, name: str) -> tuple[str, bytes]:
        """File name and content of what the file menu gives."""
        self.tool("file")
        with self.page.expect_download() as waiting:
            self.page.click(f".o_bpm_toolbar .dropdown-menu button[name={name}]")
        with open(waiting.value.path(), "rb") as source:
            return waiting.value.suggested_filename, source.read()


def names_in(xml: str) -> set[str]:
    return set(re.findall(r' name="([^"]*)"', xml))
