from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..lib.kinds import REFUND


class CrmPaymentDocumentMixin(models.AbstractModel):
    """Something that concerns one debt: an invoice, a debt of a file, a planned payment."""

    _name = "crm.payment.document.mixin"
    _description = "About a Debt"

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="cascade",
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, ondelete="cascade"
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
    )
    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        index="btree_not_null",
        ondelete="cascade",
        check_company=True,
        domain="[('move_type', 'in', ('out_invoice', 'out_receipt')), ('state', '=', 'posted'),"
        " ('commercial_partner_id', '=', partner_id)]",
    )
    item_id = fields.Many2one(
        "crm.receivable.item",
        string="Debt in the File",
        index="btree_not_null",
        ondelete="cascade",
        domain="[('partner_id', '=', partner_id), ('state', '=', 'open')]",
    )
    payment_id = fields.Many2one(
        "crm.contract.payment",
        string="Planned Payment",
        index="btree_not_null",
        ondelete="cascade",
        domain="[('partner_id', 'child_of', partner_id), ('state', '=', 'planned'),"
        " ('direction', '=', 'income'), ('kind', '!=', 'refund')]",
    )
    document = fields.Char(compute="_compute_document", store=True)

    @api.depends("move_id", "item_id", "payment_id")
    def _compute_partner_id(self):
        for row in self:
            # Debts belong to the commercial entity, whoever of its contacts speaks.
            source = row.sudo()
            # An entry that took debts over may hold those of many.
            move = source.move_id.filtered(lambda move: move.move_type != "entry")
            partner = move.partner_id or source.item_id.partner_id or source.payment_id.partner_id
            row.partner_id = partner.commercial_partner_id or row.partner_id.commercial_partner_id

    @api.depends("move_id.name", "item_id.document", "payment_id.name")
    def _compute_document(self):
        for row in self:
            record = row.sudo()._get_document()
            row.document = record.display_name if record else False

    def _get_document(self):
        """The record that this is about; empty: the customer as a whole."""
        self.ensure_one()
        return self.move_id or self.item_id or self.payment_id

    @api.constrains("move_id", "item_id", "payment_id", "company_id")
    def _check_document(self):
        for row in self.sudo():
            documents = [one for one in (row.move_id, row.item_id, row.payment_id) if one]
            if len(documents) > 1:
                raise ValidationError(
                    self.env._("Choose one: an invoice, a debt of a file or a planned payment.")
                )
            if row.payment_id.kind == REFUND:
                raise ValidationError(
                    self.env._(
                        "%s is a refund: the customer does not owe it.", row.payment_id.display_name
                    )
                )
            if documents and documents[0].company_id != row.company_id:
                raise ValidationError(
                    self.env._(
                        "%(document)s belongs to %(company)s: work in that company.",
                        document=documents[0].display_name,
                        company=documents[0].company_id.name,
                    )
                )

    @api.model
    def _prepare_defaults(self, record):
        """Context of a form opened from a customer or a debt."""
        if record._name == "res.partner":
            # The class and the overdue sum are seen by whoever may note a promise.
            customer = record.commercial_partner_id
            return {
                "default_partner_id": customer.id,
                "default_amount": customer.sudo().payer_overdue_amount,
            }
        if record._name == "crm.receivable":
            if record.move_id.sudo().move_type == "entry":
                return self._prepare_opening_defaults(record)
            record = record.move_id or record.item_id
        fields_by_model = {
            "account.move": "move_id",
            "crm.receivable.item": "item_id",
            "crm.contract.payment": "payment_id",
        }
        return {
            f"default_{fields_by_model[record._name]}": record.id,
            "default_company_id": record.company_id.id,
        }

    @api.model
    def _open_new(self, title, record):
        record.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": self._name,
            "view_mode": "form",
            "target": "new",
            "context": {**self.env.context, **self._prepare_defaults(record)},
        }

    @api.model
    def _prepare_opening_defaults(self, debt):
        """The same, of a debt that an entry by hand took over, perhaps with those of others."""
        return {"default_partner_id": debt.partner_id.id, "default_company_id": debt.company_id.id}
