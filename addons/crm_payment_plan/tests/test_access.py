from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import PlanCommon

MODELS = (
    "crm.contract",
    "crm.contract.payment",
    "crm.contract.settlement",
    "crm.contract.version",
    "crm.contract.type",
    "crm.payment.scheme",
    "crm.payment.scheme.line",
)
#: Rights by role: r(ead), w(rite), c(reate), u(nlink).
RIGHTS = {
    "nobody": dict.fromkeys(MODELS, ""),
    "portal": dict.fromkeys(MODELS, ""),
    "viewer": dict.fromkeys(MODELS, "r"),
    "manager": {
        **dict.fromkeys(MODELS, "r"),
        "crm.contract": "rwc",
        "crm.contract.payment": "rwcu",
    },
    "accountant": {
        **dict.fromkeys(MODELS, "r"),
        "crm.contract": "rwc",
        "crm.contract.payment": "rwcu",
    },
    "head": {
        **dict.fromkeys(MODELS, "rwcu"),
        "crm.contract.settlement": "r",
        "crm.contract.version": "r",
    },
}
OPERATIONS = {"r": "read", "w": "write", "c": "create", "u": "unlink"}


@tagged("-at_install", "post_install")
class TestAccess(PlanCommon):
    """EC-17: the schedule over all deals is for those with the right."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mine = cls._contract(100, [(100, "2026-02-01")])
        cls.theirs = cls._contract(
            100,
            [(100, "2026-02-01")],
            user_id=cls.colleague.id,
            partner_id=cls._customer("Of a colleague", user=cls.colleague).id,
        )
        cls.bought = cls._contract(
            100, [(100, "2026-02-01")], kind=cls.purchase, user_id=cls.head.id,
            partner_id=cls.env["res.partner"].create({"name": "Supplier"}).id,
        )  # fmt: skip
        for contract in (cls.mine, cls.theirs, cls.bought):
            contract.payment_ids.action_set_received()
            contract._revise("test")
        cls.all = cls.mine | cls.theirs | cls.bought

    def test_rights_by_role(self):
        for role, rights in RIGHTS.items():
            for model, letters in rights.items():
                records = self.env[model].with_user(getattr(self, role))
                for letter, operation in OPERATIONS.items():
                    self.assertEqual(
                        records.has_access(operation),
                        letter in letters,
                        f"{role}: {operation} {model}",
                    )

    def _seen(self, user):
        """Contracts that a person sees; payments, receipts and versions must agree."""
        contracts = self.all.with_user(user)._filtered_access("read")
        for model in ("crm.contract.payment", "crm.contract.settlement", "crm.contract.version"):
            rows = self.env[model].with_user(user).search([("contract_id", "in", self.all.ids)])
            self.assertEqual(rows.contract_id, contracts, f"{user.name}: {model}")
        found = self.Contract.with_user(user).search([("id", "in", self.all.ids)])
        self.assertEqual(found, contracts.sorted(key=lambda c: (c.date, c.id), reverse=True))
        return contracts.sudo().with_user(self.env.user)

    def test_whose_contracts(self):
        """EC-17: own, of the team, all."""
        self.assertEqual(self._seen(self.manager), self.mine)
        self.assertEqual(self._seen(self.colleague), self.theirs)
        self.assertEqual(self._seen(self.team_leader), self.mine)
        self.assertEqual(self._seen(self.head), self.all)
        self.assertEqual(self._seen(self.accountant), self.all)
        self.assertFalse(self._seen(self.viewer))

    def test_responsible_of_the_contract(self):
        """Whoever answers for a contract sees it, whosever customer it is."""
        self.theirs.sudo().user_id = self.manager
        self.assertEqual(self._seen(self.manager), self.mine | self.theirs)
        self.assertEqual(self._seen(self.colleague), self.theirs)

    def test_other_company(self):
        company = self.env["res.company"].create({"name": "Other"})
        head = new_test_user(
            self.env,
            login="plan_other_head",
            groups="crm_bpm_core.group_head",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        self.assertFalse(self._seen(head))
        scheme = self.env["crm.payment.scheme"].create(
            {"name": "Of ours", "company_id": self.company.id}
        )
        self.assertFalse(
            self.env["crm.payment.scheme"].with_user(head).search([("id", "=", scheme.id)])
        )

    def test_salesperson_works(self):
        """A salesperson makes, approves, signs and revises his contract, and sets statuses."""
        contract = self.Contract.with_user(self.manager).create(
            {
                "type_id": self.supply.id,
                "partner_id": self.customer.id,
                "amount_total": 100,
                "payment_ids": [
                    Command.create({"name": "All", "amount": 100, "date_planned": "2026-05-01"})
                ],
            }
        )
        contract.action_approve()
        contract._sign(("company", "partner"), "esign", "2026-05-01", self.env["ir.attachment"])
        contract.payment_ids.action_set_received()
        self.assertEqual(contract.payment_ids.state, "received")
        self.env["crm.contract.revise"].with_user(self.manager).create(
            {"contract_id": contract.id, "reason": "New prices"}
        ).action_apply()
        self.assertEqual(contract.version, 2)

    def test_salesperson_reads_the_form(self):
        """Figures from accounting are shown to those who cannot open the entries."""
        self.mine.action_approve()
        self._invoice([(self.mine, 100)])
        mine = self.mine.with_user(self.manager)
        self.assertEqual((mine.invoiced_total, mine.move_count), (100, 1))
        mine.read()
        mine.payment_ids.read()
        self.assertEqual(mine.invoiced_total, 100)

    def test_viewer_changes_nothing(self):
        own = self._contract(50, [(50, "2026-02-01")], user_id=self.viewer.id)
        payment = own.payment_ids.with_user(self.viewer)
        self.assertEqual(payment.amount, 50)
        for act in ("action_set_received", "action_set_cancelled"):
            with self.assertRaises(AccessError):
                getattr(payment, act)()
        with self.assertRaises(AccessError):
            own.with_user(self.viewer).action_send_to_sign()

    def test_colleague_is_kept_out(self):
        theirs = self.theirs.with_user(self.manager)
        with self.assertRaises(AccessError):
            theirs.read(["amount_total"])
        with self.assertRaises(AccessError):
            theirs.payment_ids.action_set_planned()
        with self.assertRaises(AccessError):
            self.env["crm.contract.sign"].with_user(self.manager).create(
                {"contract_id": self.theirs.id, "how": "esign"}
            ).action_apply()

    def test_receipts_are_not_forged(self):
        """IM-14: nobody writes receipts, not even the head."""
        for user in (self.manager, self.accountant, self.head):
            with self.assertRaises(AccessError):
                self.Settlement.with_user(user).create(
                    {"contract_id": self.mine.id, "source": "manual", "date": "2026-01-01"}
                )
            with self.assertRaises(AccessError):
                self.mine.settlement_ids.with_user(user).write({"amount_settled": 1})
        with self.assertRaises(AccessError):
            self.env["crm.contract.check"].with_user(self.manager).action_check()
