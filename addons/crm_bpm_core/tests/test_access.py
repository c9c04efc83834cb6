"""Who may do what: groups x models, then the records of own, team and all."""

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import CORE, CrmBpmCommon

OPERATIONS = {"r": "read", "w": "write", "c": "create", "u": "unlink"}

#: Model -> what each role may do with it: r(ead) w(rite) c(reate) u(nlink).
#:                             stranger  view   full    head    portal  public
RIGHTS = {
    "res.partner":                 ("r", "r", "rwcu", "rwcu", "r", "r"),
    "res.partner.category":        ("r", "r", "rwcu", "rwcu", "", ""),
    "crm.tag":                     ("", "r", "rwc", "rwcu", "", ""),
    "crm.customer.status":         ("r", "r", "r", "rwcu", "", ""),
    "crm.customer.promotion.rule": ("", "r", "r", "rwcu", "", ""),
    "crm.customer.status.history": ("", "r", "r", "r", "", ""),
    "crm.transaction":             ("", "r", "r", "rwcu", "", ""),
    "crm.transaction.batch":       ("", "r", "r", "rwcu", "", ""),
    "crm.transaction.row":         ("", "", "", "r", "", ""),
    "crm.order.day":               ("", "r", "r", "r", "", ""),
    "crm.order.day.queue":         ("", "", "", "", "", ""),
    "crm.order.calendar":          ("", "r", "r", "r", "", ""),
    "crm.customer.snapshot":       ("", "r", "r", "r", "", ""),
    "crm.nightly.run":             ("", "", "", "r", "", ""),
    "crm.nightly.run.stage":       ("", "", "", "r", "", ""),
    "crm.nightly.run.issue":       ("", "", "", "r", "", ""),
    "crm.recession.rule":          ("", "r", "r", "rwcu", "", ""),
    "crm.recession.season":        ("", "r", "r", "rwcu", "", ""),
    "crm.recession.alert":         ("", "r", "rw", "rwc", "", ""),
    "crm.call.result":             ("", "", "rwcu", "rwcu", "", ""),
    "crm.nightly.preview":         ("", "", "", "rwcu", "", ""),
    "crm.nightly.preview.line":    ("", "", "", "rwcu", "", ""),
    "crm.call.digest":             ("", "", "", "r", "", ""),
    "crm.recession.backtest":      ("", "", "", "rwcu", "", ""),
    "crm.transaction.import":      ("", "", "", "rwcu", "", ""),
    "crm.need":                    ("r", "r", "r", "rwcu", "", ""),
    "crm.education":               ("r", "r", "r", "rwcu", "", ""),
    "crm.chain.category":          ("r", "r", "r", "rwcu", "", ""),
    "crm.purchasing.principle":    ("r", "r", "r", "rwcu", "", ""),
    "crm.transaction.import.column": ("", "", "", "rwcu", "", ""),
}  # fmt: skip
ROLES = ("stranger", "view", "full", "head", "portal", "public")


