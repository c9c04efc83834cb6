import io

from lxml import etree
from openpyxl import load_workbook

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import HttpCase, new_test_user, tagged

from .cash_common import TODAY, BoardCommon, CashCommon, day


def _without(group):
    """Searching users as if nobody had a group."""
    search = type(group.env["res.users"]).search

    def searched(users, domain, *args, **kwargs):
        if ("all_group_ids", "in", group.ids) in [tuple(term) for term in domain]:
            return users.browse()
        return search(users, domain, *args, **kwargs)

    return searched


@tagged("-at_install", "post_install")
class TestCashBoard(BoardCommon):
    """TN-26, TN-27: the forecast by week, the balance, the gap and its alert."""

    def test_weeks_of_three_modes(self):
        """EC-21's weeks; a date per mode; overdue money is due today."""
        self._delay(self.customer, average=8)
        self._contract(100, [(60, day(-3)), (40, day(1))])
        self._contract(30, [(30, day(6))], kind=self.purchase)
        self.assertEqual(self._flows()[:3], [(100, 0), (0, 30), (0, 0)])
        self.assertEqual(self._flows(mode="behaviour")[:3], [(0, 0), (100, 30), (0, 0)])
        self.assertEqual(self._flows(mode="promised")[:3], [(100, 0), (0, 30), (0, 0)])
        week = self._board()["weeks"][0]
        self.assertEqual(week["overdue_in"] - self.before["weeks"][0]["overdue_in"], 60)
        self.assertEqual(week["start"].isoweekday(), 1)

    def test_running_balance(self):
        self._entry(50, self.income)
        self._contract(100, [(100, day(1))])
        self._contract(400, [(400, day(8))], kind=self.purchase)
        balances = [
            round(week["balance"] - old["balance"], 2)
            for week, old in zip(self._board()["weeks"], self.before["weeks"], strict=True)
        ]
        self.assertEqual(balances, [150, -250, -250, -250, -250, -250])

    def test_balance_of_days(self):
        """TN-27: the calendar's balances: day by day, overdue today, what is doubtful not."""
        Board = self.env["crm.cash.board"].with_user(self.head)
        stop = day(12)
        before = Board.get_day_balances(stop)["days"]
        self._contract(30, [(30, day(-2))])
        self._contract(100, [(100, day(3))])
        self._contract(400, [(400, day(8))], kind=self.purchase)
        self._contract(999, [(999, day(4))], approve=False)
        self.company.cash_minimum = before[str(day(0))]["balance"]
        after = Board.get_day_balances(str(stop))
        change = {
            one: round(after["days"][key]["balance"] - before[key]["balance"], 2)
            for one, key in ((number, str(day(number))) for number in (0, 2, 3, 7, 8, 11))
        }
        self.assertEqual(change, {0: 30, 2: 30, 3: 130, 7: 130, 8: -270, 11: -270})
        self.assertFalse(after["days"][str(day(3))]["is_low"])
        self.assertTrue(after["days"][str(day(8))]["is_low"])
        self.assertNotIn(str(day(-1)), after["days"])
        self.assertNotIn(str(stop), after["days"])
        with self.assertRaises(AccessError):
            self.env["crm.cash.board"].with_user(self.portal).get_day_balances(stop)

    def test_charts(self):
        """TN-27: the charts show the sums of their lists."""
        self._contract(100, [(60, day(3)), (40, day(10))])
        self._contract(30, [(30, day(3))], kind=self.purchase)
        self.env.flush_all()
        forecast = self.env["crm.cash.forecast"].with_user(self.head)
        arch = etree.fromstring(forecast.get_view(view_type="graph")["arch"])
        self.assertEqual((arch.get("type"), arch.get("cumulated")), ("line", "1"))
        groups = forecast.formatted_read_group(
            [("contract_id.partner_id", "=", self.customer.id)], ["direction"],
            ["amount_company:sum"],
        )  # fmt: skip
        sums = {group["direction"]: round(group["amount_company:sum"], 2) for group in groups}
        self.assertEqual(sums, {"income": 100, "expense": -30})
        report = self.env["crm.cash.report"].with_user(self.head)
        arch = etree.fromstring(report.get_view(view_type="graph")["arch"])
        names = [node.get("name") for node in arch.iter("field")]
        self.assertEqual(names, ["date", "kind", "amount"])
        groups = report.formatted_read_group(
            [("partner_id", "=", self.customer.id)], ["kind"], ["amount:sum", "planned:sum"]
        )
        self.assertEqual([(g["kind"], g["amount:sum"]) for g in groups], [("plan", 70)])
        for model in ("crm.receivable", "crm.payer.discipline", "crm.payer.month",
                      "crm.payment.reminder"):  # fmt: skip
            arch = etree.fromstring(self.env[model].get_view(view_type="graph")["arch"])
            dims = [
                ":".join(filter(None, (node.get("name"), node.get("interval"))))
                for node in arch.iterfind("field")
                if not node.get("type")
            ]
            measures = [f"{node.get('name')}:sum" for node in arch.iterfind("field[@type]")]
            # Whatever the chart asks for can be grouped and summed.
            self.env[model].formatted_read_group([], dims, [*measures, "__count"])

    def test_what_is_left_out(self):
        self._contract(10, [(10, day(1))], approve=False)
        self._contract(20, [(20, day(-300))])
        left_out = {line["certainty"]: line["in"] for line in self._board()["left_out"]}
        before = {line["certainty"]: line["in"] for line in self.before["left_out"]}
        self.assertEqual(left_out["draft"] - before.get("draft", 0), 10)
        self.assertEqual(left_out["doubtful"] - before.get("doubtful", 0), 20)
        self.assertEqual(self._flows()[0], (0, 0))

    def test_later(self):
        self._contract(10, [(10, day(400))])
        self.assertEqual(self._board()["later"]["in"] - self.before["later"]["in"], 10)

    def test_lists_behind_the_figures(self):
        """Each figure opens the documents that make it, to the coin."""
        self._contract(100, [(60, day(-3)), (40, day(9))])
        for place, expected in ((0, 60), (1, 40)):
            week = self._board()["weeks"][place]
            action = self.Board.get_documents_action(
                "contract", str(week["start"]) if place else None, str(week["stop"]), "income"
            )
            rows = self.Forecast.search([*action["domain"], ("partner_id", "=", self.customer.id)])
            self.assertEqual(sum(rows.mapped("amount_company")), expected)
            everything = self.Forecast.search(action["domain"])
            self.assertEqual(round(sum(everything.mapped("amount_company")), 2), week["in"])

    def test_two_companies_two_currencies(self):
        """Each company's money at the day's rate, in the currency of the current company."""
        currency = (
            self.env["res.currency"].with_context(active_test=False).search([("name", "=", "CHF")])
        )
        currency.active = True
        second = self.env["res.company"].create({"name": "Second", "currency_id": currency.id})
        self.env["res.currency.rate"].create(
            {"currency_id": currency.id, "company_id": self.company.id, "name": day(-3),
             "rate": 0.5}
        )  # fmt: skip
        both = [self.company.id, second.id]
        partner = self.env["res.partner"].create({"name": "Of the second"})
        self.env["crm.contract"].with_context(allowed_company_ids=both).create(
            {
                "company_id": second.id, "type_id": self.supply.id, "partner_id": partner.id,
                "amount_total": 50,
                "payment_ids": [(0, 0, {"name": "All", "amount": 50, "date_planned": day(1)})],
            }
        ).action_approve()  # fmt: skip
        self.env.flush_all()
        board = self.Board.with_context(allowed_company_ids=both).get_board()
        self.assertEqual(round(board["weeks"][0]["in"] - self.before["weeks"][0]["in"], 2), 100)
        line = [one for one in board["currencies"] if one["currency_id"] == currency.id]
        self.assertEqual([(one["in"], one["in_own"], one["rate"]) for one in line], [(50, 100, 2)])
        board = self.Board.with_context(allowed_company_ids=[self.company.id]).get_board()
        self.assertEqual(board["weeks"][0]["in"], self.before["weeks"][0]["in"], "not chosen")

    # The alert ------------------------------------------------------------------------

    def _gap(self, amount=10**9):
        return self._contract(amount, [(amount, day(15))], kind=self.purchase)

    def test_told_once(self):
        """One activity per gap; it follows the gap and goes with it."""
        Gap = self.env["crm.cash.gap"]
        Gap.search([]).unlink()
        self.company.cash_treasurer_id = self.accountant
        contract = self._gap()
        gap = self._watch()
        self.assertEqual((gap.state, gap.week_date), ("open", day(12)))
        self.assertEqual(gap.low_date, day(15))
        self.assertEqual(gap.activity_ids.user_id, self.accountant)
        self.assertIn("missing in the week of", gap.activity_ids.summary)
        for night in (1, 2, 3):
            self.assertFalse(self._watch(day(night)))
        self.assertEqual(Gap.search([("company_id", "=", self.company.id)]), gap)
        self.assertEqual(len(gap.activity_ids), 1)
        contract.payment_ids.date_planned = day(8)
        self._watch(day(4))
        self.assertEqual((gap.low_date, len(gap.activity_ids)), (day(8), 1))
        contract.payment_ids.action_set_cancelled()
        self._watch(day(5))
        self.assertEqual((gap.state, gap.closed_date), ("closed", day(5)))
        self.assertFalse(gap.activity_ids.filtered("active"))
        self._gap()
        self.assertNotEqual(self._watch(day(6)), gap, "a new gap is told anew")

    def test_least_balance(self):
        self.env["crm.cash.gap"].search([]).unlink()
        self.assertFalse(self._watch())
        least = self.before["opening"]["total"] + 10**7
        self.company.cash_minimum = max(least, 10**7)
        gap = self._watch()
        self.assertEqual(gap.week_date, day(-2))
        self.assertEqual(self._board()["gap"]["place"], 0)

    def test_nobody_is_the_treasurer(self):
        """TN-27: without a treasurer a head is warned, else an accountant; never nobody."""
        self.env["crm.cash.gap"].search([]).unlink()
        self.company.cash_treasurer_id = False
        self._gap()
        gap = self._watch()
        watcher = gap.activity_ids.user_id
        self.assertTrue(watcher.has_group("crm_bpm_core.group_head"))
        self.assertIn(self.company, watcher.company_ids)
        group = self.env.ref("crm_bpm_core.group_head")
        self.patch(type(self.env["res.users"]), "search", _without(group))
        self.assertEqual(self.company._get_cash_watcher(), self.company._get_payment_assigner())

    def test_treasurer_who_comes_later(self):
        """TN-27: whoever takes over is told of the gap that is open; still once."""
        self.env["crm.cash.gap"].search([]).unlink()
        self.company.cash_treasurer_id = False
        self._gap()
        gap = self._watch()
        self.company.cash_treasurer_id = self.accountant
        for night in (1, 2):
            self._watch(day(night))
            self.assertEqual(gap.activity_ids.user_id, self.accountant)
            self.assertEqual(gap.activity_ids.date_deadline, day(1), "not overdue on arrival")
            self.assertEqual(len(gap.activity_ids), 1)
        gap.activity_ids.action_done()
        self._watch(day(3))
        self.assertFalse(gap.activity_ids.filtered("active"), "done is done")

    def test_night(self):
        """PK-12: a stage of the sweep; again it changes nothing."""
        run = self.env["crm.nightly.run"]
        stages = run._get_stages()
        self.assertGreater(stages.index("cash_forecast"), stages.index("payer_discipline"))
        treasurer = self.head
        self.company.write({"cash_minimum": 0, "cash_treasurer_id": treasurer.id})
        for place in range(3):
            invoice = self._invoice([(None, 40)], date=day(-90 - place))
            self._pay(invoice, date=day(-80 - place))
        balance = self._board()["opening"]["total"]
        self._contract(
            balance + 500, [(balance + 500, day(10))], kind=self.purchase,
            partner_id=self.env["res.partner"].create({"name": "Dear supplier"}).id,
        )  # fmt: skip
        self.env.flush_all()
        night = run._create_run(self.company, TODAY, "manual")
        stage = night.stage_ids.filtered(lambda one: one.code == "cash_forecast")
        Gap, Delay = self.env["crm.cash.gap"], self.env["crm.payer.delay"]
        own = [("company_id", "=", self.company.id)]
        night._stage_cash_forecast(stage)
        gap = Gap.search([*own, ("state", "=", "open")])
        delay = Delay.search([*own, ("partner_id", "=", self.customer.id)])
        self.assertEqual((stage.created, len(gap), len(delay)), (1, 1, 1))
        self.assertEqual((len(gap.activity_ids), gap.activity_ids.user_id), (1, treasurer))
        self.assertGreaterEqual(stage.processed, 1)
        night._stage_cash_forecast(stage)
        self.assertEqual(stage.created, 0)
        self.assertEqual(Gap.search([*own, ("state", "=", "open")]), gap)
        self.assertEqual(len(gap.activity_ids), 1)
        self.assertEqual(Delay.search([*own, ("partner_id", "=", self.customer.id)]), delay)

    def test_delays(self):
        """PF-17: quantiles by amount, of payers with enough debts and of all; idempotent."""
        for days, amount in ((0, 40), (10, 30), (20, 20), (60, 10)):
            invoice = self._invoice([(None, amount)], date=day(-90))
            self._pay(invoice, date=day(days - 90))
        self.env.flush_all()
        Delay = self.env["crm.payer.delay"]
        Delay._run(self.company, TODAY)
        delay = Delay.search([("partner_id", "=", self.customer.id)])
        self.assertEqual(
            (delay.debt_count, delay.average, delay.p50, delay.p75, delay.p90), (4, 13, 10, 20, 20)
        )
        self.assertTrue(
            Delay.search([("partner_id", "=", False), ("company_id", "=", self.company.id)])
        )
        Delay._run(self.company, TODAY)
        self.assertEqual(Delay.search([("partner_id", "=", self.customer.id)]), delay)
        self.env["account.move"].search([("partner_id", "=", self.customer.id)]).button_draft()
        self.env.flush_all()
        Delay._run(self.company, TODAY)
        self.assertFalse(Delay.search([("partner_id", "=", self.customer.id)]))

    def test_settings(self):
        for values in ({"cash_weeks": 0}, {"cash_weeks": 99}, {"cash_minimum": -1},
                       {"cash_doubtful_days": -1}):  # fmt: skip
            with self.assertRaises(ValidationError):
                self.company.write(values)
        self.assertEqual(len(self._board(weeks=900)["weeks"]), 53)
        self.assertEqual(self._board(mode="nonsense")["mode"], "contract")

    def test_rights(self):
        """EC-17: the board is for the head and for accountants."""
        for user in (self.head, self.accountant):
            self.assertTrue(self.Board.with_user(user).get_board()["weeks"])
        for user in (self.manager, self.viewer, self.nobody):
            with self.assertRaises(AccessError):
                self.Board.with_user(user).get_board()


