from odoo import api, fields, models
from odoo.tools import SQL


class CrmReceivableImport(models.Model):
    """Firms of a file that are no customer yet, and those of them that have a customer's name."""

    _inherit = "crm.receivable.import"

    unmatched_count = fields.Integer(compute="_compute_unmatched_count", string="Unknown Firms")
    proposed_count = fields.Integer(
        compute="_compute_unmatched_count",
        string="Same Name",
        help="Firms that no tax ID or reference names, but one customer has exactly their name.",
    )

    @api.depends("row_ids.firm_id.partner_id", "row_ids.firm_id.proposed_partner_id", "state")
    def _compute_unmatched_count(self):
        self.env["crm.receivable.row"].flush_model()
        self.env["crm.receivable.firm"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT r.import_id, count(DISTINCT f.id), count(DISTINCT f.id)
                          FILTER (WHERE f.proposed_partner_id IS NOT NULL)
                     FROM crm_receivable_row r JOIN crm_receivable_firm f ON f.id = r.firm_id
                    WHERE r.import_id = ANY(%s) AND f.partner_id IS NULL
                 GROUP BY r.import_id""",
                self.ids,
            )
        )
        counts = {file_id: numbers for file_id, *numbers in rows}
        for file in self:
            file.unmatched_count, file.proposed_count = counts.get(file.id, (0, 0))

    def _get_unmatched_firms(self, *domain):
        """Firms of the rows of these files that have no customer."""
        rows = self.env["crm.receivable.row"].search(
            [("import_id", "in", self.ids), ("firm_id.partner_id", "=", False), *domain]
        )
        return rows.firm_id

    def action_view_unmatched(self):
        """Button: the firms of this file that are no customer yet."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "crm_payment_plan.crm_receivable_firm_action"
        )
        domain = [("id", "in", self._get_unmatched_firms().ids)]
        return {**action, "domain": domain, "context": {}}

    def action_accept_proposed(self):
        """Button: all firms of this file with the name of a customer are these customers."""
        self.ensure_one()
        proposed = ("firm_id.proposed_partner_id", "!=", False)
        self._get_unmatched_firms(proposed).action_accept()
