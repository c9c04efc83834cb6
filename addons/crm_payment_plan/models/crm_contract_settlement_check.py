from datetime import date, timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..lib import credit_checks, opening_checks
from ..lib import settlement_checks as checks

#: Dates are compared as days since then.
EPOCH = date(2000, 1, 1)


class CrmContract(models.Model):
    """Compares what contracts say with accounting, by queries of its own."""

    _inherit = "crm.contract"

    def _get_differences(self):
        """Every difference between the contracts' figures and what they follow from.

        The queries share nothing with the code that keeps the figures.

        :return: [{"contract_id", "what": text, "kept": shown figure, "told": what it should
            be; both 0 where a date differs, which the text tells}]
        """
        if not self.ids:
            return []
        self.env.flush_all()
        ids = tuple(self.ids)
        return [
            self._prepare_difference(row, words(row))
            for query, words in self._get_checks()
            for row in self.env.execute_query_dict(SQL(query, ids=ids))
        ]

    @api.model
    def _get_checks(self):
        """Hook: queries, and what their rows mean in words."""
        return (
            (checks.INVOICES, self._words_of_invoice),
            (checks.SHARES, self._words_of_shares),
            (checks.BOOKED, self._words_of_booked),
            (checks.ADVANCES, self._words_of_advance),
            (checks.CASH, self._words_of_cash),
            (opening_checks.OPENINGS, self._words_of_opening),
            (opening_checks.TAKEN_CASH, self._words_of_cash),
            (checks.MANUAL, self._words_of_mark),
            (checks.PAYMENTS, self._words_of_payment),
            (credit_checks.DOCUMENTS, self._words_of_document),
            (checks.TOTALS, self._words_of_total),
        )

    @api.model
    def _prepare_difference(self, row, what):
        kept, told = row["kept"], row["told"]
        if "date" in (row.get("field") or ""):
            days = [
                fields.Date.to_string(EPOCH + timedelta(days=int(day))) if day is not None else "–"
                for day in (kept, told)
            ]
            what = self.env._("%(what)s: %(kept)s, not %(told)s", what=what, kept=days[0],
                              told=days[1])  # fmt: skip
            kept = told = 0
        return {"contract_id": row["contract_id"], "what": what, "kept": kept, "told": told}

    @api.model
    def _words_of_invoice(self, row):
        return self.env._("Received on invoice %s", row["move"])

    @api.model
    def _words_of_shares(self, row):
        return self.env._("Received by all contracts of invoice %s", row["move"])

    @api.model
    def _words_of_booked(self, row):
        return self.env._("Received on invoice %s in company currency", row["move"])

    @api.model
    def _words_of_advance(self, row):
        return self.env._("Payment without an invoice: %s", row["payment"])

    @api.model
    def _words_of_cash(self, row):
        return self.env._("Received in money by %s", row["move"])

    @api.model
    def _words_of_opening(self, row):
        return self.env._("Taken over from former accounting by %s", row["move"])

    @api.model
    def _words_of_mark(self, row):
        return self.env._("Marked as received by hand: %s", row["payment"])

    @api.model
    def _words_of_payment(self, row):
        labels = self.env["crm.contract.payment"].fields_get([row["field"]], ["string"])
        return self.env._(
            "Planned payment %(payment)s: %(field)s",
            payment=row["payment"],
            field=labels[row["field"]]["string"],
        )

    @api.model
    def _words_of_document(self, row):
        if row["payment"] is not None:
            return self._words_of_payment(row)
        return {
            "residual": self.env._("Received on invoices, by what accounting calls open"),
            "invoiced": self.env._("Invoiced amount of the planned payments"),
            "planned": self.env._("Credited of the planned payments"),
            "contract": self.env._("Credited by credit notes"),
        }[row["field"]]

    @api.model
    def _words_of_total(self, row):
        return self.env._(
            "Total: %s", self.fields_get([row["field"]], ["string"])[row["field"]]["string"]
        )

    def _repair(self):
        """Derive receipts and totals of these contracts anew."""
        self._settle()
        totals = ("amount_effective", "planned_total", "unplanned_total", "remaining_total",
                  "open_total", "received_total", "cash_total", "unallocated_total", "next_date",
                  "next_amount")  # fmt: skip
        payments = self.payment_ids
        self.env.add_to_compute(payments._fields["amount_remaining"], payments)
        for name in totals:
            self.env.add_to_compute(self._fields[name], self)
        self.env.flush_all()

    @api.model
    def _cron_check_settlements(self, limit=5000):
        """Compare all contracts with accounting every night; differences become activities."""
        last = int(self.env["ir.config_parameter"].get_param("crm_payment_plan.checked_up_to", 0))
        contracts = self.search([("id", ">", last)], order="id", limit=limit)
        found = contracts._get_differences()
        self.browse({row["contract_id"] for row in found})._report_differences(found)
        left = self.search_count([("id", ">", contracts[-1:].id or last)])
        self.env["ir.config_parameter"].set_param(
            "crm_payment_plan.checked_up_to", contracts[-1:].id if left else 0
        )
        self.env["ir.cron"]._commit_progress(len(contracts), remaining=left)

    def _report_differences(self, found):
        """One activity for each contract that differs, unless it has one already."""
        kind = self.env.ref("crm_payment_plan.mail_activity_type_difference")
        for contract in self:
            if contract.activity_ids.filtered(lambda a: a.activity_type_id == kind):
                continue
            lines = [
                f"{row['what']}: {row['kept']} ≠ {row['told']}"
                if (row["kept"], row["told"]) != (0, 0)
                else row["what"]
                for row in found
                if row["contract_id"] == contract.id
            ]
            contract.activity_schedule(
                "crm_payment_plan.mail_activity_type_difference",
                summary=self.env._("Figures differ from accounting"),
                note="<br/>".join(lines),
                user_id=contract.user_id.id or self.env.uid,
            )
