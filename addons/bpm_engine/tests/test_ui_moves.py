"""A new version in the browser: who moves, who stays, what differs, who has the open tasks."""

from odoo.tests import HttpCase, tagged

from .run_common import catch, chain, end, start, task, timer
from .test_task_run import assigned
from .versions_common import VersionsCommon

_DI = (
    '<b:BPMNDiagram xmlns:b="http://www.omg.org/spec/BPMN/20100524/DI"'
    ' xmlns:d="http://www.omg.org/spec/DD/20100524/DC"'
    ' xmlns:e="http://www.omg.org/spec/DD/20100524/DI" id="G">'
    '<b:BPMNPlane id="P" bpmnElement="{key}">{parts}</b:BPMNPlane></b:BPMNDiagram></definitions>'
)


def laid_out(xml, key, row):
    """The drawing with a picture: its elements in a row, an arrow from each to the next."""
    parts = ""
    for place, name in enumerate(row):
        parts += (
            f'<b:BPMNShape id="{name}_di" bpmnElement="{name}"><d:Bounds'
            f' x="{100 + 150 * place}" y="80" width="100" height="80"/></b:BPMNShape>'
        )
    for place, (one, other) in enumerate(zip(row, row[1:], strict=False)):
        parts += (
            f'<b:BPMNEdge id="{one}_{other}_di" bpmnElement="{one}_{other}">'
            f'<e:waypoint x="{200 + 150 * place}" y="120"/>'
            f'<e:waypoint x="{250 + 150 * place}" y="120"/></b:BPMNEdge>'
        )
    return xml.replace("</definitions>", _DI.format(key=key, parts=parts))


@tagged("post_install", "-at_install")
class TestMoves(HttpCase, VersionsCommon):
    browser_size = "1366x768"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager.password = cls.manager.login

    def draw(self, process, *middle):
        """The next version, not published: these elements between start and end."""
        names = [name for name, _xml in middle]
        row = ["Start", *names, "End"]
        body = (start(), *(xml for _name, xml in middle), end(), chain(*row))
        draft = self.draft(process)
        draft.bpmn_xml = laid_out(self.drawing(process, *body), process.key, row)
        return draft

    def step(self, name):
        return name, task(name, settings=assigned(self.worker))

    def test_publish_map_move_and_hand_over(self):
        """HU-19, HU-20: check, mapping, reasons, move, comparison, open tasks handed over."""
        process = self.env["bpm.process"].create(
            {
                "name": "Visa",
                "key": "visa_moves",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "owner_id": self.manager.id,
            }
        )
        wait = ("Wait", catch("Wait", timer("P2D")))
        old = self.draw(process, *map(self.step, ("Check", "Sign")), wait, self.step("Pay"))
        old.with_user(self.manager).action_publish()
        stays, mapped, moves = self.launch_many(process, 3)
        for instance in (stays, mapped):
            self.done(instance)
        self.done(stays)
        new = self.draw(process, *map(self.step, ("Check", "Agree", "Pay")))
        self.assertFalse(new._find_problems())
        token = mapped.task_ids.filtered(lambda row: row.state == "todo").token
        path = f"/odoo/bpm.process.version/{new.id}"
        self.start_tour(path, "bpm_engine_publish_and_move", login=self.manager.login, timeout=120)
        self.assertEqual((mapped | moves).version_id, new)
        self.assertEqual(stays.version_id, old)
        self.assertEqual(self.open_names(mapped), ["Agree"])
        self.assertEqual(mapped.task_ids.filtered(lambda row: row.state == "todo").token, token)
        self.done(mapped)
        open_task = mapped.task_ids.filtered(lambda row: row.state == "todo")
        self.assertEqual((open_task.name, open_task.user_id), ("Pay", self.worker))
        pay = new.element_ids.filtered(lambda element: element.element_id == "Pay")
        to_other = {"assignment": {"kind": "user", "user": self.other_worker.login}}
        new.with_user(self.manager).set_hot("Pay", {**pay.settings, **to_other})
        self.assertEqual(open_task.user_id, self.worker, "open ones only when told so")
        self.start_tour(path, "bpm_engine_compare_and_apply", login=self.manager.login, timeout=120)
        self.assertEqual(open_task.user_id, self.other_worker)

    def done(self, instance):
        row = instance.task_ids.filtered(lambda one: one.state == "todo")
        row.with_user(self.worker).action_complete()
