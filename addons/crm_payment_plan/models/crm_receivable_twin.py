from odoo import api, fields, models
from odoo.tools import SQL


class CrmReceivableItem(models.Model):
    """Debts of files that are invoices of Odoo as well.

    Where both rate the payers, the invoice counts and its line in the file does not: in the
    list of debts, the cash forecast, the weekly digest and the figures of the payer. As soon
    as the invoice is draft or cancelled, the line counts again.
    """

    _inherit = "crm.receivable.item"

    twin_move_id = fields.Many2one(
        "account.move",
        string="Same as Invoice",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
        help="The invoice in Odoo that this debt is as well: it counts once, as the invoice.",
    )

    @api.model
    def _get_known(self, company, partners):
        """Ids of those of these customers whom the files know."""
        rows = self.env.execute_query(
            SQL(
                """SELECT p.id FROM unnest(%s::int[]) p (id) WHERE EXISTS (
                          SELECT FROM crm_receivable_item i
                           WHERE i.company_id = %s AND i.partner_id = p.id)""",
                partners.ids,
                company.id,
            )
        )
        return [row[0] for row in rows]

    @api.model
    def _find_twins(self, company, partner_ids=None):
        """Note the invoices that debts of a company are as well; of all or of these customers.

        The rules of what is the same are those of the reminders: number, else day and amount.
        """
        for model in ("crm.receivable.item", "account.move", "crm.payer.rule"):
            self.env[model].flush_model()
        whose = (
            SQL("") if partner_ids is None else SQL("AND i.partner_id = ANY(%s)", [*partner_ids])
        )
        self.env.cr.execute(
            SQL(
                """UPDATE crm_receivable_item item SET twin_move_id = found.move_id
                     FROM (SELECT i.id, min(m.id) AS move_id
                             FROM crm_receivable_item i
                        LEFT JOIN (%(twins)s) twin ON twin.item_id = i.id
                        LEFT JOIN account_move m ON m.name = twin.name
                              AND m.company_id = i.company_id AND m.state = 'posted'
                              AND m.commercial_partner_id = i.partner_id
                              AND m.move_type IN ('out_invoice', 'out_receipt')
                            WHERE i.company_id = %(company)s %(whose)s
                         GROUP BY i.id) found
                    WHERE found.id = item.id
                      AND item.twin_move_id IS DISTINCT FROM found.move_id""",
                twins=self.env["crm.payment.reminder.run"]._get_twins_sql(company, partner_ids),
                company=company.id,
                whose=whose,
            )
        )
        self.invalidate_model(["twin_move_id"])


class CrmReceivableFirm(models.Model):
    """Debts that become a customer's may be his invoices."""

    _inherit = "crm.receivable.firm"

    def _assign_items(self):
        result = super()._assign_items()
        for company, firms in self.grouped("company_id").items():
            partners = firms.partner_id.commercial_partner_id
            self.env["crm.receivable.item"]._find_twins(company, partners.ids)
        return result


class CrmReceivableImport(models.Model):
    """A file may bring debts that are invoices of Odoo."""

    _inherit = "crm.receivable.import"

    def _finish(self):
        result = super()._finish()
        self.env["crm.receivable.item"]._find_twins(self.company_id)
        return result


class CrmNightlyRun(models.Model):
    """What was edited on invoices during the day is looked at before the payers are rated."""

    _inherit = "crm.nightly.run"

    def _stage_payer_discipline(self, stage):
        self.env["crm.receivable.item"]._find_twins(self.company_id)
        return super()._stage_payer_discipline(stage)


class AccountMove(models.Model):
    """An invoice that is posted may stand in the last file of debts already."""

    _inherit = "account.move"

    def _post(self, soft=True):
        posted = super()._post(soft)
        invoices = posted.filtered(lambda move: move.move_type in ("out_invoice", "out_receipt"))
        for company, moves in invoices.grouped("company_id").items():
            known = (
                self.env["crm.receivable.item"]
                .sudo()
                ._get_known(company, moves.commercial_partner_id)
            )
            if known:
                self.env["crm.receivable.item"].sudo()._find_twins(company, known)
        return posted
