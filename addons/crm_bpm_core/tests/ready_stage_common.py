"""Ready regulations of sales, loaded and played by the people they concern."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.fields import Command

from odoo.addons.bpm_engine.exceptions import StageRefused
from odoo.addons.bpm_engine.tests.ready_common import ReadyMixin
from odoo.addons.crm_bpm_core.regulations import CONTENTS
from odoo.addons.crm_bpm_core.tests.common import CORE, CrmBpmCommon


class ReadyStageCommon(ReadyMixin, CrmBpmCommon):
    """A salesperson and the leader of his team; a head of sales who loads and publishes."""

    #: Key of the ready regulation that is loaded for all tests of a class.
    ready = ""
    #: What the catalogue has: of this addon alone, whatever others change; None: of all.
    contents = CONTENTS

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if cls.contents is not None:
            templates = type(cls.env["bpm.regulation.template"])
            own = patch.object(templates, "_get_contents", lambda _self: cls.contents)
            cls.startClassPatcher(own)
        # Steps go by the clock of the transaction, which the frozen one does not reach.
        clock = patch.object(type(cls.env.cr), "now", lambda _cr: fields.Datetime.now())
        cls.startClassPatcher(clock)
        cls.env["bpm.regulation"].search([]).active = False
        cls.customer = cls._customer("Vector")
        cls.regulation = cls._load(cls.ready) if cls.ready else None

    @classmethod
    def _load(cls, key, publish=True):
        """Use it from the catalogue, as the head does."""
        template = cls.env["bpm.regulation.template"].search([("key", "=", key)])
        template = template.with_user(cls.head)
        action = template.action_use()
        uses = cls.env[action["res_model"]].with_user(cls.head).with_context(**action["context"])
        draft = cls.env["bpm.regulation.version"].browse(uses.create({}).action_use()["res_id"])
        if publish:
            draft.with_user(cls.head).action_publish()
        return draft.regulation_id

    # ------------------------------------------------------------ records

    @classmethod
    def _need(cls, name):
        return cls.env.ref(f"{CORE}.need_{name}")

    def _lead(self, need, user=None, **values):
        values = {
            "name": "A new deal", "type": "opportunity", "user_id": self.manager.id,
            "team_id": self.team.id, "need_id": self._need(need).id, **values,
        }  # fmt: skip
        return self.env["crm.lead"].with_user(user or self.manager).create(values)

    def _attach(self, record, name="assignment.pdf", count=1):
        self.env["ir.attachment"].with_user(self.manager).create(
            [
                {"name": name, "raw": b"%PDF", "res_model": record._name, "res_id": record.id}
                for _number in range(count)
            ]
        )

    def _quote(self, lead, delivered=0, confirm=True):
        """The quotation of an opportunity with goods, as the salesperson makes it."""
        order = lead.order_ids[:1] or self.env["sale.order"].with_user(self.manager).create(
            {"partner_id": lead.partner_id.id, "opportunity_id": lead.id}
        )
        line = {"product_id": self.product.id, "product_uom_qty": 5}
        order.with_user(self.manager).order_line = [Command.create(line)]
        if confirm:
            order.with_user(self.manager).action_confirm()
        if delivered:
            order.order_line.qty_delivered = delivered
        return order

    # ------------------------------------------------------------ steps

    def _case(self, record):
        return self.env["bpm.stage.case"].sudo()._get_cases(record).get(record.id)

    def _rows(self, record):
        """Present steps of the stage it stands at."""
        case = self._case(record)
        rows = case.step_ids.filtered(lambda s: s.is_current and s.stage_id == case.stage_id)
        return rows.sorted("sequence")

    def _row(self, record, name):
        rows = self._case(record).step_ids.filtered(lambda s: s.name == name and s.is_current)
        self.assertEqual(len(rows), 1, f"{name}: {self._case(record).step_ids.mapped('name')}")
        return rows

    def _do(self, record, *names, user=None):
        for name in names:
            self._row(record, name).with_user(user or self.manager).action_done("Done so")

    def _approve(self, record, *names, user=None):
        for name in names:
            self._row(record, name).with_user(user or self.team_leader).action_approve("Good")

    def _schedule(self, record, user=None):
        """What stands in a person's schedule for the record: {summary: type}."""
        activities = self.env["mail.activity"].with_user(user or self.manager).search([
            ("res_model", "=", record._name), ("res_id", "=", record.id),
            ("user_id", "=", (user or self.manager).id),
        ])  # fmt: skip
        return {activity.summary: activity for activity in activities.sorted("id")}

    # ------------------------------------------------------------ stages

    def _stage(self, name, record=None):
        """Stage of the regulation by its name."""
        regulation = self._case(record).regulation_id if record else self.regulation
        stages = regulation.published_version_id.stage_ids
        found = stages.filtered(lambda s: s.name == name)
        self.assertEqual(len(found), 1, f"{name}: {stages.mapped('name')}")
        return found

    def _go(self, record, name, comment="Agreed so", status=None, user=None):
        """Move it by the bar, as a person does."""
        stage = self._stage(name, record)
        statuses = stage.version_id.regulation_id._get_statuses()
        status_id = statuses.filtered(lambda s: s.name == status).id if status else False
        panel = self.env["bpm.stage.case"].with_user(user or self.manager)
        panel.move(record._name, record.id, stage.value, comment, status_id)
        self.env.invalidate_all()
        return record

    def assertAt(self, record, name):
        self.env.invalidate_all()
        self.assertEqual(self._case(record).stage_id.name, name)

    def assertWhyNot(self, record, name, *texts, **move):
        """The move is refused, each text is in the reasons, and only so many there are."""
        before = self._case(record).stage_id
        with self.assertRaises(StageRefused) as refused, self.cr.savepoint():
            self._go(record, name, **move)
        reasons = [line for line in str(refused.exception).splitlines() if line.startswith("•")]
        self.assertEqual(len(reasons), len(texts), "\n".join(reasons))
        for text in texts:
            self.assertTrue(any(text in reason for reason in reasons), f"{text}\n{reasons}")
        self.env.invalidate_all()
        self.assertEqual(self._case(record).stage_id, before)

    def assertDue(self, record, name, **delta):
        """The step is due so long after now, a Monday morning, in working time."""
        due = self._row(record, name).deadline
        self.assertEqual(due, fields.Datetime.now() + timedelta(**delta), name)

    def assertStages(self, regulation, *names):
        stages = regulation.published_version_id.stage_ids
        self.assertEqual(stages.mapped("name"), list(names))
        key = regulation.template_id.key
        self.assertEqual(len(stages), len(CONTENTS[key]["stages"]))
