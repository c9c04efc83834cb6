from odoo import api, models
from odoo.tools import SQL

#: Reconciled money of invoices all of whose lines belong to one contract in the
#: invoice's currency: another way to the same sums, straight from the entries.
WHOLE_INVOICES = """
WITH whole AS (
    SELECT l.move_id, min(l.crm_contract_id) AS contract_id
      FROM account_move_line l
      JOIN account_move m ON m.id = l.move_id AND m.state = 'posted'
     WHERE l.display_type = 'product'
     GROUP BY l.move_id
    HAVING count(DISTINCT l.crm_contract_id) = 1 AND count(*) = count(l.crm_contract_id)
), entries AS (
    SELECT w.contract_id, w.move_id,
           CASE WHEN l.id = p.debit_move_id THEN p.debit_amount_currency
                ELSE -p.credit_amount_currency END AS amount, l.currency_id
      FROM whole w
      JOIN account_move_line l ON l.move_id = w.move_id AND l.display_type = 'payment_term'
      JOIN account_partial_reconcile p ON l.id IN (p.debit_move_id, p.credit_move_id)
      JOIN account_move_line o ON o.id IN (p.debit_move_id, p.credit_move_id) AND o.id <> l.id
      JOIN account_move om ON om.id = o.move_id
     WHERE om.state = 'posted' AND om.move_type = 'entry'
), told AS (
    SELECT e.contract_id, e.move_id, e.currency_id,
           sum(CASE c.direction WHEN 'income' THEN e.amount ELSE -e.amount END) AS amount
      FROM entries e JOIN crm_contract c ON c.id = e.contract_id
     GROUP BY 1, 2, 3
), kept AS (
    SELECT contract_id, move_id, sum(amount_settled) AS amount
      FROM crm_contract_settlement WHERE source = 'partial'
     GROUP BY 1, 2
)
SELECT c.id AS contract_id, m.name AS move,
       COALESCE(kept.amount, 0) AS kept, COALESCE(told.amount, 0) AS told
  FROM told
  FULL JOIN kept USING (contract_id, move_id)
  JOIN account_move m ON m.id = move_id
  JOIN crm_contract c ON c.id = contract_id
  LEFT JOIN whole ON whole.move_id = m.id
 WHERE c.id IN %(contracts)s AND m.currency_id = c.currency_id
   AND (whole.move_id IS NOT NULL OR m.state <> 'posted')
   AND COALESCE(kept.amount, 0) <> COALESCE(told.amount, 0)
 ORDER BY c.id, m.id
"""
#: Of every reconciliation no more may be kept than there is, and nothing of one
#: whose entries are not both posted.
PARTIALS = """
SELECT s.contract_id, m.name AS move, sum(s.amount_company) AS kept,
       CASE WHEN dm.state = 'posted' AND cm.state = 'posted' THEN p.amount ELSE 0 END AS told
  FROM crm_contract_settlement s
  JOIN account_partial_reconcile p ON p.id = s.partial_id
  JOIN account_move_line d ON d.id = p.debit_move_id JOIN account_move dm ON dm.id = d.move_id
  JOIN account_move_line k ON k.id = p.credit_move_id JOIN account_move cm ON cm.id = k.move_id
  JOIN account_move m ON m.id = s.move_id
 WHERE s.contract_id IN %(contracts)s
 GROUP BY s.contract_id, p.id, m.name, dm.state, cm.state
HAVING abs(sum(s.amount_company)) >
       CASE WHEN dm.state = 'posted' AND cm.state = 'posted' THEN p.amount ELSE 0 END + 0.005
"""
PAYMENTS = """
SELECT p.contract_id, p.name AS payment, p.amount_received AS kept, COALESCE(s.amount, 0) AS told,
       p.state, p.amount
  FROM crm_contract_payment p
  LEFT JOIN (SELECT payment_id, sum(amount_settled) AS amount FROM crm_contract_settlement
              GROUP BY 1) s ON s.payment_id = p.id
 WHERE p.contract_id IN %(contracts)s
   AND (COALESCE(p.amount_received, 0) <> COALESCE(s.amount, 0)
        OR (p.state = 'received') <>
           (p.state <> 'cancelled' AND p.amount > 0 AND COALESCE(s.amount, 0) >= p.amount))
 ORDER BY p.contract_id, p.id
"""
TOTALS = """
SELECT c.id AS contract_id, field, kept, told
  FROM crm_contract c
  LEFT JOIN (
      SELECT contract_id, sum(amount) FILTER (WHERE state <> 'cancelled') AS planned,
             sum(greatest(amount - COALESCE(amount_received, 0), 0))
                 FILTER (WHERE state <> 'cancelled') AS remaining
        FROM crm_contract_payment GROUP BY 1) p ON p.contract_id = c.id
  LEFT JOIN (
      SELECT contract_id, sum(amount_settled) AS received, sum(amount_cash) AS cash
        FROM crm_contract_settlement GROUP BY 1) s ON s.contract_id = c.id
 CROSS JOIN LATERAL (VALUES
      ('planned_total', COALESCE(c.planned_total, 0), COALESCE(p.planned, 0)),
      ('remaining_total', COALESCE(c.remaining_total, 0), COALESCE(p.remaining, 0)),
      ('received_total', COALESCE(c.received_total, 0), COALESCE(s.received, 0)),
      ('cash_total', COALESCE(c.cash_total, 0), COALESCE(s.cash, 0))) v (field, kept, told)
 WHERE c.id IN %(contracts)s AND kept <> told
 ORDER BY c.id
"""


class CrmContract(models.Model):
    """Compares what contracts say with accounting, by queries of its own."""

    _inherit = "crm.contract"

    def _get_differences(self):
        """Every difference between the contracts' figures and what they follow from.

        The queries share nothing with the code that keeps the figures.

        :return: [{"contract_id", "what": text, "kept": shown figure, "told": what it should be}]
        """
        if not self.ids:
            return []
        self.env.flush_all()
        contracts = tuple(self.ids)
        found = []
        for query, words in (
            (WHOLE_INVOICES, self._words_of_invoice),
            (PARTIALS, self._words_of_partial),
            (PAYMENTS, self._words_of_payment),
            (TOTALS, self._words_of_total),
        ):
            found += [
                {
                    "contract_id": row["contract_id"],
                    "what": words(row),
                    "kept": row["kept"],
                    "told": row["told"],
                }
                for row in self.env.execute_query_dict(SQL(query, contracts=contracts))
            ]
        return found

    @api.model
    def _words_of_invoice(self, row):
        return self.env._("Received on invoice %s", row["move"])

    @api.model
    def _words_of_partial(self, row):
        return self.env._("More than was reconciled on invoice %s", row["move"])

    @api.model
    def _words_of_payment(self, row):
        return self.env._("Received of planned payment %s, or its status", row["payment"])

    @api.model
    def _words_of_total(self, row):
        return self.env._(
            "Total: %s", self.fields_get([row["field"]], ["string"])[row["field"]]["string"]
        )

    def _repair(self):
        """Derive receipts and totals of these contracts anew."""
        self._settle()
        totals = ("planned_total", "remaining_total", "received_total", "cash_total",
                  "unallocated_total", "next_date", "next_amount")  # fmt: skip
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
                for row in found
                if row["contract_id"] == contract.id
            ]
            contract.activity_schedule(
                "crm_payment_plan.mail_activity_type_difference",
                summary=self.env._("Figures differ from accounting"),
                note="<br/>".join(lines),
                user_id=contract.user_id.id or self.env.uid,
            )
