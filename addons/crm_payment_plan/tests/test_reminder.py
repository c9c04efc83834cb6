"""Whom a review list reminds of what, and what goes out."""

import contextlib
from datetime import timedelta
from unittest.mock import patch

from psycopg2.errors import UniqueViolation

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .reminder_common import NIGHT, ReminderCommon


@tagged("post_install", "-at_install")
class TestReminderList(ReminderCommon):
    def test_who_gets_payment_mails(self):
        """PF-13: the role “Payments”, else the invoice address, else the company."""
        child = {"parent_id": self.payer.id}
        invoice = self.env["res.partner"].create(
            {**child, "name": "Invoices", "type": "invoice", "email": "invoices@example.com"}
        )
        role = self.env.ref("crm_payment_plan.contact_role_payments")
        manager = self.env.ref("crm_payment_plan.contact_role_manager")
        olga, petr, _silent = self.env["res.partner"].create(
            [
                {**child, "name": "Olga", "email": "olga@example.com",
                 "contact_role_ids": [Command.set((role | manager).ids)]},
                {**child, "name": "Petr", "email": "petr@example.com",
                 "contact_role_ids": [Command.link(role.id)]},
                {**child, "name": "Silent", "contact_role_ids": [Command.link(role.id)]},
            ]
        )  # fmt: skip

        def recipients():
            return self.payer._get_payment_recipients()[self.payer.id]

        self.assertEqual(recipients(), olga | petr)
        self.assertIn("olga@example.com", self.payer.payment_recipient_text)
        self.assertIn("petr@example.com", olga.payment_recipient_text)
        (olga | petr).active = False
        self.assertEqual(recipients(), invoice)
        invoice.email = False
        self.assertEqual(recipients(), self.payer)
        self.payer.email = False
        self.assertFalse(recipients())

    def test_one_mail_a_customer(self):
        """PF-13: one mail with a table of all that is overdue, at the latest level reached."""
        first, second = self._invoice(-8, 100), self._invoice(-2, 50)
        self._invoice(20, 999)
        run = self._review()
        reminder = self._of(run)
        self.assertEqual(len(reminder), 1)
        self.assertEqual(reminder.level_id, self.levels[7])
        self.assertEqual(self._documents(reminder), {first.name: 100.0, second.name: 50.0})
        self.assertEqual((reminder.amount, reminder.days, reminder.chosen), (150.0, 8, True))
        self._send(run)
        self.assertEqual((run.state, reminder.state), ("done", "sent"))
        mail = self._mails()
        self.assertEqual(len(mail), 1)
        self.assertEqual(mail.recipient_ids, self.payer)
        for text in (first.name, second.name, "Total"):
            self.assertIn(text, mail.body_html)
        self.assertEqual(mail.email_from, self.manager.email_formatted)
        message = self.payer.message_ids.filtered(lambda m: m.id == reminder.message_id.id)
        self.assertEqual(message.subject, reminder.subject)
        self.assertEqual(mail.state, "outgoing", "the outbox sends it, not this request")

    def test_nothing_twice(self):
        """PF-13: a second list has nothing; the next level comes when its day comes."""
        self._invoice(-1)
        self.assertEqual(self._remind(), self.payer)
        self.assertFalse(self._remind())
        self.assertFalse(self._remind(5))
        self.assertEqual(self._remind(6), self.payer)
        self.assertFalse(self._remind(7))
        items = self.env["crm.payment.reminder.item"].search([("sent_date", "!=", False)])
        self.assertEqual(items.level_id, self.levels[1] | self.levels[7])
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"):
            items[0].copy({"sent_date": NIGHT}).flush_recordset()

    def test_before_the_day(self):
        """PF-05: a polite notice before the due date, and none of it once it is over."""
        self._invoice(2)
        reminder = self._of(self._review())
        self.assertEqual(reminder.level_id, self.levels[-3])
        self.assertFalse(self._of(self._review(-2)))
        self.assertEqual(self._of(self._review(3)).level_id, self.levels[1])

    def test_strict_payers_get_fewer(self):
        """PF-17: the levels depend on the payer's class, and the rule is told in words."""
        self._invoice(0)
        self.levels[30].after_days = 0
        reached = {}
        for name in ("strict", "hesitant", "disloyal", "unrated"):
            self._rate(name)
            reached[name] = [
                self._of(self._review(day)).level_id.days for day in (-3, 1, 7, 14, 30)
            ]
        self.assertEqual(
            reached,
            {
                "strict": [0, 0, 7, 7, 30],
                "hesitant": [-3, 0, 7, 14, 30],
                "disloyal": [-3, 1, 7, 14, 30],
                "unrated": [-3, 1, 7, 14, 30],
            },
        )
        text = self._review(1).rule_text
        self.assertIn("Strict payer: +7 Second reminder, +30 Claim", text)

    def test_levels_are_refused(self):
        """PF-13: a mail level needs its text; days of the sums are told in words."""
        with self.assertRaises(Exception) as caught, mute_logger("odoo.sql_db"):
            self.Level.create({"name": "Empty", "days": 3}).flush_recordset()
        message = self.Level._sql_error_to_message(caught.exception)
        self.assertEqual(message, "Choose the text that is sent: only calls and tasks do without.")
        self.assertEqual(self.levels[-3].when, "3 days before the due date")
        self.assertIn("after a look", self.levels[7].summary)

    def test_new_company_has_levels(self):
        company = self.env["res.company"].create({"name": "Newly Founded"})
        levels = self.Level.search([("company_id", "=", company.id)])
        self.assertEqual(sorted(levels.mapped("days")), [-3, 1, 7, 14, 30])
        self.Level._create_ready()
        self.assertEqual(self.Level.search_count([("company_id", "=", company.id)]), 5)

    # Each debt once -----------------------------------------------------------

    def test_invoice_and_file(self):
        """PF-20: the same debt in both sources is one, by number or by day and amount."""
        invoice = self._invoice(-8, 100)
        invoice.ref = "00БП-000123"
        self._file_debt("00БП000123", -8, 100)
        same = self._invoice(-9, 70)
        self._file_debt("other number", -9, 70)
        only = self._file_debt("F-7", -10, 30)
        reminder = self._of(self._review())
        self.assertEqual(
            self._documents(reminder), {only.document: 30.0, same.name: 70.0, invoice.name: 100.0}
        )
        twins = {one.document: one.twin_id.number for one in reminder.document_ids}
        self.assertEqual(twins[invoice.name], "00БП000123")

    def test_two_true_debts_of_one_amount(self):
        """PF-20: twins are one to one: a second debt of that day and amount stays."""
        self._invoice(-8, 100)
        self._file_debt("F-1", -8, 100)
        second = self._file_debt("F-2", -8, 100)
        documents = self._documents(self._of(self._review()))
        self.assertEqual(len(documents), 2)
        self.assertIn(second.document, documents)

    def test_paid_in_odoo_open_in_the_file(self):
        """PF-20: a file older than the payment does not remind of a paid invoice."""
        move, _entry = self._paid(-8, -1)
        move.ref = "N-77"
        self._file_debt("N-77", -8, 100)
        self.assertFalse(self._of(self._review()))

    def test_number_of_last_year(self):
        """PF-20: numbers begin anew each year: an old invoice is no twin of a new debt."""
        move = self._invoice(-400, 60)
        move.ref = "N-1"
        self._entry(move, -390)
        debt = self._file_debt("N-1", -8, 100)
        self.assertEqual(self._documents(self._of(self._review())), {debt.document: 100.0})

    def test_only_files_rate(self):
        """PF-20: who uses files only is reminded by files only."""
        self.env["crm.payer.rule"].create({"company_id": self.company.id, "origin": "file"})
        self._invoice(-8, 100)
        debt = self._file_debt("F-1", -8, 100)
        self.assertEqual(self._documents(self._of(self._review())), {debt.document: 100.0})

    def test_plan_without_invoice(self):
        """TN-24: a planned payment nobody has invoiced is reminded of; drafts are not."""
        contract = self._contract([(100, -8), (200, 40)])
        self.assertEqual(
            self._documents(self._of(self._review())), {f"Part 1 · {contract.number}": 100.0}
        )
        contract.payment_ids[0].action_set_received()
        self.assertFalse(self._of(self._review()))

    def _invoice_of(self, contract, amount, due, payment=None):
        move = self._invoice(due, amount, post=False)
        move.invoice_line_ids.write(
            {"crm_contract_id": contract.id, "crm_contract_payment_id": payment and payment.id}
        )
        move.action_post()
        return move

    def test_plan_and_invoice(self):
        """TN-24, TN-25: what an invoice covers of the plan is counted as the invoice."""
        contract = self._contract([(100, -20), (100, -8)])
        first, second = contract.payment_ids.sorted("sequence")
        linked = self._invoice_of(contract, 100, -8, second)
        name = f"Part 1 · {contract.number}"
        reminder = self._of(self._review())
        self.assertEqual(self._documents(reminder), {name: 100.0, linked.name: 100.0})
        half = self._invoice_of(contract, 40, -7)
        reminder = self._of(self._review())
        self.assertEqual(
            self._documents(reminder), {name: 60.0, linked.name: 100.0, half.name: 40.0}
        )
        self.assertEqual(reminder.amount, 200.0)

    def test_plan_and_file(self):
        """TN-24, PF-20: a file's debt of the contract, or of its day and amount, is the plan's."""
        contract = self._contract([(100, -20)])
        debt = self._file_debt("F-1", -9, 100, contract=f"Договор № {contract.number} от 01.09")
        self.assertEqual(self._documents(self._of(self._review())), {debt.document: 100.0})
        other = self._debtor("Other payer")
        self._contract([(80, -8)], partner=other)
        same = self._file_debt("F-2", -6, 80, partner=other)
        self.assertEqual(self._documents(self._of(self._review(), other)), {same.document: 80.0})

    def test_payment_back_to_draft(self):
        """TN-25: Odoo shows the invoice as paid, but its payment is a draft again."""
        move, entry = self._paid(-8, -1)
        self.assertFalse(self._of(self._review()))
        entry.button_draft()
        self.assertEqual(self._documents(self._of(self._review())), {move.name: 100.0})

    def test_partly_paid(self):
        move = self._invoice(-8, 100)
        self._entry(move, -2, 30)
        self.assertEqual(self._documents(self._of(self._review())), {move.name: 70.0})

    def test_two_currencies(self):
        """PF-13: one mail, a total for each currency."""
        usd = self.env["res.currency"].with_context(active_test=False).search(
            [("id", "!=", self.company.currency_id.id)], limit=1
        )  # fmt: skip
        usd.active = True
        self.env["res.currency.rate"].create(
            {"currency_id": usd.id, "rate": 2.0, "name": "2020-01-01",
             "company_id": self.company.id}
        )  # fmt: skip
        move = self._invoice(-8, 100, post=False)
        move.currency_id = usd
        move.invoice_line_ids.price_unit = 100
        move.action_post()
        self._invoice(-9, 10)
        reminder = self._of(self._review())
        self.assertEqual(reminder.amount, 60.0)
        html = reminder._get_documents_html()
        self.assertEqual(html.count("Total"), 2)
        self.assertIn(usd.symbol, html)

    def test_unknown_firms_are_told(self):
        """PF-20: debts of firms that are no customers yet are counted, not forgotten."""
        self._invoice(-8)
        debt = self._file_debt("F-1", -8, 30)
        debt.sudo().firm_id.partner_id = False
        run = self._review()
        self.assertEqual(run.unknown_count, 1)

    # Sending ------------------------------------------------------------------

    def test_paid_while_looking(self):
        """PF-13: what is paid between the look and the sending is not reminded of."""
        move = self._invoice(-8, 100)
        other = self._debtor("Second")
        first, second = self._invoice(-8, partner=other), self._invoice(-3, 20, partner=other)
        run = self._review()
        for paid in (move, first):
            self._entry(paid, 0)
        self._send(run)
        self.assertEqual(self._of(run).state, "skipped")
        self.assertFalse(self._mails())
        self.assertEqual(self._documents(self._of(run, other)), {second.name: 20.0})
        self.assertNotIn(first.name, self._mails(other).body_html)
        self.assertEqual(run.state, "done")

    def test_promised_while_looking(self):
        """PF-13: a new reason to hold back counts though the row was ticked."""
        self._invoice(-8, 100)
        run = self._review()
        self._promise(5)
        other = self._debtor("Second")
        self._invoice(-8, partner=other)
        run.with_user(self.accountant).action_refresh()
        self.assertEqual(self._of(run).hold_reason, "promise")
        run2 = self._review()
        self.assertEqual(run2, run)
        self._of(run).sudo().write({"hold_codes": False, "chosen": True})
        self._send(run)
        self.assertEqual((self._of(run).state, self._of(run).chosen), ("waiting", False))
        self.assertEqual(self._of(run, other).state, "sent")

    def _many(self, count):
        partners = self.env["res.partner"]
        for place in range(count):
            partners |= self._debtor(f"Debtor {place:02}")
        for partner in partners:
            self._invoice(-8, partner=partner)
        return partners

    def test_killed_and_resumed(self):
        """PF-13: a killed sending goes on where it stopped; nobody is reminded twice."""
        partners = self._many(7)
        run = self._review()
        sent = type(self.Reminder)._sent
        kept = type(self.Run)._keep
        count = []

        def dying(reminder, **values):
            count.append(reminder)
            if len(count) == 5:
                raise KeyboardInterrupt
            return sent(reminder, **values)

        module = "odoo.addons.crm_payment_plan.models.crm_payment_reminder_send.BATCH"
        run.state = "sending"
        with patch(module, 3):
            with patch.object(type(self.Reminder), "_sent", dying):
                # The savepoint stands for the transaction of the batch that dies.
                saved = []

                def keep(self, *args):
                    saved.append(self.env.cr.savepoint(flush=True))
                    saved[-1].__enter__()
                    return kept(self, *args)

                # Not assertRaises: it would undo the batches that were kept.
                with patch.object(type(self.Run), "_keep", keep):
                    with contextlib.suppress(KeyboardInterrupt):
                        run._send_chosen()
                        self.fail("It did not die")
            saved[-1].rollback()
            self.env.invalidate_all(flush=False)
            done = run.reminder_ids.filtered(lambda one: one.state == "sent")
            self.assertEqual(len(done), 3)
            marked = run.reminder_ids.document_ids.filtered("sent_date")
            self.assertEqual(marked.reminder_id, done)
            run._send_chosen()
        self.assertEqual(run.state, "done")
        for partner in partners:
            self.assertEqual(len(self._mails(partner)), 1, partner.name)
        run.state = "sending"
        run._send_chosen()
        self.assertEqual(sum(len(self._mails(partner)) for partner in partners), 7)

    def test_long_lists_go_on_in_the_background(self):
        """PF-13: more than a screenful is sent by the scheduler, with its progress."""
        self._many(3)
        run = self._review()
        with patch("odoo.addons.crm_payment_plan.models.crm_payment_reminder_run.AT_ONCE", 2):
            self._send(run)
        self.assertEqual((run.state, run.sent_count, run.progress), ("sending", 0, 0))
        commits = []
        cron = type(self.env["ir.cron"])
        with patch.object(cron, "_commit_progress", lambda *a, **k: commits.append(k) or 1):
            self.Run._cron_send()
        self.assertEqual((run.state, run.sent_count, run.progress), ("done", 3, 100))
        self.assertTrue(commits)

    def test_one_bad_customer(self):
        """PF-13: one customer's trouble does not cost the others their reminders."""
        good, bad = self._debtor("Good"), self._debtor("Bad")
        for partner in (good, bad):
            self._invoice(-8, partner=partner)
        run = self._review()
        real = type(self.Reminder)._send_mail

        def send(reminder):
            if reminder.partner_id == bad:
                raise UserError("The mail server refused")  # pylint: disable=translation-required
            return real(reminder)

        name = "odoo.addons.crm_payment_plan.models.crm_payment_reminder_send"
        with patch.object(type(self.Reminder), "_send_mail", send), mute_logger(name):
            self._send(run)
        self.assertEqual(self._of(run, good).state, "sent")
        self.assertEqual(self._of(run, bad).state, "failed")
        self.assertIn("refused", self._of(run, bad).hold_text)
        self.assertFalse(self._of(run, bad).document_ids.filtered("sent_date"))
        self.assertEqual(self._of(self._review(), bad).hold_reason, False, "tried again")

    def test_language_and_sender(self):
        """PF-13: in the customer's language; replies go to where the mail says."""
        self.env["res.lang"]._activate_lang("ru_RU")
        template = self.levels[7].template_id
        template.with_context(lang="ru_RU").subject = "Просрочен платёж"
        self.payer.lang = "ru_RU"
        self._invoice(-8)
        run = self._review()
        self.assertEqual(self._of(run).subject, "Просрочен платёж")
        self.assertIn("manager@example.com", self._of(run).reply_to)
        template.reply_to = "debts@example.com"
        run.invalidate_recordset()
        self._of(run).invalidate_recordset()
        self.assertEqual(self._of(run).reply_to, "debts@example.com")
        self._send(run)
        self.assertEqual(self._mails().subject, "Просрочен платёж")
        self.assertEqual(self._mails().reply_to, "debts@example.com")

    def test_edited_text(self):
        """PF-13: a person edits one mail; its table is still that of the day it leaves."""
        first, second = self._invoice(-8, 100), self._invoice(-9, 50)
        run = self._review()
        reminder = self._of(run).with_user(self.accountant)
        body = str(reminder.body).replace("still open", "still open, dear Ivan")
        self.assertIn("dear Ivan", body)
        reminder.write({"body": body, "subject": "About our talk"})
        run.with_user(self.accountant).action_refresh()
        self.assertEqual(self._of(run).subject, "About our talk")
        self._entry(second, 0)
        self._send(run)
        mail = self._mails()
        self.assertIn("dear Ivan", mail.body_html)
        self.assertIn(first.name, mail.body_html)
        self.assertNotIn(second.name, mail.body_html)
        self.assertEqual(mail.subject, "About our talk")
        with self.assertRaises(UserError):
            self._of(run).with_user(self.accountant).chosen = False

    def test_unticked_and_other_level(self):
        """PF-13: what a person unticked stays so; another level is sent and remembered."""
        other = self._debtor("Second")
        self._invoice(-8), self._invoice(-8, partner=other)
        run = self._review()
        self._of(run).with_user(self.accountant).chosen = False
        self._of(run, other).with_user(self.accountant).level_id = self.levels[30]
        run.with_user(self.accountant).action_refresh()
        self.assertFalse(self._of(run).chosen)
        self._send(run)
        self.assertEqual(self._of(run).state, "waiting")
        self.assertIn("Claim", self._mails(other).subject)
        self.assertFalse(self._of(self._review(30), other), "the claim is sent already")

    def test_call(self):
        """AL-05, PF-13: at the call level the responsible gets one call, with the debts."""
        move = self._invoice(-15)
        run = self._review()
        self.assertEqual(self._of(run).channel, "call")
        self._send(run)
        call = self._of(run).activity_id
        self.assertEqual((call.call_reason, call.user_id), ("payment", self.manager))
        self.assertIn(move.name, call.note)
        self.assertFalse(self._mails())
        self._invoice(-14)
        self._remind()
        calls = self.env["mail.activity"].search(
            [("call_reason", "=", "payment"), ("res_id", "=", self.payer.id)]
        )
        self.assertEqual(calls, call, "one call a customer")
        # The promise is the result of the call.
        promise = self.Promise.with_user(self.manager).create(
            {"partner_id": self.payer.id, "amount": 200.0, "date": NIGHT + timedelta(days=3),
             "note": "Pays on Thursday"}
        )  # fmt: skip
        self.assertEqual(promise.activity_id, call)
        self.assertEqual((call.active, call.call_result), (False, "reached"))

    def test_letter(self):
        """PF-13: a letter is a PDF in the chatter and a task to post it; all print as one."""
        self.levels[7].channel = "letter"
        self.payer.email = False
        self._invoice(-8)
        run = self._review()
        with patch.object(
            type(self.env["ir.actions.report"]),
            "_render_qweb_pdf",
            lambda self, *args, **kwargs: (b"%PDF-1.4 letter", "pdf"),
        ):
            self._send(run)
        message = self._of(run).message_id
        self.assertEqual(message.attachment_ids.mimetype, "application/pdf")
        self.assertIn("post it", self.payer.activity_ids.summary)
        self.assertEqual(run.letter_count, 1)
        html = self.env["ir.actions.report"]._render_qweb_html(
            "crm_payment_plan.report_payment_reminder", self._of(run).ids
        )[0]
        self.assertIn("Payer", html.decode())

    # Lists by hand, and by night ----------------------------------------------

    def test_all_overdue_this_week(self):
        """PF-21: one button reminds of what became overdue this week, strict payers too."""
        self._rate("strict")
        fresh = self._invoice(-3)
        old = self._debtor("Old")
        self._invoice(-40, partner=old)
        with freeze_time("2026-11-23 09:00:00"):
            action = self.env["crm.receivable"].with_user(self.accountant).action_overdue_week()
        run = self.Run.browse(action["res_id"])
        self.assertEqual(run.reminder_ids.partner_id, self.payer)
        self.assertEqual(self._of(run).level_id, self.levels[1])
        self._send(run)
        self.assertIn(fresh.name, self._mails().body_html)
        again = self._review(scope="week")
        self.assertEqual(self._of(again).hold_reason, "sent")
        with self.assertRaises(UserError):
            self._send(again)

    def test_from_a_card(self):
        """PF-22: “Remind” on a card, invoice or planned payment makes a list of that customer."""
        move = self._invoice(-8)
        self._invoice(-8, partner=self._debtor("Other"))
        contact = self.env["res.partner"].create({"name": "Ivan", "parent_id": self.payer.id})
        for record in (contact, move, self.env["crm.receivable"].search(
            [("move_id", "=", move.id)])):  # fmt: skip
            action = record.with_user(self.accountant).action_payment_reminder()
            run = self.Run.browse(action["res_id"])
            self.assertEqual(run.reminder_ids.partner_id, self.payer, record._name)
            self.assertEqual(run.name, "Payer")

    def test_night_prepares_only(self):
        """PF-13, PK-12: the night fills the list; only levels marked as automatic are sent."""
        self._invoice(-8)
        other = self._debtor("Second")
        self._invoice(-1, partner=other)
        self.levels[1].is_automatic = True
        night = self.env["crm.nightly.run"]._create_run(self.company, NIGHT, "manual")
        stage = night.stage_ids.filtered(lambda one: one.code == "payment_reminder")
        with freeze_time("2026-11-23 01:00:00"):
            night._stage_payment_reminder(stage)
            run = self.Run._get_open(self.company)
            self.assertEqual(self._of(run).state, "waiting")
            self.assertFalse(self._of(run, other), "what was sent stands in a list of its own")
            sent = self.Reminder.search([("partner_id", "=", other.id)])
            self.assertEqual((sent.state, sent.run_id.state), ("sent", "done"))
            self.assertEqual(stage.created, 1)
            night._stage_payment_reminder(stage)
        self.assertEqual(len(self._mails(other)), 1)
        self.assertFalse(self._mails())
        opened = [("scope", "=", "due"), ("state", "=", "review")]
        self.assertEqual(self.Run.search_count(opened), 1, "one open list")
        self.company.reminder_nightly = False
        night._stage_payment_reminder(stage)
        self.assertIn("Switched off", stage.message)

    def test_set_based(self):
        """PF-13: twice as many customers do not need more statements to find."""

        def statements(count):
            self._many(count)
            run = self.Run.create({"company_id": self.company.id, "scope": "week"})
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            run._prepare()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        few, many = statements(4), statements(12)
        self.assertLessEqual(many, few + 6)
