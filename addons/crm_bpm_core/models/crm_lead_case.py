from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class CrmLead(models.Model):
    """What decides about the way of a lead, and what its regulation does by itself."""

    _inherit = "crm.lead"

    need_id = fields.Many2one(
        "crm.need",
        tracking=True,
        index="btree_not_null",
        ondelete="restrict",
        help="What the customer wants; it decides which regulation applies.",
    )
    education_id = fields.Many2one(
        "crm.education",
        compute="_compute_education_id",
        inverse="_inverse_education_id",
        store=True,
        readonly=False,
        tracking=True,
        help="Education the customer already has; kept on the contact.",
    )
    distributor_id = fields.Many2one(
        "res.partner",
        string="Handed To",
        tracking=True,
        index="btree_not_null",
        help="Distributor who serves this customer.",
    )
    stage_id = fields.Many2one(
        domain="['&', ('lead_type', 'in', [False, type]), "
        "'|', ('team_ids', '=', False), ('team_ids', 'in', team_id)]"
    )

    @api.depends("partner_id")
    def _compute_education_id(self):
        for lead in self:
            lead.education_id = lead.partner_id.education_id or lead.education_id

    def _inverse_education_id(self):
        for lead in self.filtered("partner_id"):
            if lead.partner_id.education_id != lead.education_id:
                lead.partner_id.education_id = lead.education_id

    def _prepare_customer_values(self, partner_name, is_company=False, parent_id=False):
        values = super()._prepare_customer_values(partner_name, is_company, parent_id)
        return values if is_company else values | {"education_id": self.education_id.id}

    # ------------------------------------------------------------ stages by kind

    def _compute_stage_id(self):
        """Who becomes an opportunity goes over to the stages of opportunities."""
        result = super()._compute_stage_id()
        for lead in self:
            kind = lead.stage_id.lead_type
            if kind and kind != lead.type:
                lead.stage_id = lead._stage_find(domain=[("fold", "=", False)])
        return result

    def _stage_find(self, team_id=False, domain=None, order="sequence, id", limit=1):
        """Only stages of the kind of these leads, unless they are of both kinds."""
        kinds = set(self.mapped("type")) - {False}
        if len(kinds) == 1:
            domain = [*(domain or []), ("lead_type", "in", [False, *kinds])]
        return super()._stage_find(team_id=team_id, domain=domain, order=order, limit=limit)

    @api.model
    def _read_group_stage_ids(self, stages, domain):
        """No empty columns of the other kind."""
        found = super()._read_group_stage_ids(stages, domain)
        kind = self.env.context.get("default_type")
        if kind not in ("lead", "opportunity"):
            return found
        return found.filtered(lambda s: s in stages or s.lead_type in (False, kind))

    # ------------------------------------------------------------ stages of ready regulations

    @api.model
    def _find_ready_stage(self, stage_field, stage, options):
        """Where new leads stand, the won one, the lost end; others by their name."""
        if stage_field != "stage_id" or stage.get("value"):
            return stage.get("value") or super()._find_ready_stage(stage_field, stage, options)
        if stage.get("start"):
            first = self._get_ready_stages(stage, options).filtered(lambda s: not s.is_won)[:1]
            return str(first.id) if first else False
        if stage.get("create", {}).get("is_won"):
            won = self._get_ready_stages(stage, options).filtered("is_won")[:1]
            return str(won.id) if won else False
        return super()._find_ready_stage(stage_field, stage, options)

    def _get_ready_stages(self, stage, options):
        """Stages of the team (or of all teams) in their order."""
        teams = [options["team_id"]] if options.get("team_id") else []
        domain = Domain("team_ids", "=", False) | Domain("team_ids", "in", teams)
        kind = stage.get("create", {}).get("lead_type")
        domain &= Domain("lead_type", "in", [False, kind] if kind else [False])
        return self.env["crm.stage"].search(domain)

    @api.model
    def _get_ready_choices(self, stage_field, stage, options):
        """Stages of the team and of the kind of leads that is meant."""
        choices = super()._get_ready_choices(stage_field, stage, options)
        if stage_field != "stage_id":
            return choices
        known = {str(found.id) for found in self._get_ready_stages(stage, options)}
        return [choice for choice in choices if choice["value"] in known]

    @api.model
    def _create_ready_stage(self, stage_field, stage, position, options):
        """A stage of the team, so that other teams keep their pipeline."""
        made = super()._create_ready_stage(stage_field, stage, position, options)
        if stage_field == "stage_id" and options.get("team_id"):
            made.team_ids = [options["team_id"]]
        return made

    # ------------------------------------------------------------ done by themselves

    def action_make_customer(self):
        """Make the contact (and company) of leads that have none (AL-09)."""
        self._handle_partner_assignment(create_missing=True)
        return True

    def action_to_sale(self):
        """Leads become opportunities of their customers (LV-11, AL-12)."""
        for lead in self.filtered(lambda lead: lead.type == "lead"):
            lead.convert_opportunity(lead.partner_id)
        return True

    def action_subscribe(self):
        """Make the contact and mark it as a subscriber of the newsletter (LV-09)."""
        self.action_make_customer()
        tag = self.env.ref("crm_bpm_core.partner_category_newsletter", raise_if_not_found=False)
        if not tag:
            raise UserError(
                self.env._(
                    "The tag of subscribers was deleted. Update the addon “CRM with processes”."
                )
            )
        self.partner_id.category_id |= tag
        return True

    def action_make_quotation(self):
        """A quotation for the customer, by the template of the need; once per lead (LV-11).

        :return: action that opens it.
        :raise UserError: the lead has no customer.
        """
        self.ensure_one()
        order = self.order_ids.filtered(lambda o: o.state != "cancel")[:1]
        if not order:
            if not self.partner_id:
                raise UserError(self.env._("“%s” has no customer yet; choose one.", self.name))
            order = self._make_quotation()
        return {
            "type": "ir.actions.act_window",
            "res_model": order._name,
            "res_id": order.id,
            "views": [(False, "form")],
        }

    def _make_quotation(self):
        context = self._prepare_opportunity_quotation_context()
        order = (
            self.env["sale.order"]
            .with_context(**context)
            .create({"partner_id": self.partner_id.id, "user_id": self.user_id.id})
        )
        if self.need_id.quotation_template_id:
            order.sale_order_template_id = self.need_id.quotation_template_id
            order._onchange_sale_order_template_id()
        return order
