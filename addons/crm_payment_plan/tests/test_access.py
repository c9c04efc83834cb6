from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from .common import PlanCommon

MODELS = (
    "crm.contract",
    "crm.contract.payment",
    "crm.contract.settlement",
    "crm.contract.version",
    "crm.contract.print",
    "crm.contract.clause",
    "crm.contract.template",
    "crm.contract.template.clause",
    "crm.contract.type",
    "crm.payment.scheme",
    "crm.payment.scheme.line",
)
#: What a realisation and the portal add to models of Odoo, by role.
FIELDS = {
    "project.project": ("crm_contract_ids", "realisation_money", "income_total"),
    "project.milestone": ("crm_contract_payment_id",),
}
MAY_SEE_MONEY = {"viewer", "manager", "accountant", "head"}
#: Rights by role: r(ead), w(rite), c(reate), u(nlink).
RIGHTS = {
    "nobody": dict.fromkeys(MODELS, ""),
    "portal": dict.fromkeys(MODELS, ""),
    "viewer": dict.fromkeys(MODELS, "r"),
    "manager": {
        **dict.fromkeys(MODELS, "r"),
        "crm.contract": "rwc",
        "crm.contract.payment": "rwcu",
        "crm.contract.clause": "rwcu",
    },
    "accountant": {
        **dict.fromkeys(MODELS, "r"),
        "crm.contract": "rwc",
        "crm.contract.payment": "rwcu",
        "crm.contract.clause": "rwcu",
    },
    "head": {
        **dict.fromkeys(MODELS, "rwcu"),
        "crm.contract.settlement": "r",
        "crm.contract.version": "r",
        "crm.contract.print": "r",
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
            cls.env["crm.contract.print"]._keep(contract, b"copy")
            contract._revise("test")
            contract.clause_ids = [Command.create({"body": "<p>Words</p>"})]
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

    def test_money_of_projects_by_role(self):
        """TN-27, EC-17: contracts and money of a project are no business of its members."""
        member = new_test_user(self.env, "plan_member", groups="project.group_project_user")
        roles = {role: getattr(self, role) for role in RIGHTS} | {"member": member}
        for role, user in roles.items():
            for model, names in FIELDS.items():
                shown = self.env[model].with_user(user)
                for name in names:
                    self.assertEqual(
                        shown._has_field_access(shown._fields[name], "read"),
                        role in MAY_SEE_MONEY,
                        f"{role}: {model}.{name}",
                    )

    def test_forms_open_by_role(self):
        """TN-24, EC-20: who may see a contract opens its form and that of its payments."""
        own = self._contract(
            50,
            [(50, "2026-02-01")],
            user_id=self.viewer.id,
            tag_ids=[Command.create({"name": "Export"})],
            lead_id=self.env["crm.lead"].create({"name": "Deal"}).id,
            project_id=self.env["project.project"].create({"name": "Plant"}).id,
        )
        for role in sorted(MAY_SEE_MONEY):
            user = getattr(self, role)
            seen = own.with_user(user)
            self.assertTrue(seen.has_access("read"), role)
            Form(seen, view="crm_payment_plan.crm_contract_view_form")
            Form(seen.payment_ids, view="crm_payment_plan.crm_contract_payment_view_form")

    def test_realisation_opens_without_project_rights(self):
        """TN-29: whoever may see contracts opens the realisation, with those he may see."""
        project = self.env["project.project"].create({"name": "Plant"})
        self.all.project_id = project
        for role in sorted(MAY_SEE_MONEY):
            records = project.with_user(getattr(self, role))
            Form(records, view="crm_payment_plan.project_project_view_form_realisation")
            self.assertEqual(
                records.crm_contract_count,
                len(self.all.with_user(records.env.user)._filtered_access("read")),
                role,
            )

    def _seen(self, user):
        """Contracts that a person sees; payments, receipts and versions must agree."""
        contracts = self.all.with_user(user)._filtered_access("read")
        for model in (
            "crm.contract.payment",
            "crm.contract.settlement",
            "crm.contract.version",
            "crm.contract.print",
            "crm.contract.clause",
        ):
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
        text = self.env["crm.contract.template"].create(
            {
                "name": "Of ours",
                "company_id": self.company.id,
                "clause_ids": [Command.create({"body": "<p>Words</p>"})],
            }
        )
        for rows in (text, text.clause_ids):
            found = rows.with_user(head).search([("id", "in", rows.ids)])
            self.assertFalse(found)

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
