"""A company with the few accounts that invoices and payments need, and its contracts."""

from odoo.fields import Command

from odoo.addons.crm_bpm_core.tests.common import CrmBpmCommon

ADDON = "crm_payment_plan"


class PlanCommon(CrmBpmCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Posting sets ranks and mails nobody reads here.
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.Contract = cls.env["crm.contract"]
        cls.Payment = cls.env["crm.contract.payment"]
        cls.Settlement = cls.env["crm.contract.settlement"]
        cls.currency = cls.company.currency_id
        cls.supply = cls.env.ref(f"{ADDON}.crm_contract_type_supply")
        cls.purchase = cls.env.ref(f"{ADDON}.crm_contract_type_purchase")
        cls.customer = cls._customer("Buyer Ltd", vat="7707083893", phone="+7 831 200-00-01")
        cls.accountant = cls._new_accountant("accountant")
        cls._create_accounting()

    @classmethod
    def _new_accountant(cls, name):
        from odoo.tests import new_test_user

        return new_test_user(
            cls.env,
            login=f"plan_{name}",
            name=name.title(),
            groups="account.group_account_invoice",
        )

    @classmethod
    def _create_accounting(cls):
        def account(code, name, kind, reconcile=False):
            return cls.env["account.account"].create(
                {"code": f"T{code}", "name": name, "account_type": kind, "reconcile": reconcile}
            )

        cls.receivable = account("100", "Customers", "asset_receivable", True)
        cls.payable = account("200", "Suppliers", "liability_payable", True)
        cls.bank = account("300", "Bank", "asset_cash")
        cls.income = account("400", "Sales", "income")
        cls.expense = account("500", "Costs", "expense")
        cls.write_off = account("600", "Written off", "expense")
        exchange = account("700", "Exchange", "income_other")

        def journal(code, kind, **values):
            return cls.env["account.journal"].create(
                {"name": f"Test {kind}", "code": code, "type": kind, **values}
            )

        cls.sales = journal("TSAL", "sale", default_account_id=cls.income.id)
        cls.bills = journal("TBIL", "purchase", default_account_id=cls.expense.id)
        cls.bank_journal = journal("TBNK", "bank", default_account_id=cls.bank.id)
        cls.misc = journal("TMSC", "general")
        (
            cls.bank_journal.inbound_payment_method_line_ids
            | cls.bank_journal.outbound_payment_method_line_ids
        ).payment_account_id = cls.bank
        cls.company.write(
            {
                "currency_exchange_journal_id": cls.misc.id,
                "income_currency_exchange_account_id": exchange.id,
                "expense_currency_exchange_account_id": exchange.id,
            }
        )
        for partner in (cls.customer, cls.company.partner_id):
            cls._set_accounts(partner)

    @classmethod
    def _set_accounts(cls, partner):
        partner.write(
            {
                "property_account_receivable_id": cls.receivable.id,
                "property_account_payable_id": cls.payable.id,
            }
        )

    @classmethod
    def _activate(cls, currency, rate=1.0):
        """A currency in which contracts can be approved."""
        currency.active = True
        cls.env["res.currency.rate"].create(
            {"currency_id": currency.id, "name": "2020-01-01", "rate": rate,
             "company_id": cls.company.id}
        )  # fmt: skip

    # What tests are made of -------------------------------------------------------

    @classmethod
    def _contract(cls, amount=100.0, payments=None, kind=None, approve=True, **values):
        """A contract with planned payments (amount, date), approved unless told otherwise."""
        contract = cls.Contract.create(
            {
                "type_id": (kind or cls.supply).id,
                "partner_id": cls.customer.id,
                "user_id": cls.manager.id,
                "amount_total": amount,
                "date": "2026-01-10",
                "scheme_id": False,
                "payment_ids": [
                    Command.create({"name": f"Part {place}", "amount": part, "date_planned": day})
                    for place, (part, day) in enumerate(payments or [], 1)
                ],
                **values,
            }
        )
        if approve:
            contract.action_approve()
        return contract

    @classmethod
    def _invoice(cls, lines, kind="out_invoice", date="2026-02-01", post=True, **values):
        """An invoice of (contract, price) or (contract, price, planned payment) lines."""
        move = cls.env["account.move"].create(
            {
                "move_type": kind,
                "partner_id": cls.customer.id,
                "journal_id": (cls.sales if kind.startswith("out") else cls.bills).id,
                "invoice_date": date,
                "date": date,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "Goods",
                            "quantity": 1,
                            "price_unit": price,
                            "tax_ids": False,
                            "crm_contract_id": contract and contract.id,
                            "crm_contract_payment_id": payment[0].id if payment else False,
                        }
                    )
                    for contract, price, *payment in lines
                ],
                **values,
            }
        )
        if post:
            move.action_post()
        return move

    @classmethod
    def _pay(cls, moves, amount=None, date="2026-02-10", write_off=None, **values):
        """Register a payment on invoices as an accountant does."""
        wizard = (
            cls.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=moves.ids)
            .create(
                {
                    "journal_id": cls.bank_journal.id,
                    "payment_date": date,
                    "group_payment": True,
                    **values,
                }
            )
        )
        if amount is not None:
            wizard.amount = amount
        if write_off:
            wizard.write(
                {
                    "payment_difference_handling": "reconcile",
                    "writeoff_account_id": write_off.id,
                }
            )
        return wizard._create_payments()

    @classmethod
    def _advance(cls, amount, contract=None, date="2026-02-05", kind="inbound", **values):
        """A payment without an invoice."""
        payment = cls.env["account.payment"].create(
            {
                "payment_type": kind,
                "partner_type": "customer",
                "partner_id": cls.customer.id,
                "amount": amount,
                "date": date,
                "journal_id": cls.bank_journal.id,
                "crm_contract_id": contract and contract.id,
                **values,
            }
        )
        payment.action_post()
        return payment

    def _terms(self, *records):
        """Receivable and payable items of entries."""
        lines = self.env["account.move.line"]
        for record in records:
            move = record.move_id if record._name == "account.payment" else record
            lines |= move.line_ids.filtered(
                lambda line: line.account_id.account_type
                in ("asset_receivable", "liability_payable")
            )
        return lines

    def assertReceived(self, contract, settled, cash=None, rows=None):
        """Totals, payments in the order of dates, and the self-check of the contract."""
        self.env.flush_all()
        self.assertEqual(contract.currency_id.round(contract.received_total), settled)
        self.assertEqual(
            contract.currency_id.round(contract.cash_total), settled if cash is None else cash
        )
        if rows is not None:
            payments = contract.payment_ids.sorted(lambda p: (p.date_planned, p.sequence, p.id))
            self.assertEqual([(p.amount_received, p.state) for p in payments], rows)
        self.assertEqual(contract._get_differences(), [])


class ForeignCommon(PlanCommon):
    """Two currencies besides the company's, with rates by day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.foreign, cls.third = cls.env["res.currency"].create(
            [
                {"name": "XTS", "symbol": "T", "rounding": 0.01},
                {"name": "XTT", "symbol": "H", "rounding": 0.01},
            ]
        )
        cls.env["res.currency.rate"].create(
            [
                {"currency_id": one.id, "name": day, "rate": rate, "company_id": cls.company.id}
                for one, day, rate in (
                    (cls.foreign, "2026-01-01", 1.0),
                    (cls.foreign, "2026-02-01", 0.9),
                    (cls.foreign, "2026-03-01", 0.8),
                    (cls.third, "2026-01-01", 0.5),
                    (cls.third, "2026-03-01", 0.4),
                )
            ]
        )