class AccessCommon(CrmBpmCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.outsider = cls._new_user("outsider", "group_full")
        cls.lead_only = cls._new_user("lead_only", "group_full", "group_scope_team")
        cls.overseer = cls._new_user("overseer", "group_full", "group_scope_all")
        cls.team.member_ids = [Command.link(cls.colleague.id)]
        cls.other_team = cls.env["crm.team"].create(
            {"name": "Retail", "user_id": cls.lead_only.id, "member_ids": [cls.outsider.id]}
        )
        cls.mine = cls._customer("Mine", user=cls.manager)
        cls.colleagues = cls._customer("Colleague's", user=cls.colleague)
        cls.elsewhere = cls._customer("Elsewhere", user=cls.outsider)
        cls.nobodys = cls._customer("Nobody's")
        cls.nobodys.user_id = False
        cls.supplier = cls.env["res.partner"].create({"name": "Supplier", "is_company": True})
        cls.customers = cls.mine + cls.colleagues + cls.elsewhere + cls.nobodys + cls.supplier
        cls.env.flush_all()

    def _seen(self, user, records=None):
        """Names of the customers (or of those of the records) that the user finds."""
        records = self.customers if records is None else records
        found = records.with_user(user).search([("id", "in", records.ids)]).sudo()
        partners = found if found._name == "res.partner" else found.partner_id
        return set(partners.mapped("name"))

    def _assertDenied(self, function, *args, **kwargs):
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            function(*args, **kwargs)


@tagged("post_install", "-at_install")
class TestAccessMatrix(AccessCommon):
    """EC-01, EC-04: only people with rights; two levels, and the head."""

    def test_rights_of_every_group_on_every_model(self):
        users = (
            self.nobody,
            self.viewer,
            self.manager,
            self.head,
            self.portal,
            self.env.ref("base.public_user"),
        )
        wrong = []
        for model, expected in RIGHTS.items():
            for role, user, letters in zip(ROLES, users, expected, strict=True):
                allowed = self._allowed(model, user)
                if allowed != set(letters):
                    wrong.append(f"{model}: {role} may {sorted(allowed)}, not {sorted(letters)}")
        self.assertFalse(wrong, "\n".join(wrong))

    def test_scope_groups_give_no_rights_on_records(self):
        for group in ("group_scope_own", "group_scope_team", "group_scope_all"):
            user = self._new_user(f"only_{group}", group)
            for model in RIGHTS:
                self.assertEqual(
                    self._allowed(model, user), self._allowed(model, self.nobody), (group, model)
                )

    def test_every_model_of_the_addon_is_in_the_matrix(self):
        names = self.env["ir.model.data"].search(
            [("module", "=", CORE), ("model", "=", "ir.model"), ("name", "like", "model_crm_%")]
        )
        models = self.env["ir.model"].browse(names.mapped("res_id")).mapped("model")
        ours = {
            name
            for name in models
            if name in self.env
            and not self.env[name]._abstract
            and self.env[name]._original_module == CORE
        }
        self.assertFalse(ours - set(RIGHTS), "models without a line in RIGHTS")

    def test_every_model_with_a_company_has_a_global_rule(self):
        rules = self.env["ir.rule"].search([("global", "=", True)])
        covered = set(rules.model_id.mapped("model"))
        missing = {
            name
            for name in RIGHTS
            if name in self.env
            and "company_id" in self.env[name]._fields
            and self.env[name]._fields["company_id"].store
            and not self.env[name]._transient
        } - covered
        # A queue of changes that only the system reads; its company is a number.
        self.assertFalse(missing - {"crm.order.day.queue"})

    def _allowed(self, model, user):
        access = self.env["ir.model.access"].with_user(user)
        return {
            letter
            for letter, mode in OPERATIONS.items()
            if access.check(model, mode, raise_exception=False)
        }


@tagged("post_install", "-at_install")
class TestAccessLevels(AccessCommon):
    """EC-04: view only, and full with new categories."""

    def test_view_only_cannot_create_change_or_delete_customers(self):
        partner = self._customer("Seen", user=self.viewer).with_user(self.viewer)
        self.assertEqual(partner.name, "Seen")
        self._assertDenied(partner.write, {"name": "Changed"})
        self._assertDenied(partner.unlink)
        self._assertDenied(partner.create, {"name": "New"})
        self._assertDenied(partner.category_id.create, {"name": "VIP"})
        self._assertDenied(partner.env["crm.tag"].create, {"name": "VIP"})

    def test_full_creates_edits_and_deletes_customers(self):
        env = self.env(user=self.manager)
        partner = env["res.partner"].create({"name": "New", "user_id": self.manager.id})
        partner.customer_status_id = self.potential
        partner.name = "Edited"
        partner.unlink()
        self.assertFalse(partner.exists())

    def test_full_creates_categories_of_accounts_and_opportunities(self):
        env = self.env(user=self.manager)
        self.assertTrue(env["res.partner.category"].create({"name": "VIP"}))
        self.assertTrue(env["crm.tag"].create({"name": "Spring"}))

    def test_statuses_are_the_heads(self):
        status = {"name": "Sleeping", "code": "sleeping"}
        self._assertDenied(self.env(user=self.manager)["crm.customer.status"].create, status)
        self.assertTrue(self.env(user=self.head)["crm.customer.status"].create(status))

    def test_history_and_ledger_are_written_by_the_system_only(self):
        """EC-04: nobody edits the history, not even the head."""
        for model in ("crm.customer.status.history", "crm.order.day", "crm.customer.snapshot"):
            records = self.env(user=self.head)[model]
            for operation in ("write", "create", "unlink"):
                self._assertDenied(records.check_access, operation)

    def test_menu_shows_only_for_people_with_rights(self):
        """EC-01: the sections show only for people with rights."""
        groups = self.env.ref(f"{CORE}.menu_root").group_ids
        self.assertTrue(groups & self.viewer.all_group_ids)
        self.assertFalse(groups & self.nobody.all_group_ids)


@tagged("post_install", "-at_install")
class TestAccessScope(AccessCommon):
    """PK-09: a customer belongs to his responsible; scope own, team, all."""

    def test_who_sees_which_customers(self):
        common = {"Nobody's", "Supplier"}
        for user, seen in (
            (self.manager, {"Mine"}),
            (self.colleague, {"Colleague's"}),
            (self.outsider, {"Elsewhere"}),
            (self.viewer, set()),
            (self.team_leader, {"Mine", "Colleague's"}),
            (self.lead_only, {"Elsewhere"}),
            (self.overseer, {"Mine", "Colleague's", "Elsewhere"}),
            (self.head, {"Mine", "Colleague's", "Elsewhere"}),
            (self.nobody, {"Mine", "Colleague's", "Elsewhere"}),
        ):
            with self.subTest(user.name):
                self.assertEqual(self._seen(user), seen | common)

    def test_portal_and_public_see_none(self):
        self.assertFalse(self._seen(self.portal))
        self.assertFalse(self._seen(self.env.ref("base.public_user")))

    def test_other_people_of_sales_are_not_restricted(self):
        seller = new_test_user(
            self.env, login="bpm_seller", groups="sales_team.group_sale_salesman"
        )
        self.assertEqual(self._seen(seller), set(self.customers.mapped("name")))

    def test_sales_all_documents_does_not_widen_the_scope(self):
        self.manager.group_ids = [
            Command.link(self.env.ref("sales_team.group_sale_salesman_all_leads").id)
        ]
        self.assertEqual(self._seen(self.manager), {"Mine", "Nobody's", "Supplier"})

    def test_a_colleagues_customer_can_be_neither_read_nor_changed(self):
        theirs = self.colleagues.with_user(self.manager)
        self._assertDenied(theirs.read, ["name"])
        self._assertDenied(theirs.write, {"name": "Changed"})
        self._assertDenied(theirs.unlink)

    def test_own_lead_of_a_colleagues_customer(self):
        """PK-09: who has the lead works with its customer; who only sees the lead can open it."""
        contact = self.env["res.partner"].create({"name": "Anna", "parent_id": self.elsewhere.id})
        lead = self.env["crm.lead"].create(
            {"name": "Tyres", "partner_id": contact.id, "user_id": self.manager.id}
        )
        self.assertEqual(self._seen(self.manager, contact + self.elsewhere), {"Anna", "Elsewhere"})
        self.assertEqual(self._seen(self.colleague, contact + self.elsewhere), set())
        lead.user_id = False
        self.assertEqual(self._seen(self.manager, contact + self.elsewhere), set())
        self.env.invalidate_all()
        views = lead.with_user(self.manager).get_views([(False, "form")])
        names = [name for name in views["models"]["crm.lead"]["fields"] if name in lead._fields]
        (values,) = lead.with_user(self.manager).web_read(
            {
                name: {"fields": {"display_name": {}}} if lead._fields[name].relational else {}
                for name in names
            }
        )
        self.assertEqual(values["partner_id"]["id"], contact.id)
        self.assertEqual(values["commercial_partner_id"]["id"], self.elsewhere.id)

    def test_contacts_follow_their_customer(self):
        contact = self.env["res.partner"].create(
            {"name": "Anna", "parent_id": self.mine.id, "user_id": self.colleague.id}
        )
        self.assertEqual(self._seen(self.manager, contact), {"Anna"})
        self.assertEqual(self._seen(self.colleague, contact), set())
        self.mine.user_id = self.colleague
        self.assertEqual(self._seen(self.manager, contact), set())
        self.assertEqual(self._seen(self.colleague, contact), {"Anna"})
        contact.parent_id = self.elsewhere
        self.assertEqual(self._seen(self.colleague, contact), set())

    def test_hand_over_moves_the_customer(self):
        """AL-21: the head hands a customer over; the new responsible finds him."""
        self.mine.with_user(self.head).user_id = self.colleague
        self.assertNotIn("Mine", self._seen(self.manager))
        self.assertIn("Mine", self._seen(self.colleague))

    def test_nobody_gives_a_customer_out_of_his_own_sight(self):
        """AL-21: told in words, before the record vanishes on saving."""
        with self.assertRaisesRegex(AccessError, "no longer see Mine once Colleague"):
            self.mine.with_user(self.manager).user_id = self.colleague
        self.mine.with_user(self.team_leader).user_id = self.colleague
        with self.assertRaisesRegex(AccessError, "no longer see Mine once Outsider"):
            self.mine.with_user(self.team_leader).user_id = self.outsider
        self.supplier.with_user(self.manager).user_id = self.outsider

    def test_an_unwatched_partner_is_open_to_all(self):
        self.mine.customer_status_id = False
        self.assertIn("Mine", self._seen(self.colleague))

    def test_users_and_companies_are_never_hidden(self):
        """A colleague is found as a person even if he is somebody's customer."""
        person = self.colleague.partner_id
        company = self.company.partner_id
        (person + company).write(
            {"customer_status_id": self.potential.id, "user_id": self.outsider.id}
        )
        self.assertTrue(self._seen(self.manager, person))
        self.assertTrue(self._seen(self.manager, company))

    def test_who_got_the_call_sees_the_customer_until_it_is_done(self):
        """PK-13: the substitute of an absent colleague can open his customers."""
        contact = self.env["res.partner"].create({"name": "Anna", "parent_id": self.colleagues.id})
        call = self.colleagues.activity_schedule(
            "mail.mail_activity_data_call", user_id=self.manager.id
        )
        self.assertIn("Colleague's", self._seen(self.manager))
        self.assertEqual(self._seen(self.manager, contact), {"Anna"})
        call.action_feedback(feedback="Reached")
        self.assertNotIn("Colleague's", self._seen(self.manager))

    def test_merged_contacts_follow_the_customer_that_stays(self):
        contact = self.env["res.partner"].create({"name": "Anna", "parent_id": self.mine.id})
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.mine + self.colleagues).ids, self.colleagues)
        self.assertEqual(contact.commercial_partner_id, self.colleagues)
        self.assertEqual(self._seen(self.manager, contact), set())
        self.assertEqual(self._seen(self.colleague, contact), {"Anna"})

    def test_a_status_given_by_the_sweep_counts_at_once(self):
        self.supplier.user_id = self.colleague
        self.assertFalse(self.supplier.customer_user_id)
        self.env["res.partner"]._apply_customer_status(
            self.supplier.ids, self.potential, fields.Date.to_date("2026-03-02")
        )
        self.assertEqual(self.supplier.customer_user_id, self.colleague)
        self.assertNotIn("Supplier", self._seen(self.manager))

    def test_order_of_a_handed_over_customer_still_opens(self):
        order = self._order(self.mine, "2026-03-02")
        order.user_id = self.manager
        self.mine.user_id = self.colleague
        self.env.invalidate_all()
        read = order.with_user(self.manager).web_read(
            {"partner_id": {"fields": {"display_name": {}}}, "amount_total": {}}
        )
        self.assertEqual(read[0]["partner_id"]["display_name"], "Mine")


