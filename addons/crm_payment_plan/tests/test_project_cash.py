"""The cash curve of a realisation: plan and fact of its pool, cumulated."""

from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from .common import PlanCommon


@tagged("-at_install", "post_install")
class TestCashCurve(PlanCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.project, cls.other = cls.env["project.project"].create(
            [{"name": "Curve"}, {"name": "Other"}]
        )
        cls.income = cls._contract(
            100, [(30, "2026-02-02"), (70, "2026-02-16")], project_id=cls.project.id
        )
        cls.expense = cls._contract(
            60, [(60, "2026-02-10")], kind=cls.purchase, project_id=cls.project.id
        )
        cls._contract(500, [(500, "2026-02-03")], project_id=cls.other.id)
        cls._advance(30, cls.income, date="2026-02-05")
        cls.env.flush_all()

    def _curve(self, user):
        """{kind: [(week, sum so far)]} as the chart shows it."""
        action = self.project.with_user(user).action_view_cash_curve()
        rows = (
            self.env[action["res_model"]]
            .with_user(user)
            ._read_group(action["domain"], ["kind", "date:week"], ["amount:sum"])
        )
        curve, sums = {}, {}
        for kind, week, amount in rows:
            sums[kind] = sums.get(kind, 0) + amount
            curve.setdefault(kind, []).append((str(week), round(sums[kind], 2)))
        return curve

    def test_plan_and_fact(self):
        """TN-20, TN-27: ends at the agreed income less expense, and at what has come and gone."""
        for user in (self.head, self.accountant):
            curve = self._curve(user)
            self.assertEqual(set(curve), {"plan", "fact"})
            self.assertEqual([amount for _week, amount in curve["plan"]], [30, -30, 40])
            self.assertEqual([amount for _week, amount in curve["fact"]], [30])

    def test_who_sees_it(self):
        """TN-27: money of the whole pool is for those who see every contract."""
        button = "action_view_cash_curve"
        for user, shown in ((self.head, True), (self.manager, False)):
            form = self.env.ref("crm_payment_plan.project_project_view_form_realisation")
            arch = self.project.with_user(user).get_view(form.id, "form")["arch"]
            self.assertEqual(button in arch, shown)
        with self.assertRaises(AccessError):
            self._curve(self.manager)

    def test_chart(self):
        """TN-27: cumulated lines by week and kind, plan and fact beside each other."""
        view = self.env.ref("crm_payment_plan.crm_cash_report_view_graph_curve")
        arch = self.env["crm.cash.report"].get_view(view.id, "graph")["arch"]
        for part in (
            'type="line"', 'cumulated="1"', 'stacked="0"', 'name="kind"', 'interval="week"',
        ):  # fmt: skip
            self.assertIn(part, arch)


@tagged("-at_install", "post_install")
class TestCashCurveUi(HttpCase, PlanCommon):
    browser_size = "1366x768"

    def test_curve(self):
        """TN-27: from the realisation to its curve; what is to come is planned, not received."""
        self.head.password = self.head.login
        today = self.company._get_local_today()
        project = self.env["project.project"].create({"name": "Tour Project"})
        contract = self._contract(
            100,
            [(30, today - timedelta(days=14)), (70, today + timedelta(days=21))],
            project_id=project.id,
        )
        self._advance(30, contract, date=today - timedelta(days=10))
        self.start_tour("/odoo/realisations", "crm_payment_plan_cash_curve", login=self.head.login)
