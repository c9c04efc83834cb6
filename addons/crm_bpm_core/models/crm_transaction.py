from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmTransaction(models.Model):
    """One line of sales history that came from outside (CSV, Excel, RPC).

    It feeds the daily ledger beside confirmed sales orders, so that customers
    are watched from the first day on the history of the previous system.
    """

    _name = "crm.transaction"
    _description = "Imported Transaction"
    _order = "date desc, id desc"
    _rec_name = "article"
    _log_access = False  # millions of rows; import_id tells who and when

    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, ondelete="cascade", index=True
    )
    date = fields.Date(required=True, help="Day of the transaction, company time.")
    order_ref = fields.Char(
        string="Order",
        help="Number of the order or basket; lines of one day without it are one order.",
    )
    article = fields.Char()
    quantity = fields.Float(help="Negative for a return.")
    amount = fields.Float(help="Without tax, company currency. Negative for a return.")
    key = fields.Char(
        required=True, help="Identity of the line; importing it again changes nothing."
    )
    import_id = fields.Many2one("crm.transaction.batch", ondelete="cascade", index=True)

    _key_uniq = models.UniqueIndex("(company_id, key)", "This transaction is there already.")
    _partner_day_idx = models.Index("(company_id, partner_id, date)")

    @api.model
    def import_transactions(
        self,
        rows,
        company_id=None,
        name=None,
        customer_by="ref",
        create_customers=False,
        dry_run=False,
    ):
        """Add sales history from another system; the daily ledger follows.

        Good rows are imported even when others are bad. Sending rows again
        changes nothing: a row is known by its ``key``, or else by all its values
        (equal rows of one call count as often as they occur). For heads of sales.

        :param rows: list of dicts: ``customer``, ``date`` (YYYY-MM-DD or
            dd.mm.yyyy, company time), ``amount`` (without tax, company currency,
            negative for a return); optional ``quantity`` (default 1),
            ``article``, ``order_ref`` (or ``order``), ``key``, ``customer_name``
        :param company_id: default: the user's current company
        :param name: name of the import, to find it again
        :param customer_by: what ``customer`` holds: ``ref`` (internal reference),
            ``vat``, ``name``, ``external`` (external id) or ``id`` (database id)
        :param create_customers: create customers that are not found
        :param dry_run: only say what would happen
        :return: dict with ``batch_id`` (False for a dry run), ``rows``,
            ``created``, ``duplicates``, ``customers`` (created), ``error_count``
            and ``errors``: the first 1000 as dicts of ``row`` (1 is the first),
            ``column``, ``value``, ``message``, ``cure``
        """
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise UserError(
                self.env._(
                    "'rows' must be a list of dictionaries such as "
                    '{"customer": "C-17", "date": "2026-01-31", "quantity": 6, "amount": 420.5}.'
                )
            )
        batch = self.env["crm.transaction.batch"]._create_for(
            company_id, name or self.env._("By RPC"), customer_by, create_customers
        )
        numbered = (
            (number, {"order_ref": row.get("order"), **row}) for number, row in enumerate(rows, 1)
        )
        return batch._import_rows(numbered, dry_run=dry_run)
