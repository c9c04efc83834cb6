from collections import defaultdict

from odoo import api, fields, models

from odoo.addons.bpm_engine.lib.own_context import INTERNAL

from ..lib.allocation import allocate


class CrmContractSettlement(models.Model):
    """What closed a planned payment, or a part of it.

    All rows but those marked by hand are derived from posted entries and made
    anew whenever these change; nobody edits them.
    """

    _name = "crm.contract.settlement"
    _description = "Receipt of a Contract"
    _order = "date desc, id desc"

    contract_id = fields.Many2one("crm.contract", required=True, index=True, ondelete="cascade")
    payment_id = fields.Many2one(
        "crm.contract.payment",
        string="Planned Payment",
        index="btree_not_null",
        ondelete="cascade",
        help="Empty: received beyond what is planned.",
    )
    source = fields.Selection(
        [
            ("partial", "Reconciled invoice"),
            ("payment", "Payment without invoice"),
            ("opening", "Former accounting"),
            ("netting", "Netted credit note"),
            ("manual", "Marked by hand"),
        ],
        required=True,
    )
    company_id = fields.Many2one(related="contract_id.company_id", store=True, precompute=True)
    partner_id = fields.Many2one(related="contract_id.partner_id", store=True, precompute=True)
    currency_id = fields.Many2one(related="contract_id.currency_id", store=True, precompute=True)
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    partial_id = fields.Many2one(
        "account.partial.reconcile", index="btree_not_null", ondelete="cascade"
    )
    move_id = fields.Many2one(
        "account.move", string="Invoice", index="btree_not_null", ondelete="cascade"
    )
    counterpart_move_id = fields.Many2one(
        "account.move", string="Entry", index="btree_not_null", ondelete="cascade"
    )
    account_payment_id = fields.Many2one(
        "account.payment", string="Payment", index="btree_not_null", ondelete="cascade"
    )
    opening_line_id = fields.Many2one(
        "account.move.line",
        string="Advance Taken Over",
        index="btree_not_null",
        ondelete="cascade",
        help="Item of an entry by hand that brought this money from the former accounting.",
    )
    date = fields.Date(required=True, help="Of the payment or entry, not of the reconciliation.")
    amount_settled = fields.Monetary(
        string="Received", help="Obligation closed; negative when money went back."
    )
    amount_cash = fields.Monetary(string="In Money", help="Without write-offs and netting.")
    amount_company = fields.Monetary(
        string="Received (Company Currency)", currency_field="company_currency_id"
    )
    amount_declared = fields.Monetary(
        string="Marked", help="What was marked as received; entries that bring it count instead."
    )
    user_id = fields.Many2one("res.users", string="Marked By")

    @api.depends("payment_id", "date")
    def _compute_display_name(self):
        for row in self:
            row.display_name = " · ".join(
                (
                    row.payment_id.name or row.contract_id.display_name,
                    fields.Date.to_string(row.date),
                )
            )


