"""The moment of a timer in the browser."""

from datetime import datetime

from odoo.tests import HttpCase, tagged

from .run_common import catch, chain, end, start, task, timer
from .test_ui_moves import laid_out
from .versions_common import VersionsCommon


@tagged("post_install", "-at_install")
class TestMoment(HttpCase, VersionsCommon):
    browser_size = "1366x768"

    def test_chosen_not_typed(self):
        """HU-05, HU-24: a timer's day comes from the calendar, its date from the record.

        So does the list for each item of which a step is done.
        """
        self.designer.write({"password": self.designer.login, "tz": "Europe/Sofia"})
        process = self.env["bpm.process"].create(
            {"name": "Wait", "key": "wait", "model_id": self.env["ir.model"]._get_id("res.partner")}
        )
        row = ["Start", "Day", "Field", "Each", "End"]
        waits = [catch(name, timer("P1D")) for name in row[1:3]]
        xml = self.drawing(process, start(), *waits, task("Each"), end(), chain(*row))
        draft = process.draft_version_id
        draft.bpmn_xml = laid_out(xml, process.key, row)
        self.start_tour(
            f"/odoo/bpm.process.version/{draft.id}",
            "bpm_engine_moment",
            login=self.designer.login,
            timeout=120,
        )
        draft.invalidate_recordset()
        self.assertIn("record.create_date", draft.bpmn_xml)
        self.assertIn('collection="record.child_ids"', draft.bpmn_xml)
        text = draft.bpmn_xml.split("2030-12-24", 1)[1].split("<")[0]
        moment = datetime.fromisoformat(f"2030-12-24{text}")
        self.assertEqual((moment.hour, moment.minute), (10, 30))
        self.assertIsNotNone(moment.tzinfo, "without a zone it would be another moment")
        self.assertNotIn("error", [row["level"] for row in draft._find_problems()])
