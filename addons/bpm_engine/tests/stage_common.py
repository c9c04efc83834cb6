from odoo.fields import Command

from odoo.addons.bpm_engine.tests.common import BpmCommon


class StageCommon(BpmCommon):
    """Customers who go through four stages: their industry plays the stage field.

    Any many2one serves as stage field; the engine's own addons have no model with stages.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Mails and tracking are not what is tested, but must be as in real use.
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=False))
        cls.seller = cls._user("seller", "bpm_engine.group_user,base.group_partner_manager")
        cls.head = cls._user("head", "bpm_engine.group_user,base.group_partner_manager")
        cls.override = cls._user("override", "bpm_engine.group_override,base.group_partner_manager")
        names = ("Qualification", "Presentation", "Proposal", "Won", "Lost")
        industries = cls.env["res.partner.industry"].create([{"name": name} for name in names])
        cls.qualify, cls.present, cls.propose, cls.won, cls.lost = industries
        cls.regulation = cls._regulation("Sale")
        cls.version = cls.regulation.action_new_draft()
        cls.s_qualify, cls.s_present, cls.s_propose, cls.s_won, cls.s_lost = (
            cls._stage(industry) for industry in industries
        )
        cls.s_won.is_final = True
        cls.s_lost.write({"is_final": True, "is_lost": True})

    @classmethod
    def _regulation(cls, name, **values):
        model = cls.env["ir.model"]._get("res.partner")
        return cls.env["bpm.regulation"].create(
            {
                "name": name,
                "model_id": model.id,
                "stage_field_id": cls._field("industry_id").id,
                "domain": "[('is_company', '=', True), ('ref', '!=', 'outside')]",
                "owner_id": cls.manager.id,
                **values,
            }
        )

    @classmethod
    def _field(cls, name, model="res.partner"):
        return cls.env["ir.model.fields"]._get(model, name)

    @classmethod
    def _stage(cls, industry, version=None, **values):
        version = version or cls.version
        return cls.env["bpm.regulation.stage"].create(
            {
                "version_id": version.id,
                "name": industry.name,
                "value": str(industry.id),
                "sequence": len(version.stage_ids) * 10,
                **values,
            }
        )

    @classmethod
    def _fact(cls, stage, name, kind="field", field=None, **values):
        field_id = cls._field(field).id if field else False
        stage.fact_ids = [
            Command.create({"name": name, "kind": kind, "field_id": field_id, **values})
        ]
        return stage.fact_ids.sorted("id")[-1]

    @classmethod
    def _step(cls, stage, name, kind="activity", **values):
        sequence = len(stage.step_ids) * 10
        stage.step_ids = [
            Command.create({"name": name, "kind": kind, "sequence": sequence, **values})
        ]
        return stage.step_ids.sorted("id")[-1]

    @classmethod
    def _publish(cls, version=None):
        (version or cls.version).with_user(cls.manager).action_publish()

    @classmethod
    def _customer(cls, stage=None, name="Vector", **values):
        """A customer at a stage, put there before any rule could object."""
        partner = cls.env["res.partner"].create(
            {
                "name": name,
                "is_company": True,
                "user_id": cls.seller.id,
                "industry_id": cls.qualify.id,
                **values,
            }
        )
        if stage and stage != cls.qualify:
            partner.sudo()._with_stage_bypass("test").industry_id = stage
        return partner

    def _steps(self, partner):
        case = self.env["bpm.stage.case"].sudo()._get_cases(partner).get(partner.id)
        return case.step_ids if case else self.env["bpm.stage.case.step"]

    def _changes(self, partner):
        return self.env["bpm.stage.change"].search(
            [("res_model", "=", "res.partner"), ("res_id", "=", partner.id)]
        )

    def _undone(self):
        """What happens inside is undone, so that each path starts from the same point."""
        return Undone(self.env)


class Undone:
    """What happens inside is undone, so that each path starts from the same point."""

    def __init__(self, env):
        self.env = env

    def __enter__(self):
        self.savepoint = self.env.cr.savepoint()

    def __exit__(self, *exc_info):
        self.savepoint.rollback()
        self.savepoint.close(rollback=False)
        self.env.invalidate_all()
