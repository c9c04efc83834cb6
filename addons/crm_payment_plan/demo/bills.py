"""Demo data: three suppliers' bills in three places of the process that pays them."""

from datetime import timedelta

from odoo.fields import Command

ADDON = "crm_payment_plan"
#: Supplier whose contract the bill names (none: no contract), subject, sum, answers to the tasks.
CHECKED = ("Check", "correct")
AGREED = ("Agree_head", "approved")
BILLS = (
    ("АО «Масла и смазки»", "Масло моторное, 600 л", 120_000, (CHECKED,)),
    (None, "Аренда склада, второй сектор", 95_000, (CHECKED, AGREED)),
    ("ООО «Транспорт-Экспресс»", "Доставка, первая неделя", 30_000,
     (CHECKED, AGREED, ("Plan", "planned"))),
)  # fmt: skip
LANDLORD = "ООО «Терминал-Аренда»"


class DemoBills:
    """One bill waits for the head, one beyond the budget for the director, one is paid."""

    def __init__(self, env, rent):
        """:param rent: account of the costs of rent, which has its budget"""
        self.env = env(context={**env.context, "tracking_disable": True})
        self.company = env.company
        self.today = env.company._get_local_today()
        self.rent = rent
        self.admin = env.ref("base.user_admin")

    def tell(self, bank):
        """:param bank: journal from whose account the paid bill was paid"""
        self.admin.group_ids = [
            Command.link(self.env.ref(f"account.{group}").id)
            for group in ("group_account_invoice", "group_account_manager")
        ]
        process = self._publish()
        for supplier, name, amount, answers in BILLS:
            bill = self._bill(supplier, name, amount)
            ids = process.with_user(self.admin).action_start(bill.ids)
            instance = self.env["bpm.instance"].browse(ids)
            for element, outcome in answers:
                if element == "Plan":
                    bill.crm_payment_date = self.today
                self._answer(instance, element, outcome)
            if answers[-1][0] == "Plan":
                self._pay(bill, bank)

    def _publish(self):
        person = {"kind": "user", "user": self.admin.login}
        lanes = ("Lane_director", "Lane_head", "Lane_initiator", "Lane_accounting")
        process = self.env.ref(f"{ADDON}.template_bill_payment")._create_process(
            dict.fromkeys(lanes, person), owner_id=self.admin.id
        )
        process.draft_version_id._publish()
        return process

    def _bill(self, supplier, name, amount):
        contract = self.env["crm.contract"].search(
            [("partner_id.name", "=", supplier), ("company_id", "=", self.company.id)], limit=1
        ) if supplier else self.env["crm.contract"]  # fmt: skip
        partner = contract.partner_id or self.env["res.partner"].create(
            {"name": supplier or LANDLORD, "is_company": True, "supplier_rank": 1}
        )
        bill = self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": partner.id,
                "ref": name,
                "invoice_date": self.today - timedelta(days=2),
                "invoice_date_due": self.today + timedelta(days=5),
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": name,
                            "price_unit": amount,
                            "tax_ids": [Command.clear()],
                            "account_id": self.rent.id,
                            "crm_contract_id": contract.id,
                        }
                    )
                ],
            }
        )
        bill.action_post()
        return bill

    def _answer(self, instance, element, outcome):
        self.env.invalidate_all()
        task = instance.task_ids.filtered(
            lambda one: one.state == "todo" and one.element_id.element_id == element
        )
        task.with_user(self.admin).action_complete(outcome, "")

    def _pay(self, bill, bank):
        """The bank statement says so: an entry that settles the bill."""
        payable = bill.line_ids.filtered(
            lambda line: line.account_id.account_type == "liability_payable"
        )
        journal = self.env["account.journal"].search(
            [("type", "=", "general"), ("company_id", "=", self.company.id)], limit=1
        )
        entry = self.env["account.move"].create(
            {
                "journal_id": journal.id,
                "date": self.today,
                "ref": bill.name,
                "line_ids": [
                    Command.create({"account_id": payable.account_id.id, "name": bill.ref,
                                    "partner_id": bill.partner_id.id,
                                    "debit": bill.amount_total}),
                    Command.create({"account_id": bank.default_account_id.id, "name": bill.ref,
                                    "credit": bill.amount_total}),
                ],
            }
        )  # fmt: skip
        entry.action_post()
        (payable | entry.line_ids.filtered(
            lambda line: line.account_id == payable.account_id)).reconcile()  # fmt: skip
