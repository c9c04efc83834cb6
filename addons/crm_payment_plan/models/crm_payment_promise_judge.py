from collections import defaultdict
from datetime import timedelta
from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL

from ..lib import promises as judging
from .entry_money import IS_MONEY

#: Days after the promised one until which a transfer may be booked.
GRACE = 1
#: Days for which a decided promise is looked at again: files bring payments late.
REVISED_DAYS = 31
#: Share of a promise that may lack when its money came in another currency: banks convert at
#: rates and fees of their own.
CONVERTED_SLACK = 0.02


class Receipt(NamedTuple):
    """Money that came: in company currency, and as it was paid."""

    day: object
    amount_company: float
    currency_id: int
    amount: float

    @classmethod
    def from_row(cls, day, amount_company, currency_id, amount):
        return cls(day, float(amount_company), currency_id, float(amount))


class CrmPaymentPromise(models.Model):
    """Whether promises were kept: told by posted entries, files and contracts."""

    _inherit = "crm.payment.promise"

    @api.model
    def _judge_company(self, company, day):
        """Judge the promises of a company that are open or were decided lately.

        :return: number of promises whose state changed
        """
        promises = self.search(
            [
                ("company_id", "=", company.id),
                "|",
                ("state", "=", judging.OPEN),
                "&",
                ("state", "in", (judging.PARTLY, judging.BROKEN)),
                ("date", ">=", day - timedelta(days=REVISED_DAYS)),
            ]
        )
        return promises._judge(day)

    def _judge(self, day=None):
        changed = 0
        for company, promises in self.grouped("company_id").items():
            today = day or company._get_local_today()
            for group, receipts in promises._get_cases(company):
                verdicts = judging.judge(*group._prepare_case(receipts), today, GRACE)
                for promise in group:
                    received, state = verdicts[promise.id]
                    received = promise._get_received_company(received, group)
                    changed += promise.state != state
                    values = {"amount_received": received, "state": state}
                    if any(promise[name] != value for name, value in values.items()):
                        promise.write(values)
        return changed

    def _get_case_currency(self):
        """Currency in which promises are judged together: their own if they have but one."""
        return self.currency_id if len(self.currency_id) == 1 else self.company_id.currency_id

    def _prepare_case(self, receipts):
        """Promises and receipts of one case in one currency, as ``judging.judge`` wants them.

        1000 euros that were promised are kept by 1000 euros, whatever the rates. Only what came
        in another currency is converted, at the rate of its day: then a little may lack.
        """
        company, currency = self.company_id, self._get_case_currency()
        money, converted = [], False
        for receipt in receipts:
            amount = receipt.amount
            if receipt.currency_id != currency.id:
                converted = True
                amount = company.currency_id._convert(
                    receipt.amount_company, currency, company, receipt.day
                )
            money.append((receipt.day, amount))
        promises = []
        for one in self:
            amount = one.amount if one.currency_id == currency else one.amount_company
            loose = converted or one.currency_id != currency
            slack = amount * CONVERTED_SLACK if loose and self._is_foreign() else 0
            promises.append(
                judging.Promise(
                    one.id, one.date_made, one.date, amount, slack or currency.rounding / 2
                )
            )
        return promises, money

    def _is_foreign(self):
        """Whether any of these promises is in another currency than the company's."""
        return self.currency_id != self.company_id.currency_id

    def _get_received_company(self, received, group):
        """What came for this promise, in company currency, at the rate of the promise."""
        own = self.company_id.currency_id
        if group._get_case_currency() == own:
            return received
        return own.round(received * self.amount_company / self.amount)

    def _get_cases(self, company):
        """[(promises, receipts)]: what concerns one document, and what the whole customer.

        All promises of a customer are judged together, so that money counts once.
        """
        general = self.filtered(lambda promise: not promise._get_document())
        family = self.search(
            [
                ("company_id", "=", company.id),
                ("partner_id", "in", general.partner_id.ids),
                ("move_id", "=", False),
                ("item_id", "=", False),
                ("payment_id", "=", False),
                ("state", "!=", "withdrawn"),
            ]
        )
        money = general._get_money(company)
        cases = [
            (promises, money.get(partner.id, []))
            for partner, promises in family.grouped("partner_id").items()
        ]
        named = self - general
        money = named._get_document_money()
        for document, promises in named.grouped(lambda one: one._get_document()).items():
            cases.append((promises, money.get((document._name, document.id), [])))
        return cases

    def _get_money(self, company):
        """{partner id: receipts}: money of customers.

        Posted receipts, payments that files show unless their invoice is in Odoo as well,
        and planned payments marked as received by hand.
        """
        if not self:
            return {}
        self.env.flush_all()
        Source = self.env["crm.payment.reminder.run"]
        rows = self.env.execute_query(
            SQL(
                """
                SELECT rp.commercial_partner_id, l.date, -l.balance, l.currency_id,
                       -l.amount_currency
                  FROM account_move_line l
                  JOIN account_move m ON m.id = l.move_id
                  JOIN account_account a ON a.id = l.account_id
                       AND a.account_type = 'asset_receivable'
                  JOIN res_partner rp ON rp.id = l.partner_id
                 WHERE l.company_id = %(company)s AND l.parent_state = 'posted' AND l.balance < 0
                   AND rp.commercial_partner_id = ANY(%(partners)s) AND l.date >= %(first)s
                   AND %(is_money)s
                UNION ALL
                SELECT i.partner_id, p.date, p.amount * i.rate::numeric, i.currency_id, p.amount
                  FROM crm_receivable_payment p JOIN crm_receivable_item i ON i.id = p.item_id
                 WHERE p.company_id = %(company)s AND p.reversed_import_id IS NULL
                   AND i.partner_id = ANY(%(partners)s) AND p.date >= %(first)s
                   AND i.id NOT IN (SELECT item_id FROM (%(twins)s) twin)
                UNION ALL
                SELECT c.commercial_partner_id, s.date,
                       COALESCE(s.amount_company, s.amount_settled), s.currency_id,
                       s.amount_settled
                  FROM crm_contract_settlement s JOIN crm_contract c ON c.id = s.contract_id
                 WHERE c.company_id = %(company)s AND s.source = 'manual'
                   AND s.amount_settled > 0 AND c.direction = 'income'
                   AND c.commercial_partner_id = ANY(%(partners)s) AND s.date >= %(first)s
                """,
                company=company.id,
                partners=self.partner_id.ids,
                first=min(self.mapped("date_made")),
                is_money=SQL(IS_MONEY),
                twins=Source._get_twins_sql(company, self.partner_id.ids),
            )
        )
        money = defaultdict(list)
        for partner, *receipt in rows:
            money[partner].append(Receipt.from_row(*receipt))
        return money

    def _get_document_money(self):
        """{(model, id): receipts}: money that came for the documents promised."""
        if not self:
            return {}
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT 'account.move', l.move_id, c.date, p.amount, l.currency_id,
                       p.debit_amount_currency
                  FROM account_move_line l
                  JOIN account_partial_reconcile p ON p.debit_move_id = l.id
                  JOIN account_move_line c ON c.id = p.credit_move_id AND c.parent_state = 'posted'
                  JOIN account_move m ON m.id = c.move_id
                 WHERE l.move_id = ANY(%(moves)s) AND l.parent_state = 'posted'
                   AND %(is_money)s
                UNION ALL
                SELECT 'crm.receivable.item', p.item_id, p.date, p.amount * i.rate::numeric,
                       i.currency_id, p.amount
                  FROM crm_receivable_payment p JOIN crm_receivable_item i ON i.id = p.item_id
                 WHERE p.item_id = ANY(%(items)s) AND p.reversed_import_id IS NULL
                UNION ALL
                SELECT 'crm.contract.payment', payment_id, date,
                       COALESCE(amount_company, amount_settled) * amount_cash / amount_settled,
                       currency_id, amount_cash
                  FROM crm_contract_settlement
                 WHERE payment_id = ANY(%(payments)s) AND amount_settled <> 0 AND amount_cash <> 0
                """,
                moves=self.move_id.ids,
                is_money=SQL(IS_MONEY),
                items=self.item_id.ids,
                payments=self.payment_id.ids,
            )
        )
        money = defaultdict(list)
        for model, key, *receipt in rows:
            money[model, key].append(Receipt.from_row(*receipt))
        return money