@tagged("-at_install", "post_install")
class TestCashExport(HttpCase, CashCommon):
    """TN-28: the board as a spreadsheet."""

    def _get(self, user, query="?mode=contract&weeks=4"):
        self.authenticate(user.login, user.login)
        return self.url_open(f"/crm_payment_plan/cash_board.xlsx{query}")

    def test_export(self):
        self.accountant.password = self.accountant.login
        self._contract(123.45, [(123.45, day(1))])
        self.env.flush_all()
        answer = self._get(self.accountant)
        self.assertEqual(answer.status_code, 200)
        sheet = load_workbook(io.BytesIO(answer.content)).worksheets[0]
        rows = list(sheet.iter_rows(min_row=5, values_only=True))
        self.assertEqual(len(rows), 4)
        board = self.Board.get_board("contract", 4)
        self.assertEqual(rows[0][2], board["weeks"][0]["in"])
        self.assertEqual(rows[1][4], "=E5+C6-D6")
        values = load_workbook(io.BytesIO(answer.content), data_only=True).worksheets[0]
        self.assertEqual(values["E8"].value, board["weeks"][3]["balance"])

    def test_export_needs_rights(self):
        user = new_test_user(self.env, login="cash_nobody", groups="base.group_user")
        user.password = user.login
        self.assertEqual(self._get(user).status_code, 403)
