from odoo import api, fields, models
from odoo.fields import Domain

#: Contracts of one request; the dialog asks for the next ones and shows how far it is.
BATCHES = {"compare": 1000, "repair": 200}


class CrmContractCheck(models.TransientModel):
    """Compares contracts with accounting and names every difference.

    Many contracts take time: each request does some of them, so that the person sees how far
    it is and may stop; what was found until then stays.
    """

    _name = "crm.contract.check"
    _description = "Check of Contracts against Accounting"

    line_ids = fields.One2many("crm.contract.check.line", "check_id", readonly=True)
    contract_count = fields.Integer(string="Contracts Checked", readonly=True)
    difference_count = fields.Integer(compute="_compute_difference_count")
    work = fields.Selection(
        [("compare", "Comparing"), ("repair", "Repairing")], default="compare", readonly=True
    )
    total_count = fields.Integer(readonly=True, help="Contracts of this piece of work.")
    left_count = fields.Integer(readonly=True, help="Those of them that are not done yet.")
    last_id = fields.Integer(readonly=True, help="The last contract that is done.")

    @api.depends("line_ids")
    def _compute_difference_count(self):
        for check in self:
            check.difference_count = len(check.line_ids)

    @api.model
    def action_check(self):
        """Check all contracts the person sees in the chosen companies."""
        check = self.create({})
        check._begin("compare", self.env["crm.contract"].search_count(self._get_domain()))
        return check._reopen()

    @api.model
    def _get_domain(self):
        return Domain("company_id", "in", self.env.companies.ids)

    def action_repair(self):
        """Derive the figures of the contracts that differ anew, and check them again."""
        self.ensure_one()
        self.line_ids.contract_id.check_access("write")
        self._begin("repair", len(self.line_ids.contract_id))
        return self._reopen()

    def check_next(self):
        """Called by the dialog until nothing is left: one more batch."""
        self.ensure_one()
        contracts = self._get_next()
        if not contracts:
            self.left_count = 0
            return
        # Reads entries, which not everybody who may check may open.
        entries = contracts.sudo()
        if self.work == "repair":
            contracts.check_access("write")
            entries._repair()
            self.line_ids.filtered(lambda line: line.contract_id in contracts).unlink()
        else:
            self.contract_count += len(contracts)
        self.env["crm.contract.check.line"].create(
            [{**row, "check_id": self.id} for row in entries._get_differences()]
        )
        full = len(contracts) == BATCHES[self.work]
        self.left_count = max(self.left_count - len(contracts), 0) if full else 0
        self.last_id = contracts[-1:].id

    def _begin(self, work, count):
        """The first batch; a few contracts are done by it."""
        self.write({"work": work, "total_count": count, "left_count": count, "last_id": 0})
        self.check_next()

    def _get_next(self):
        """Contracts of the next batch, by their ids."""
        limit = BATCHES[self.work]
        if self.work == "repair":
            contracts = self.line_ids.contract_id.sorted("id")
            return contracts.filtered(lambda one: one.id > self.last_id)[:limit]
        domain = self._get_domain() & Domain("id", ">", self.last_id)
        return self.env["crm.contract"].search(domain, order="id", limit=limit)

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Contracts against accounting"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }


class CrmContractCheckLine(models.TransientModel):
    """One difference."""

    _name = "crm.contract.check.line"
    _description = "Difference to Accounting"

    check_id = fields.Many2one("crm.contract.check", required=True, ondelete="cascade")
    contract_id = fields.Many2one("crm.contract", required=True, ondelete="cascade")
    what = fields.Char(required=True)
    kept = fields.Float(string="In the Contract", digits=(16, 2))
    told = fields.Float(string="Should Be", digits=(16, 2))