class CrmContract(models.Model):
    """Derives receipts from posted entries and gives them to the planned payments."""

    _inherit = "crm.contract"

    def _settle(self):
        """Make receipts, received sums and statuses of these contracts what entries say.

        Entries are read for all contracts at once, and rows that are right already
        are not touched, so that a repetition writes nothing.
        """
        if not self:
            return
        # Receipts follow from entries that the person who causes the change may not read.
        contracts = self.sudo().with_context(crm_settling=INTERNAL, prefetch_fields=True)
        contracts.env.flush_all()
        received, invoiced = contracts._get_settling_entries()
        missing = []
        for contract in contracts:
            # First what is owed, then what money closes of it.
            contract._write_invoiced(contract._get_rows_to_close(), invoiced.get(contract.id, []))
            missing += contract._replace_settlements(received.get(contract.id, []))
        # One statement for the receipts of all contracts.
        contracts.env["crm.contract.settlement"].create(missing)
        for contract in contracts:
            contract._close_payments()
        # Of all, not only of those whose receipts changed: a cancelled or new payment of the
        # plan completes an advance too. Dates that count from an event may have moved by it,
        # and the order of payments with them.
        contracts._after_settling()._settle()

    def _forget(self, name, records):
        """Delete the derived rows of these contracts that records about to be deleted made."""
        if self:
            self.settlement_ids.filtered(lambda row: row[name] in records).unlink()

    def _get_rows_to_close(self):
        """Planned payments in the order in which money closes them."""
        # A payment whose event has not come waits behind those that are due on a known day.
        return self.payment_ids.filtered(lambda payment: payment.state != "cancelled").sorted(
            lambda one: (one.is_estimated, one.date_planned, one.sequence, one.id)
        )

    def _prepare_settlements(self, entries, pieces):
        """Values of the derived rows by what identifies them."""
        currency = self.currency_id
        wanted = {}
        for entry, parts in zip(entries, pieces, strict=True):
            given = 0
            cash = 0.0
            company_amount = 0.0
            for row_id, units in parts:
                given += units
                share = given / entry["units"]
                part_cash = currency.round(entry["cash"] * share) - cash
                part_company = self.company_id.currency_id.round(entry["company"] * share)
                key = (
                    entry["partial_id"],
                    entry["account_payment_id"],
                    entry.get("opening_line_id"),
                    entry["payment_id"],
                    row_id,
                )
                wanted[key] = {
                    "contract_id": self.id,
                    "payment_id": row_id or False,
                    "source": entry.get("source")
                    or ("partial" if entry["partial_id"] else "payment"),
                    "partial_id": entry["partial_id"] or False,
                    "move_id": entry["move_id"] or False,
                    "counterpart_move_id": entry["counterpart_move_id"],
                    "account_payment_id": entry["account_payment_id"] or False,
                    "opening_line_id": entry.get("opening_line_id") or False,
                    "date": entry["date"],
                    "amount_settled": currency.round(units * currency.rounding),
                    "amount_cash": currency.round(part_cash),
                    "amount_company": part_company - company_amount,
                }
                cash += part_cash
                company_amount = part_company
        return _merge_by_row(wanted)

    def _replace_settlements(self, entries):
        """Bring the derived rows of one contract to what its entries say; what is right stays.

        :return: values of the rows that are lacking
        """
        pieces = allocate(
            [(entry["units"], entry["payment_id"]) for entry in entries],
            self._get_rooms(self._get_rows_to_close()),
            self._get_marks(),
        )
        wanted = self._prepare_settlements(entries, pieces)
        for row in self.settlement_ids.filtered(lambda row: row.source != "manual"):
            key = (
                row.partial_id.id,
                row.account_payment_id.id,
                row.opening_line_id.id,
                row.payment_id.id,
            )
            values = wanted.pop(key, None)
            if values is None:
                row.unlink()
                continue
            differing = {
                name: value
                for name, value in values.items()
                if row._fields[name].convert_to_write(row[name], row) != value
            }
            if differing:
                row.write(differing)
        return list(wanted.values())

    def _close_payments(self):
        """Sums and statuses of one contract's planned payments, from its receipts."""
        self._fit_declared(self._get_rows_to_close())
        self._write_received(self.payment_ids)

    def _fit_declared(self, rows):
        """What was marked by hand counts only as far as entries do not bring it."""
        manual = self.settlement_ids.filtered(lambda row: row.source == "manual")
        # Of the contract's own rows: those of the payments would be one query a contract.
        brought = dict.fromkeys(self.payment_ids.ids, 0.0)
        for row in self.settlement_ids - manual:
            if row.payment_id:
                brought[row.payment_id.id] += row.amount_settled
        changes = defaultdict(manual.browse)
        for row in manual:
            planned = row.payment_id
            room = planned._get_rest(brought[planned.id]) if planned in rows else 0
            # Of a refund both are negative.
            amount = self.currency_id.round(min(row.amount_declared, room, key=abs))
            if self.currency_id.compare_amounts(amount, row.amount_settled):
                changes[tuple(self._prepare_declared(row, amount).items())] |= row
        # Marks that give way as a whole have the same values.
        for values, rows in changes.items():
            rows.write(dict(values))

    def _prepare_declared(self, row, amount):
        return {
            "amount_settled": amount,
            "amount_cash": amount,
            "amount_company": self.currency_id._convert(
                amount, self.company_id.currency_id, self.company_id, row.date
            ),
        }

    def _write_differing(self, values):
        """Write what differs from what the contract has already."""
        differing = {name: value for name, value in values.items() if self[name] != value}
        if differing:
            self.write(differing)

    def _write_received(self, payments):
        """Received sums and statuses of the planned payments."""
        settlements = self.settlement_ids.grouped("payment_id")
        for payment in payments:
            payment._write_differing(
                payment._prepare_received(
                    settlements.get(payment, self.env["crm.contract.settlement"])
                )
            )


def _merge_by_row(wanted):
    """Sum pieces of one entry that ended at the same planned payment."""
    merged = defaultdict(dict)
    for (partial, payment, opening, _linked, row_id), values in wanted.items():
        key = (partial or False, payment or False, opening or False, row_id or False)
        known = merged[key]
        if not known:
            known.update(values)
            continue
        for name in ("amount_settled", "amount_cash", "amount_company"):
            known[name] = known[name] + values[name]
    return dict(merged)
