from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

#: What makes a file another one, or another contract's.
CONTENT = frozenset(
    {"raw", "datas", "db_datas", "store_fname", "url", "type", "res_model", "res_id"}
)


class IrAttachment(models.Model):
    """Signed copies of contracts stay what they were when the signature was registered."""

    _inherit = "ir.attachment"

    def write(self, vals):
        if not CONTENT.isdisjoint(vals):
            self._check_no_signed_copy()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_signed_copy(self):
        self._check_no_signed_copy()

    def _check_no_signed_copy(self):
        files = self.env["ir.attachment"] if self.env.su else self
        files = files.filtered(lambda one: one.res_model == "crm.contract")
        if not files:
            return
        signed = self._get_signed_copies(files)
        if signed:
            raise UserError(
                self.env._(
                    "%s is the signed copy of a contract: it stays as it was signed.",
                    ", ".join(signed.mapped("name")),
                )
            )

    @api.model
    def _get_signed_copies(self, files):
        """Those of these files that a contract, or a former version of one, keeps as signed."""
        Contract = self.env["crm.contract"].sudo()
        Version = self.env["crm.contract.version"].sudo()
        now = Contract.search(Domain("signed_attachment_ids", "in", files.ids))
        then = Version.search(Domain("attachment_ids", "in", files.ids))
        kept = now.signed_attachment_ids | then.attachment_ids
        return files.filtered(lambda one: one in kept)
