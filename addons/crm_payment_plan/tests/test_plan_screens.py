"""The receipts plan as its screens ask for it: search, columns, actions, totals, tile."""

from datetime import timedelta

from lxml import etree

from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger
from odoo.tools.safe_eval import safe_eval

from .common import ADDON, ForeignCommon

STATUSES = ("received", "planned", "cancelled")
#: Filters of the search view -> names of the rows that each finds.
FOUND = {
    "planned": {"late", "partly", "asked", "estimated", "theirs", "sorted", "back"},
    "overdue": {"late"},
    "received": {"received"},
    "cancelled": {"cancelled"},
    "mine": {"late", "received", "cancelled", "partly", "asked", "estimated", "sorted", "back"},
    "not_invoiced": {"late", "received", "cancelled", "asked", "estimated", "theirs", "sorted"},
    "refunds": {"back"},
    "estimated": {"estimated"},
    "partly": {"partly"},
    "asked": {"asked"},
    "this_week": {"sorted"},
    "no_category": {"asked"},
    "payer_disloyal": set(),
    "payer_hesitant": {"theirs"},
    "payer_strict": set(),
}


@tagged("-at_install", "post_install")
class TestPlanScreens(ForeignCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.nightly_tz = "UTC"
        cls.today = cls.company._get_local_today()

    def _row(self, name, days, amount=100, contract=None, **values):
        return self.Payment.create(
            {
                "contract_id": (contract or self.contract).id,
                "name": name,
                "amount": amount,
                "date_planned": self.today + timedelta(days=days),
                **values,
            }
        )

    def _view(self, kind, user):
        views = {"list": "list", "kanban": "kanban", "search": "search"}
        view = self.env.ref(f"{ADDON}.crm_contract_payment_view_{views[kind]}")
        return etree.fromstring(self.Payment.with_user(user).get_view(view.id, kind)["arch"])

    # Search ---------------------------------------------------------------------------

    def _rows_for_search(self):
        """A row for every filter; {name: row}."""
        self.contract = self._contract(1000, user_id=self.manager.id)
        other = self._contract(
            50, user_id=self.colleague.id, partner_id=self._customer("Northwind").id
        )
        rows = {
            "late": self._row("late", -40),
            "received": self._row("received", -50),
            "cancelled": self._row("cancelled", 40),
            "partly": self._row("partly", 41),
            "asked": self._row("asked", 42),
            "estimated": self._row("estimated", 43, due_kind="event", due_event="signed"),
            "sorted": self._row("sorted", 0, amount=7),
            "theirs": self._row("theirs", 44, contract=other),
            "back": self._row("back", 45, amount=5, kind="refund"),
        }
        self.env["crm.payer.discipline"].create(
            {"company_id": self.company.id, "partner_id": other.partner_id.id,
             "payer_class": "hesitant", "computed_class": "hesitant"}
        )  # fmt: skip
        rows["asked"].cash_category_id = False
        rows["received"].action_set_received()
        rows["cancelled"].action_set_cancelled()
        invoice = self._invoice([(self.contract, 100, rows["partly"])])
        self._pay(invoice, 30)
        self.env["crm.contract.payment.remark"].create(
            {
                "kind": "question",
                "payment_ids": rows["asked"].ids,
                "text": "When?",
                "user_id": self.manager.id,
            }
        ).action_apply()
        self.env.flush_all()
        return rows

    def test_filters(self):
        """EC-19: every filter of the search finds its rows and no others."""
        rows = self._rows_for_search()
        mine = Domain("id", "in", [row.id for row in rows.values()])
        arch = self._view("search", self.head)
        domains = {node.get("name"): node.get("domain") for node in arch.xpath("//filter[@domain]")}
        self.assertEqual(set(domains), set(FOUND))
        for name, expected in FOUND.items():
            with self.subTest(filter=name):
                domain = Domain(safe_eval(domains[name], {"uid": self.manager.id}))
                found = self.Payment.with_user(self.head).search(mine & domain)
                self.assertEqual(set(found.mapped("name")), expected)

    def test_fields_of_the_search(self):
        """EC-19: found by name, number, partner, contract, person and amount."""
        rows = self._rows_for_search()
        mine = Domain("id", "in", [row.id for row in rows.values()])
        arch = self._view("search", self.head)
        quick = arch.xpath("//search/field[@name='name']")[0].get("filter_domain")
        for text, expected in (
            ("estim", {"estimated"}),
            (rows["theirs"].contract_id.number, {"theirs"}),
            ("northw", {"theirs"}),
        ):
            domain = Domain(safe_eval(quick, {"self": text}))
            self.assertEqual(set(self.Payment.search(mine & domain).mapped("name")), expected)
        offered = {node.get("name") for node in arch.xpath("//search/field")}
        for name, value, expected in (
            ("partner_id", "Northwind", {"theirs"}),
            ("contract_id", rows["theirs"].contract_id.number, {"theirs"}),
            ("user_id", self.colleague.name, {"theirs"}),
            ("amount", 7, {"sorted"}),
        ):
            self.assertIn(name, offered)
            operator = "=" if name == "amount" else "ilike"
            found = self.Payment.search(mine & Domain(name, operator, value))
            self.assertEqual(set(found.mapped("name")), expected, name)
        tree = arch.xpath("//searchpanel/field/@name")
        self.assertEqual(tree, ["state", "kind", "user_id"])

    def test_columns(self):
        """EC-18, EC-19: what a row says at once, and what may be shown beside it."""
        row = next(iter(self._rows_for_search().values()))
        columns = {
            node.get("name"): node.get("optional")
            for node in self._view("list", self.head).xpath("/list/field")
            if node.get("column_invisible") not in ("1", "True")
        }
        shown = {name for name, optional in columns.items() if optional != "hide"}
        self.assertLessEqual(
            {"name", "state", "date_planned", "partner_id", "lead_id", "is_invoiced"}, shown
        )
        self.assertLessEqual({"amount", "amount_received", "kind", "due_text"}, set(columns))
        values = row.with_user(self.head).web_read({name: {} for name in columns})
        self.assertEqual(set(columns), set(values[0]) - {"id"})

    # Actions --------------------------------------------------------------------------

    def _run_action(self, name, rows, user):
        action = self.env.ref(f"{ADDON}.crm_contract_payment_action_{name}")
        return (
            action.with_user(user).with_context(active_model=rows._name, active_ids=rows.ids).run()
        )

    def test_list_actions(self):
        """EC-22, EC-23: the context menu of chosen rows, for each role."""
        for user in (self.manager, self.head, self.accountant):
            self.contract = self._contract(300)
            rows = self._row("one", 1) | self._row("two", 2)
            for state in ("received", "planned", "cancelled", "planned"):
                with self.subTest(user=user.name, state=state):
                    self._run_action(state, rows, user)
                    self.assertEqual(set(rows.mapped("state")), {state})
        looking = self._contract(100, user_id=self.viewer.id)
        row = self._row("seen", 1, contract=looking)
        for state in STATUSES:
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_actions"):
                self._run_action(state, row, self.viewer)
        self.assertEqual(row.state, "planned")
        for kind, name in (("comment", "comment"), ("question", "ask")):
            for user in (self.viewer, self.manager, self.head, self.accountant):
                mine = row if user == self.viewer else rows
                action = self._run_action(name, mine, user)
                self.assertEqual(action["context"]["default_kind"], kind)
                self.assertEqual(action["context"]["default_payment_ids"], mine.ids)

    def test_menus_of_those_who_only_look(self):
        """EC-23: cards offer a change of status to those who may make it."""
        for user, may in (
            (self.viewer, False), (self.manager, True), (self.head, True), (self.accountant, True),
        ):  # fmt: skip
            with self.subTest(user=user.name):
                arch = self._view("kanban", user)
                names = set(arch.xpath("//t[@t-name='menu']//a/@name"))
                expected = {f"action_set_{state}" for state in STATUSES} if may else set()
                self.assertEqual(names, expected | {"action_comment", "action_ask"})
                bound = (
                    self.env["ir.actions.actions"].with_user(user).get_bindings(self.Payment._name)
                )
                offered = {one["name"] for one in bound.get("action", ())}
                for name in ("Set received", "Set planned", "Set cancelled"):
                    self.assertEqual(name in offered, may, name)
                self.assertLessEqual({"Leave a comment", "Ask a question"}, offered)

    # Sums -----------------------------------------------------------------------------

    def test_totals_of_currencies(self):
        """EC-21, TN-26: sections never add amounts of two currencies as they are."""
        plain = self._contract(1000)
        abroad = self._contract(1000, currency_id=self.foreign.id)
        rows = self._row("plain", 0, 100, plain) | self._row("abroad", 0, 80, abroad)
        later = self._row("later", 400, 60, abroad)
        answer = self.Payment.with_user(self.head).web_read_group(
            [("id", "in", (rows | later).ids)],
            ["section"],
            ["amount_remaining:sum", "currency_id:array_agg_distinct",
             "amount_remaining:sum_currency"],
        )  # fmt: skip
        week, far = answer["groups"]
        self.assertEqual((week["section"], far["section"]), ("3_week", "5_later"))
        self.assertEqual(
            set(week["currency_id:array_agg_distinct"]), {self.currency.id, self.foreign.id}
        )
        # 0.8 of the foreign one for one of ours: the client shows this sum, marked with "?".
        self.assertAlmostEqual(week["amount_remaining:sum_currency"], 100 + 80 / 0.8, places=2)
        self.assertEqual(far["currency_id:array_agg_distinct"], [self.foreign.id])
        self.assertEqual(far["amount_remaining:sum"], 60)
        by_currency = self.Payment.web_read_group(
            [("id", "in", rows.ids)], ["currency_id"], ["amount_remaining:sum"]
        )
        self.assertEqual(
            {group["currency_id"][0]: group["amount_remaining:sum"]
             for group in by_currency["groups"]},
            {self.currency.id: 100, self.foreign.id: 80},
        )  # fmt: skip

    def test_tile(self):
        """EC-16, EC-17: the home page counts what its reader may see, each currency by itself."""
        other = self.env["res.company"].create({"name": "Second Co"})
        # Their weeks are the same whatever the hour at which this runs.
        (self.company | other).write({"plan_week_start": "1", "nightly_tz": "UTC"})
        head = new_test_user(
            self.env, login="plan_head_of_one", groups="crm_bpm_core.group_head",
            company_id=self.company.id, company_ids=[self.company.id],
        )  # fmt: skip
        both = new_test_user(
            self.env, login="plan_head_of_two", groups="crm_bpm_core.group_head",
            company_id=self.company.id, company_ids=[self.company.id, other.id],
        )  # fmt: skip
        partner = self.env["res.partner"].create({"name": "Their buyer"})
        foreign = self._contract(100, currency_id=self.foreign.id)
        theirs = self._contract(
            100, approve=False, company_id=other.id, partner_id=partner.id,
            currency_id=self.third.id,
        )  # fmt: skip
        self._row("ours", 0, 10, self._contract(100))
        self._row("abroad", 0, 20, foreign)
        self._row("over", -40, 30, foreign)
        self._row("their own", 0, 40, theirs)
        self.env.flush_all()
        ours = {self.foreign.id: 20, self.currency.id: 10}
        for user, companies, week in (
            (head, self.company, ours),
            (both, self.company, ours),
            (both, self.company | other, {**ours, self.third.id: 40}),
        ):
            with self.subTest(user=user.login, companies=len(companies)):
                board = self.env["crm.customer.board"].with_user(user)
                board = board.with_context(allowed_company_ids=companies.ids)
                tile = board.get_head_board()["receipts"]
                sums = {
                    row["section"]: {one["currency_id"]: one["amount"] for one in row["sums"]}
                    for row in tile["rows"]
                }
                self.assertEqual(sums["3_week"], week)
                self.assertEqual(
                    [(one["currency_id"], one["amount"]) for one in tile["overdue"]],
                    [(self.foreign.id, 30)],
                )

    def test_seen_at_once_after_a_payment(self):
        """IM-14, PF-17: registered by the accountant: the deal, the plan and the tile show it."""
        lead = self.env["crm.lead"].create(
            {"name": "Lathe", "partner_id": self.customer.id, "user_id": self.manager.id}
        )
        contract = self._contract(100, lead_id=lead.id)
        row = self._row("first", 0, 60, contract) | self._row("second", 40, 40, contract)
        move = self._invoice([(contract, 60, row[0])], date=self.today)
        board = self.env["crm.customer.board"].with_user(self.head)

        def seen():
            self.env.flush_all()
            self.env.invalidate_all()
            tile = board.get_head_board()["receipts"]["rows"]
            week = next(one for one in tile if one["section"] == "3_week")["sums"]
            action = lead.with_user(self.manager).action_view_crm_contracts()
            contracts = self.Contract.with_user(self.manager)
            found = contracts.browse(action.get("res_id")) or contracts.search(action["domain"])
            return (
                sum(one["amount"] for one in week if one["currency_id"] == self.currency.id),
                [(one.received_total, one.remaining_total) for one in found],
                row.with_user(self.manager).mapped("state"),
            )

        before, *figures = seen()
        self.assertEqual(figures, [[(0, 100)], ["planned", "planned"]])
        wizard = (
            self.env["account.payment.register"]
            .with_user(self.accountant)
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({"journal_id": self.bank_journal.id, "payment_date": self.today})
        )
        wizard.action_create_payments()
        after, *figures = seen()
        self.assertEqual(figures, [[(60, 40)], ["received", "planned"]])
        self.assertEqual(before - after, 60)

    def test_accountants_have_the_plan(self):
        """EC-16, EC-17: whoever has the whole plan, yet is no head, opens it from the menu."""
        self._row("ours", 0, 10, self._contract(100))
        with self.assertRaises(AccessError):
            self.env["crm.customer.board"].with_user(self.accountant).get_head_board()
        menus = self.env["ir.ui.menu"].with_user(self.accountant)
        seen = menus._visible_menu_ids()
        action = self.env.ref(f"{ADDON}.crm_contract_payment_action_receipts")
        entries = self.env["ir.ui.menu"].search([("action", "=", f"{action._name},{action.id}")])
        self.assertTrue(entries and set(entries.ids) & set(seen))
        self.assertTrue(self.Payment.with_user(self.accountant).search([("name", "=", "ours")]))
