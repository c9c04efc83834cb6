from odoo import models
from odoo.tools import split_every
from odoo.tools.sql import column_exists, table_exists

from odoo.addons.bpm_engine.lib.own_context import INTERNAL


class CrmContractPayment(models.Model):
    """Whether planned payments are invoiced, for databases that did not store it yet."""

    _inherit = "crm.contract.payment"

    def _auto_init(self):
        cr = self.env.cr
        if table_exists(cr, self._table) and not column_exists(cr, self._table, "amount_invoiced"):
            self.pool.post_init(self._fill_invoiced)
        return super()._auto_init()

    def _fill_invoiced(self):
        """Derive what is invoiced of all planned payments whose contract has invoices."""
        lines = self.env["account.move.line"].sudo()
        groups = lines._read_group(
            [("crm_contract_id", "!=", False), ("parent_state", "=", "posted")], ["crm_contract_id"]
        )
        Contract = self.env["crm.contract"].sudo().with_context(crm_settling=INTERNAL)
        for ids in split_every(1000, [contract.id for (contract,) in groups]):
            contracts = Contract.browse(ids)
            _received, invoiced = contracts._get_settling_entries()
            for contract in contracts:
                contract._write_invoiced(
                    contract._get_rows_to_close(), invoiced.get(contract.id, [])
                )
            self.env.flush_all()
