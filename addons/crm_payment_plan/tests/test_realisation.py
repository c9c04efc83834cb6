from datetime import datetime

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .common import PlanCommon

UNDONE = "crm_payment_plan.mail_activity_type_advance_undone"


@tagged("-at_install", "post_install")
class TestRealisation(PlanCommon):
    """AL-16, TN-20, TN-21, TN-22, TN-23: the project of a contract and its pool."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Project = cls.env["project.project"]
        cls.leader = new_test_user(
            cls.env, login="plan_leader", name="Leader", groups="project.group_project_user"
        )
        cls.template = cls.Project.create(
            {
                "name": "Installation",
                "is_template": True,
                "allow_milestones": True,
                "user_id": cls.leader.id,
                "task_ids": [
                    Command.create(vals)
                    for vals in (
                        {"name": "Measure", "contract_event": "advance", "contract_days": 3},
                        {"name": "Accept", "contract_event": "end", "contract_days": -5},
                        {"name": "Deliver", "contract_event": "shipped", "contract_days": 0},
                        {"name": "Think", "user_ids": [Command.set(cls.manager.ids)]},
                    )
                ],
            }
        )
        cls.supply.write({"project_trigger": "advance", "project_template_id": cls.template.id})

    def _with_advance(self, **values):
        contract = self._contract(100, [(30, "2026-02-01"), (70, "2026-03-01")], **values)
        contract.payment_ids.sorted("date_planned")[0].kind = "advance"
        return contract

    # Automatically --------------------------------------------------------------------

    @freeze_time("2026-02-06 09:00:00")
    def test_advance_makes_the_project(self):
        """AL-16, TN-22: one project of the template, tasks with deadlines, people told."""
        contract = self._with_advance(date_end="2026-06-30", title="Lift")
        self.assertFalse(contract.project_id)
        self._advance(30, contract)
        project = contract.project_id
        self.assertEqual(
            (project.crm_contract_id, project.partner_id, project.user_id, project.company_id),
            (contract, self.customer, self.leader, self.company),
        )
        self.assertEqual(project.name, f"{contract.number} · Lift")
        self.assertFalse(project.is_template)
        deadlines = {task.name: task.date_deadline for task in project.tasks}
        self.assertEqual(deadlines["Measure"].date().isoformat(), "2026-02-08")
        self.assertEqual(deadlines["Accept"].date().isoformat(), "2026-06-25")
        self.assertFalse(deadlines["Deliver"])
        people = {task.name: task.user_ids for task in project.tasks}
        self.assertEqual((people["Measure"], people["Think"]), (self.leader, self.manager))
        self.assertEqual(project.activity_ids.user_id, self.leader)
        self.assertIn("Its project has begun", contract.message_ids[0].body)

    def test_accountant_makes_it_without_the_right(self):
        """AL-16: the accountant who enters the payment may not make projects himself."""
        contract = self._with_advance()
        self.assertFalse(self.Project.with_user(self.accountant).has_access("create"))
        payment = self.env["account.payment"].with_user(self.accountant).create(
            {
                "payment_type": "inbound", "partner_type": "customer", "amount": 30,
                "partner_id": self.customer.id, "date": "2026-02-05",
                "journal_id": self.bank_journal.id, "crm_contract_id": contract.id,
            }
        )  # fmt: skip
        payment.action_post()
        self.assertTrue(contract.project_id)

    def test_once(self):
        """AL-16: money that comes, goes and comes again makes one project."""
        contract = self._with_advance()
        payment = self._advance(30, contract)
        project = contract.project_id
        contract._settle()
        contract._on_advance_received()
        payment.action_draft()
        payment.action_post()
        contract.action_create_project()
        self.assertEqual(contract.project_id, project)
        self.assertEqual(self.Project.search([("crm_contract_id", "=", contract.id)]), project)

    def test_database_refuses_a_second(self):
        contract = self._with_advance()
        self._advance(30, contract)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.Project.create({"name": "Twin", "crm_contract_id": contract.id})

    def test_undone_advance(self):
        """AL-16: a payment taken back leaves the project and asks its people."""
        contract = self._with_advance()
        payment = self._advance(30, contract)
        project = contract.project_id
        payment.action_draft()
        self.assertEqual((contract.project_id, contract.date_advance), (project, False))
        asked = project.activity_ids.filtered(
            lambda one: one.activity_type_id == self.env.ref(UNDONE)
        )
        self.assertEqual(asked.user_id, self.leader | self.manager)
        self.assertIn("is not complete any more", project.message_ids[0].body)
        payment.action_post()
        self.assertFalse(asked.exists().filtered("active"))
        self.assertIn("is received", project.message_ids[0].body)

    def test_signature_makes_the_project(self):
        self.supply.project_trigger = "signed"
        contract = self._with_advance()
        self._advance(30, contract)
        self.assertFalse(contract.project_id)
        contract._sign(("company", "partner"), "esign", "2026-02-10", self.env["ir.attachment"])
        self.assertEqual(contract.project_id.crm_contract_id, contract)

    def test_by_hand(self):
        """TN-20: without a trigger a person begins the project."""
        self.supply.write({"project_trigger": "manual", "project_template_id": False})
        contract = self._with_advance()
        self._advance(30, contract)
        self.assertFalse(contract.project_id)
        action = contract.with_user(self.manager).action_create_project()
        self.assertEqual(self.Project.browse(action["res_id"]), contract.project_id)
        self.assertEqual(contract.project_id.user_id, self.manager)

    def test_contract_of_a_project_makes_none(self):
        """TN-21: the second contract of a pool stays in it."""
        project = self.Project.create({"name": "Plant"})
        contract = self._with_advance(project_id=project.id)
        self._advance(30, contract)
        self.assertEqual(contract.project_id, project)
        self.assertFalse(self.Project.search([("crm_contract_id", "=", contract.id)]))

    def test_agreement_stands_in_the_same_project(self):
        contract = self._with_advance()
        agreement = self._contract(10, parent_id=contract.id)
        self._advance(30, contract)
        self.assertEqual(agreement.project_id, contract.project_id)
        with self.assertRaisesRegex(UserError, "belongs to contract"):
            agreement.action_create_project()

    def test_a_broken_template_stops_no_payment(self):
        """AL-16: what a person can cure becomes his activity; the money is booked."""
        contract = self._with_advance()

        def refuse(*_args):
            raise UserError("The template wants a folder")  # pylint: disable=translation-required

        self.patch(type(self.Project), "_create_realisation", refuse)
        payment = self._advance(30, contract)
        self.assertEqual(payment.move_id.state, "posted")
        self.assertFalse(contract.project_id)
        activity = contract.activity_ids
        self.assertEqual(activity.user_id, self.manager)
        self.assertIn("wants a folder", activity.note)

    # The sale ---------------------------------------------------------------------------

    def _lead(self):
        return self.env["crm.lead"].create(
            {"name": "Lift", "type": "opportunity", "user_id": self.manager.id}
        )

    def test_advance_wins_the_opportunity(self):
        """AL-16: with the advance the sale goes to its last stage."""
        lead = self._lead()
        contract = self._with_advance(lead_id=lead.id)
        self._advance(30, contract)
        self.assertEqual(lead.won_status, "won")

    def test_type_may_leave_the_opportunity(self):
        self.supply.advance_wins_lead = False
        lead = self._lead()
        self._advance(30, self._with_advance(lead_id=lead.id))
        self.assertEqual(lead.won_status, "pending")

    def test_refused_win_is_told(self):
        lead = self._lead()

        def refuse(_leads):
            raise UserError("Catalogue not approved")  # pylint: disable=translation-required

        self.patch(type(lead), "action_set_won", refuse)
        self._advance(30, self._with_advance(lead_id=lead.id))
        self.assertEqual(lead.won_status, "pending")
        self.assertIn("Catalogue not approved", lead.activity_ids.note)

    def test_processes_hear_of_it(self):
        """AL-16: a process drawn for contracts waits for the advance."""
        heard = []
        Process = type(self.env["bpm.process"])
        self.patch(
            Process, "_send_message", lambda _self, *args, **kw: heard.append(args[:3]) or ((), ())
        )
        contract = self._with_advance()
        self._advance(30, contract)
        self.assertEqual(heard, [("advance_received", "crm.contract", contract.id)])

    # Dates -------------------------------------------------------------------------------

    @freeze_time("2026-02-06 09:00:00")
    def test_tasks_follow_events(self):
        """TN-22: a task whose event comes later gets its deadline then; finished ones rest."""
        contract = self._with_advance(date_end="2026-06-30")
        self._advance(30, contract)
        tasks = {task.name: task for task in contract.project_id.tasks}
        contract.date_shipped = "2026-03-10"
        self.assertEqual(tasks["Deliver"].date_deadline.date().isoformat(), "2026-03-10")
        tasks["Accept"].state = "1_done"
        contract.date_end = "2026-07-31"
        self.assertEqual(tasks["Accept"].date_deadline.date().isoformat(), "2026-06-25")

    def test_deadline_is_evening_of_the_company(self):
        self.company.nightly_tz = "Asia/Vladivostok"
        task = self.template.task_ids.filtered(lambda one: one.name == "Measure")
        moment = task._prepare_contract_deadline(self.company, datetime(2026, 2, 1).date())
        self.assertEqual(moment, datetime(2026, 2, 4, 8, 0))

    def test_milestones_follow_the_plan(self):
        """TN-23: a milestone for each payment to come; its day follows until it is reached."""
        contract = self._with_advance()
        self._advance(30, contract)
        milestone = contract.project_id.milestone_ids
        final = contract.payment_ids - contract.payment_ids.filtered(
            lambda one: one.kind == "advance"
        )
        self.assertEqual(
            (milestone.crm_contract_payment_id, str(milestone.deadline)), (final, "2026-03-01")
        )
        final.with_user(self.manager).date_planned = "2026-04-01"
        self.assertEqual(str(milestone.deadline), "2026-04-01")
        milestone.is_reached = True
        final.date_planned = "2026-05-01"
        self.assertEqual(str(milestone.deadline), "2026-04-01")

    # The pool ----------------------------------------------------------------------------

    def _pool(self):
        project = self.Project.create({"name": "Plant", "partner_id": self.customer.id})
        supplier = self.env["res.partner"].create({"name": "Supplier"})
        self._set_accounts(supplier)
        income = self._contract(1000, [(400, "2026-02-01"), (600, "2036-03-01")],
                                project_id=project.id)  # fmt: skip
        expense = self._contract(700, [(700, "2036-02-01")], kind=self.purchase,
                                 partner_id=supplier.id, project_id=project.id)  # fmt: skip
        return project, income, expense

    def test_totals(self):
        """TN-21, TN-27: income, expense and margin, planned and in fact."""
        project, income, expense = self._pool()
        self._advance(400, income)
        bill = self._invoice([(expense, 700)], kind="in_invoice", partner_id=expense.partner_id.id)
        self._pay(bill, amount=100)
        self._contract(50, parent_id=income.id)
        self._contract(9, project_id=project.id).action_cancel()
        self.assertEqual((project.income_total, project.income_received), (1050, 400))
        self.assertEqual((project.expense_total, project.expense_paid), (700, 100))
        self.assertEqual((project.margin_planned, project.margin_actual), (350, 300))
        self.assertEqual(project.crm_contract_count, 2)
        rows = {row["direction"]: row for row in project.realisation_money["rows"]}
        # 50 of the agreement are agreed and not planned.
        self.assertEqual(rows["income"]["remaining"], 650)
        self.assertEqual(rows["expense"]["remaining"], 600)
        self.assertEqual(project.realisation_money["hidden"], 0)

    def test_totals_by_currency(self):
        """TN-27: currencies are never added; the company's total is converted."""
        project, _income, expense = self._pool()
        euro = self.env.ref("base.EUR")
        euro = euro if euro != self.currency else self.env.ref("base.USD")
        euro.active = True
        self.env["res.currency.rate"].create(
            {"currency_id": euro.id, "rate": 0.5, "name": "2020-01-01",
             "company_id": self.company.id}
        )  # fmt: skip
        self._contract(100, kind=self.purchase, partner_id=expense.partner_id.id,
                       currency_id=euro.id, project_id=project.id)  # fmt: skip
        sums = {
            (row["currency_id"], row["direction"]): row["agreed"]
            for row in project.realisation_money["rows"]
        }
        self.assertEqual(
            sums,
            {
                (self.currency.id, "income"): 1000,
                (self.currency.id, "expense"): 700,
                (euro.id, "expense"): 100,
            },
        )
        self.assertEqual(project.expense_total, 900)

    def test_terminated_and_open_ended(self):
        """TN-21: a terminated contract counts with what came, one without a sum with its plan."""
        project, income, _expense = self._pool()
        self._advance(400, income)
        income.action_terminate()
        frame = self._contract(0, [(80, "2036-02-01")], project_id=project.id)
        self.assertEqual(project.income_total, 480)
        self.assertEqual(frame.amount_effective, 0)

    def test_draft_is_told_apart(self):
        project, _income, _expense = self._pool()
        self._contract(55, approve=False, project_id=project.id)
        row = project.realisation_money["rows"][0]
        self.assertEqual((row["agreed"], row["drafts"]), (1055, 55))

    def test_new_contracts_of_the_pool(self):
        """TN-21: the pool is formed from the project."""
        project, _income, _expense = self._pool()
        for direction in ("income", "expense"):
            action = getattr(project, f"action_new_{direction}_contract")()
            defaults = self.Contract.with_context(**action["context"]).default_get(
                ["project_id", "type_id", "partner_id"]
            )
            kind = self.env["crm.contract.type"].browse(defaults["type_id"])
            self.assertEqual((kind.direction, defaults["project_id"]), (direction, project.id))
            self.assertEqual(defaults.get("partner_id"),
                             self.customer.id if direction == "income" else None)  # fmt: skip

    def test_many_projects_cost_the_same(self):
        """TN-27: the list of realisations asks once for all."""
        projects = self.Project.create([{"name": f"P{n}"} for n in range(12)])
        for project in projects:
            self._contract(10, project_id=project.id)

        def count(records):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            records.mapped("margin_planned")
            return self.env.cr.sql_log_count - before

        count(projects[:2])
        self.assertLessEqual(count(projects), count(projects[:2]) + 1)

    # Rights ------------------------------------------------------------------------------

    def test_who_sees_the_money(self):
        """EC-17: members of a project see no contracts; others those of their own."""
        project, income, expense = self._pool()
        expense.user_id = self.head
        self.assertNotIn("income_total", project.with_user(self.leader).fields_get())
        mine = project.with_user(self.manager)
        self.assertEqual((mine.income_total, mine.expense_total), (1000, 0))
        self.assertEqual(mine.realisation_money["hidden"], 1)
        self.assertEqual(project.with_user(self.head).expense_total, 700)
        form = Form(project.with_user(self.leader), view="project.edit_project")
        self.assertNotIn("realisation_money", form._view["fields"])
        project.with_user(self.leader)._get_stat_buttons()

    def test_dashboard_button(self):
        project, _income, _expense = self._pool()
        buttons = project.with_user(self.head)._get_stat_buttons()
        shown = [one for one in buttons if one["action"] == "action_view_crm_contracts"]
        self.assertEqual(shown[0]["number"], 2)
        action = project.with_user(self.head).action_view_crm_contracts()
        self.assertEqual(len(self.Contract.search(action["domain"])), 2)