@tagged("post_install", "-at_install")
class TestAccessRecords(AccessCommon):
    """PK-09: figures and alarms are seen by those who see the customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.watched = cls.mine + cls.colleagues + cls.elsewhere

    def _assertLadder(self, records):
        for user, seen in (
            (self.manager, {"Mine"}),
            (self.team_leader, {"Mine", "Colleague's"}),
            (self.overseer, {"Mine", "Colleague's", "Elsewhere"}),
            (self.head, {"Mine", "Colleague's", "Elsewhere"}),
        ):
            with self.subTest(model=records._name, user=user.name):
                self.assertEqual(self._seen(user, records), seen)

    def test_order_ledger(self):
        self._assertLadder(
            self.env["crm.order.day"].create(
                [
                    {
                        "company_id": self.company.id,
                        "partner_id": partner.id,
                        "day": "2026-03-02",
                        "order_count": 1,
                        "line_count": 6,
                        "quantity": 6,
                        "amount": 600,
                    }
                    for partner in self.watched
                ]
            )
        )

    def test_transactions(self):
        self._assertLadder(
            self.env["crm.transaction"].create(
                [
                    {
                        "company_id": self.company.id,
                        "partner_id": partner.id,
                        "date": "2026-03-02",
                        "key": f"access {partner.id}",
                    }
                    for partner in self.watched
                ]
            )
        )

    def test_status_history(self):
        self.watched.customer_status_id = self.first_order
        self.env["crm.customer.status.history"].search(
            [("partner_id", "in", self.watched.ids)]
        ).unlink()
        self._assertLadder(
            self.env["crm.customer.status.history"].create(
                [
                    {"partner_id": partner.id, "to_status_id": self.first_order.id}
                    for partner in self.watched
                ]
            )
        )

    def test_alarms_by_customer_and_by_who_got_them(self):
        """PK-18, HU-16: the head sees all alarms, each responsible his own."""
        alerts = self._alerts()
        self._assertLadder(alerts)
        alerts[2].user_id = self.manager
        self.assertEqual(self._seen(self.manager, alerts), {"Mine", "Elsewhere"})
        self.assertIn("Elsewhere", self._seen(self.manager), "the alarm's customer opens too")

    def test_a_colleagues_alarm_cannot_be_changed(self):
        alerts = self._alerts()
        self._assertDenied(alerts[1].with_user(self.manager).write, {"outcome_reason": "price"})
        alerts[0].with_user(self.manager).outcome_reason = "price"
        self._assertDenied(alerts[0].with_user(self.viewer).write, {"outcome_reason": "price"})

    def test_snapshots_by_responsible(self):
        snapshots = self.env["crm.customer.snapshot"].create(
            [
                {
                    "company_id": self.company.id,
                    "day": "2026-03-02",
                    "status_id": self.permanent.id,
                    "user_id": user.id,
                }
                for user in (self.manager, self.colleague, self.outsider)
            ]
        )
        for user, count in ((self.manager, 1), (self.team_leader, 2), (self.head, 3)):
            found = snapshots.with_user(user).search([("id", "in", snapshots.ids)])
            self.assertEqual(len(found), count, user.name)

    def test_sweeps_are_the_heads(self):
        """PK-12: only the head sees when sweeps ran and what they did."""
        run = self._run(self.company)
        self.assertTrue(run.with_user(self.head).read(["state"]))
        self._assertDenied(run.with_user(self.team_leader).read, ["state"])

    def _alerts(self):
        rule = self.env["crm.recession.rule"].create(
            {"name": "Silence", "company_id": self.company.id}
        )
        return self.env["crm.recession.alert"].create(
            [
                {
                    "company_id": self.company.id,
                    "rule_id": rule.id,
                    "partner_id": partner.id,
                    "user_id": partner.user_id.id,
                    "alarm_date": "2026-03-02",
                }
                for partner in self.watched
            ]
        )

    def _run(self, company):
        return self.env["crm.nightly.run"].create({"company_id": company.id, "night": "2020-03-02"})


@tagged("post_install", "-at_install")
class TestAccessCompanies(AccessCommon):
    """Nobody, not even the head, sees what belongs to a company he is not in."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.branch = cls.env["res.company"].create({"name": "Branch"})
        cls.stranger_head = new_test_user(
            cls.env,
            login="bpm_branch_head",
            groups=f"{CORE}.group_head",
            company_id=cls.branch.id,
            company_ids=[Command.set(cls.branch.ids)],
        )

    def test_records_of_another_company_are_hidden_from_its_heads(self):
        for record in self._records_of(self.company):
            with self.subTest(record._name):
                domain = [("id", "=", record.id)]
                self.assertTrue(record.with_user(self.head).search(domain))
                self.assertFalse(record.with_user(self.stranger_head).search(domain))

    def test_customers_of_another_company_are_hidden_others_shared(self):
        theirs = self._customer("Theirs", user=self.head, company_id=self.company.id)
        domain = [("id", "in", (theirs + self.nobodys).ids)]
        found = theirs.with_user(self.stranger_head).search(domain)
        self.assertEqual(found, self.nobodys)

    def _records_of(self, company):
        customer = self._customer("Local", user=self.head, company_id=company.id)
        owned = {"company_id": company.id}
        rule = self.env["crm.recession.rule"].create({"name": "Silence", **owned})
        run = self.env["crm.nightly.run"].create({"night": "2020-03-02", **owned})
        make = [
            ("crm.recession.season", {"rule_id": rule.id, "name": "New Year"}),
            (
                "crm.recession.alert",
                {
                    "rule_id": rule.id,
                    "partner_id": customer.id,
                    "alarm_date": "2026-03-02",
                    **owned,
                },
            ),
            (
                "crm.customer.promotion.rule",
                {
                    "name": "Quick",
                    "from_status_ids": [Command.set(self.potential.ids)],
                    "to_status_id": self.permanent.id,
                    **owned,
                },
            ),
            (
                "crm.customer.status.history",
                {"partner_id": customer.id, "to_status_id": self.permanent.id},
            ),
            (
                "crm.customer.snapshot",
                {"day": "2026-03-02", "status_id": self.permanent.id, **owned},
            ),
            (
                "crm.order.day",
                {
                    "partner_id": customer.id,
                    "day": "2026-03-02",
                    "order_count": 1,
                    "line_count": 1,
                    "quantity": 1,
                    "amount": 1,
                    **owned,
                },
            ),
            (
                "crm.order.calendar",
                {
                    "day": "2020-03-02",
                    "customer_count": 1,
                    "usual_count": 1,
                    "activity": 1,
                    "cumulated": 1,
                    **owned,
                },
            ),
            (
                "crm.transaction",
                {"partner_id": customer.id, "date": "2026-03-02", "key": "access", **owned},
            ),
            ("crm.transaction.batch", {"name": "access.csv", **owned}),
            ("crm.nightly.run.stage", {"run_id": run.id, "code": "ledger"}),
            ("crm.nightly.run.issue", {"run_id": run.id, "stage": "ledger", "message": "x"}),
        ]
        return [rule, run, *(self.env[model].create(values) for model, values in make)]
