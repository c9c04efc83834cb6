from lxml import etree

from odoo.tests import HttpCase, new_test_user, tagged

from .common import BpmCommon

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
BPM = "{urn:crm-bpm:bpmn:1}"


@tagged("post_install", "-at_install")
class TestDesigner(HttpCase, BpmCommon):
    """The process designer in the browser."""

    browser_size = "1366x768"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.designer | cls.manager).mapped(lambda user: user.write({"password": user.login}))
        cls.process = cls.env["bpm.process"].create(
            {
                "name": "Deal",
                "key": "deal",
                "model_id": cls.env.ref("base.model_res_partner").id,
            }
        )
        cls.version = cls.process.draft_version_id
        cls.action = cls.env["ir.actions.act_window"].create(
            {
                "name": "Versions",
                "res_model": "bpm.process.version",
                "path": "bpm-versions-of-test",
                "view_mode": "list,form",
            }
        )

    def tour(self, name, user):
        url = f"/odoo/{self.action.path}/{self.version.id}"
        self.start_tour(url, name, login=user.login, timeout=180)
        self.version.invalidate_recordset()

    def drawn(self, kind, name):
        """The element of that kind and name in the saved diagram; fails when there is none."""
        root = etree.fromstring(self.version.bpmn_xml.encode())
        found = [node for node in root.iter(f"{BPMN}{kind}") if node.get("name") == name]
        self.assertEqual(len(found), 1, f"{kind} {name}")
        return found[0]

    def test_draw_and_leave_without_saving(self):
        """HU-05: a newcomer draws a condition, leaves without saving, publishes what was drawn."""
        self.tour("bpm_engine_draw", self.designer)
        task = self.drawn("userTask", "Check the deal")
        self.assertEqual(task.find(f".//{BPM}assignment").get("kind"), "starter_manager")
        self.assertEqual(
            [outcome.get("key") for outcome in task.iter(f"{BPM}outcome")],
            ["approved", "refused"],
        )
        gateway = self.drawn("exclusiveGateway", "Check the deal?")
        approve = self.drawn("sequenceFlow", "Approve")
        self.assertEqual(
            approve.findtext(f"{BPMN}conditionExpression"),
            "outcome == 'approved' and amount > 1000",
        )
        self.assertEqual(gateway.get("default"), self.drawn("sequenceFlow", "Refuse").get("id"))
        offer = self.drawn("userTask", "Send the offer")
        self.assertEqual(approve.get("targetRef"), offer.get("id"))
        self.drawn("endEvent", "Offer sent")
        self.version.with_user(self.manager).action_publish()
        self.assertEqual(self.version.state, "published")

    def test_parts_of_the_column(self):
        """HU-05, AT-09: approvals, fields of the form and actions are set without any code."""
        self.env["bpm.action"].create(
            {
                "name": "Tell all",
                "key": "tell_test",
                "kind": "message",
                "description": "Tells everybody.",
            }
        )
        template = self.env.ref("bpm_engine.template_invoice_payment")
        partners = self.env.ref("base.model_res_partner")
        self.version = template._create_process(model_id=partners.id).draft_version_id
        self.tour("bpm_engine_panel_parts", self.designer)
        check = self.drawn("userTask", "Check the invoice")
        field = check.find(f".//{BPM}field")
        self.assertEqual((field.get("name"), field.get("required")), ("ref", "true"))
        approval = check.find(f".//{BPM}approval")
        self.assertEqual(
            [approval.get(name) for name in ("mode", "quorum", "order")],
            ["quorum", "2", "sequential"],
        )
        self.assertEqual(
            [one.get("kind") for one in approval.iter(f"{BPM}approver")][-1], "starter_manager"
        )
        self.assertEqual(check.findall(f".//{BPM}outcome")[-1].get("style"), "negative")
        action = self.drawn("serviceTask", "Note the payment on the record").find(f".//{BPM}action")
        self.assertEqual((action.get("name"), action.get("async")), ("tell_test", "true"))
        value = action.find(f"{BPM}parameter")
        self.assertEqual((value.get("name"), value.get("value")), ("company", "base.main_company"))

    def test_files_of_other_tools(self):
        """PK-26, HU-05: a pool is chosen, what was left out is named; problems lead to places."""
        self.tour("bpm_engine_import", self.designer)
        self.drawn("userTask", "Sell")
        self.assertNotIn("Pack", self.version.bpmn_xml)
        other = self.env["bpm.process"].search([("name", "=", "Warehouse")])
        self.assertEqual((other.state, other.model), ("draft", "res.partner"))

    def test_people_and_deadlines(self):
        """HU-05, HU-20: group, deadline, escalation to a person of the record, its fields."""
        group = self.env["res.groups"].create({"name": "Lawyers of the Test"})
        self.tour("bpm_engine_panel_people", self.designer)
        settings = self.version._diagram().elements["Task_1"].settings
        self.assertEqual(settings["assignment"], {"kind": "group", "group": f"#{group.id}"})
        self.assertEqual(
            settings["deadline"], {"amount": 2.0, "unit": "day", "basis": "working", "remind": 4.0}
        )
        self.assertEqual(
            settings["escalation"],
            {"kind": "role", "role": "user_id", "action": "reassign", "again": 8.0},
        )
        approve = self.drawn("sequenceFlow", "Approve")
        self.assertEqual(
            approve.findtext(f"{BPMN}conditionExpression"),
            "outcome == 'approved' and record.ref == 'A-1'",
        )

    def test_export(self):
        """PK-26, HU-23: the file is saved with what is in force; strangers get nothing."""
        self.version.with_user(self.manager).action_publish()
        url = f"/bpm_engine/version/{self.version.id}/bpmn"
        self.authenticate(self.designer.login, self.designer.login)
        answer = self.url_open(url)
        self.assertEqual(answer.status_code, 200)
        self.assertIn("deal_v1.bpmn", answer.headers["Content-Disposition"])
        self.assertIn(b"<bpmn:process", answer.content)
        self.assertEqual(self.url_open("/bpm_engine/version/999999999/bpmn").status_code, 404)
        portal = new_test_user(self.env, "bpm_portal", groups="base.group_portal")
        portal.password = portal.login
        self.authenticate(portal.login, portal.login)
        self.assertIn(self.url_open(url).status_code, (403, 404))

    def test_undo_refused_file_and_tools(self):
        """HU-05: undo, redo, trying out; a broken file is refused with the place."""
        self.tour("bpm_engine_tools", self.designer)
        self.assertNotIn("Wrong", self.version.bpmn_xml)

    def test_leave_with_a_label_being_written(self):
        """HU-05: going back keeps the label still being written; old encodings are read."""
        self.start_tour(
            f"/odoo/{self.action.path}",
            "bpm_engine_leave_label",
            login=self.designer.login,
            timeout=180,
        )
        self.version.invalidate_recordset()
        self.drawn("userTask", "Шаг")
        self.drawn("startEvent", "Order came")

    def test_published_version_changes_who_at_once(self):
        """HU-20: on a version in use who and texts change at once, the drawing stays."""
        self.version.with_user(self.manager).action_publish()
        before = self.version.bpmn_xml
        self.tour("bpm_engine_hot", self.manager)
        self.assertEqual(self.version.bpmn_xml, before)
        element = self.version.element_ids.filtered(lambda one: one.type == "userTask")
        self.assertEqual(element.name, "Look at it")
        self.assertEqual(element.settings["assignment"], {"kind": "starter_manager"})

    def test_published_version_is_only_read_by_designers(self):
        """HU-19: who draws does not change what is in use."""
        self.version.with_user(self.manager).action_publish()
        self.tour("bpm_engine_locked", self.designer)
