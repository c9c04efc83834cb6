import logging
from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, format_amount

from odoo.addons.crm_bpm_core.lib import nights

from ..lib.debt_age import BOUNDS

_logger = logging.getLogger(__name__)

HEADS = "crm_bpm_core.group_head"
#: Debtors named in one mail; the rest stands in the list.
TOP = 10


class CrmDebtDigest(models.Model):
    """Once a week one mail to each salesperson about what his customers owe; to heads about all.

    A row is the proof that the digest of that week was made, so that repeated or parallel
    runs send it once.
    """

    _name = "crm.debt.digest"
    _description = "Weekly Digest of Debts"
    _order = "day desc, id desc"
    _rec_name = "day"

    user_id = fields.Many2one("res.users", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    day = fields.Date(required=True, help="First day of the week.")

    _user_week_uniq = models.UniqueIndex("(user_id, company_id, day)")

    @api.model
    def _send_week(self, company, today):
        """Digests of the week, on its first working day or later; each once.

        :return: the rows of those that were sent
        """
        first = today - timedelta(days=(today.isoweekday() - int(company.plan_week_start)) % 7)
        if not company.reminder_weekly:
            return self.browse()
        if self.env["crm.call.planner"]._get_working_days(company, first)[0] > today:
            return self.browse()
        debtors = self._get_debtors(company, today)
        talk = self._get_talk(company, first)
        sent = self.browse()
        for user, rows in self._get_readers(company, debtors).items():
            try:
                with self.env.cr.savepoint():
                    sent |= self._send_one(user, company, first, rows, talk)
            except Exception:
                # The others get theirs; this one is tried again within the hour.
                _logger.exception("No digest of debts for %s", user.login)
        return sent

    @api.model
    def _get_debtors(self, company, today):
        """Dicts of customers with what they have overdue, by age; dearest first.

        The debts are those that reminders tell of: each once, and payments planned on
        contracts that nobody has invoiced (``planned``).
        """
        self.env.flush_all()
        return self.env.execute_query_dict(
            SQL(
                """
                SELECT d.partner_id, p.name, p.user_id, sum(d.amount) AS amount,
                       max(d.days) AS days,
                       sum(d.amount) FILTER (WHERE d.payment_id IS NOT NULL) AS planned,
                       sum(d.amount) FILTER (WHERE d.days <= %(first)s) AS bucket_0,
                       sum(d.amount) FILTER (
                           WHERE d.days > %(first)s AND d.days <= %(second)s) AS bucket_1,
                       sum(d.amount) FILTER (
                           WHERE d.days > %(second)s AND d.days <= %(third)s) AS bucket_2,
                       sum(d.amount) FILTER (WHERE d.days > %(third)s) AS bucket_3
                  FROM (SELECT r.partner_id, r.payment_id, r.company_amount AS amount,
                               %(today)s::date - r.due_date AS days
                          FROM (%(documents)s) r
                         WHERE r.due_date < %(today)s AND r.partner_id IS NOT NULL) d
                  JOIN res_partner p ON p.id = d.partner_id
              GROUP BY d.partner_id, p.name, p.user_id
              ORDER BY amount DESC, d.partner_id
                """,
                today=today,
                documents=self.env["crm.payment.reminder.run"]._get_documents_sql(company, today),
                first=BOUNDS[0],
                second=BOUNDS[1],
                third=BOUNDS[2],
            )
        )

    @api.model
    def _get_talk(self, company, first):
        """{customer: figures of the week before}: promises judged, reminders and their result."""
        week = [("company_id", "=", company.id)]
        since = first - timedelta(days=7)
        talk = defaultdict(lambda: defaultdict(float))
        for partner, state, count in self.env["crm.payment.promise"]._read_group(
            [*week, ("date", ">=", since), ("date", "<", first), ("state", "!=", "open")],
            ["partner_id", "state"],
            ["__count"],
        ):
            talk[partner.id][state] += count
        for partner, count, asked, paid in self.env["crm.payment.reminder"]._read_group(
            [*week, ("judged_date", ">", since), ("judged_date", "<=", first)],
            ["partner_id"],
            ["__count", "asked_amount:sum", "paid_amount:sum"],
        ):
            figures = talk[partner.id]
            figures["reminders"] += count
            figures["asked"] += asked
            figures["paid"] += paid
        return talk

    @api.model
    def _get_readers(self, company, debtors):
        """{user: his debtors}; heads get all of them."""
        rows = defaultdict(list)
        for row in debtors:
            rows[row["user_id"]].append(row)
        Users = self.env["res.users"]
        # Who does not work in this company does not learn what is owed to it.
        people = Users.search(
            [("id", "in", [one for one in rows if one]), ("company_ids", "in", company.ids),
             ("share", "=", False)]
        )  # fmt: skip
        heads = Users.search(
            [("all_group_ids", "in", self.env.ref(HEADS).ids), ("company_ids", "in", company.ids),
             ("share", "=", False)]
        )  # fmt: skip
        readers = {user: rows[user.id] for user in people - heads}
        return readers | ({user: debtors for user in heads} if debtors else {})

    @api.model
    def _send_one(self, user, company, first, rows, talk):
        made = self.env.execute_query(
            SQL(
                """INSERT INTO crm_debt_digest (user_id, company_id, day, create_uid, write_uid,
                          create_date, write_date)
                   VALUES (%(user)s, %(company)s, %(day)s, %(me)s, %(me)s, %(now)s, %(now)s)
              ON CONFLICT DO NOTHING RETURNING id""",
                user=user.id,
                company=company.id,
                day=first,
                me=self.env.uid,
                now=fields.Datetime.now(),
            )
        )
        if not made:
            return self.browse()
        if user.email:
            mail = self.with_context(lang=user.lang or self.env.lang)
            self.env["mail.mail"].create(mail._prepare_mail(user, company, rows, talk))
        else:
            _logger.info("No digest of debts for %s: no e-mail address", user.login)
        return self.browse(made[0][0])

    @api.model
    def _prepare_figures(self, rows, talk):
        """Sums of one mail, in company currency."""
        own = [talk[row["partner_id"]] for row in rows if row["partner_id"] in talk]
        figures = {
            name: sum(one[name] for one in own)
            for name in ("kept", "partly", "broken", "reminders", "asked", "paid")
        }
        figures["amount"] = float(sum(row["amount"] for row in rows))
        figures["planned"] = float(sum(row["planned"] or 0 for row in rows))
        figures["buckets"] = [
            float(sum(row[f"bucket_{place}"] or 0 for row in rows)) for place in range(4)
        ]
        figures["share"] = (
            round(100 * figures["paid"] / figures["asked"]) if figures["asked"] else 0
        )
        return figures

    @api.model
    def _get_month(self, user, company):
        """How the last month's debts were collected, for those who see all of them."""
        if not user.has_group(HEADS):
            return None
        day = company._get_local_today()
        return self.env["crm.collection.month"].sudo()._get_of_month(company, day)

    @api.model
    def _prepare_mail(self, user, company, rows, talk):
        """Values of the ``mail.mail``, in the language of the person."""
        figures = self._prepare_figures(rows, talk)
        last = BOUNDS[-1]
        bounds = zip((1, *(end + 1 for end in BOUNDS[:-1])), BOUNDS, strict=True)
        labels = [self.env._("%(first)s to %(last)s days", first=a, last=b) for a, b in bounds]
        body = self.env["ir.qweb"]._render(
            "crm_payment_plan.debt_digest",
            {
                "user": user,
                "figures": figures,
                "buckets": list(
                    zip(
                        [*labels, self.env._("more than %s days", last)],
                        figures["buckets"],
                        strict=True,
                    )
                ),
                "rows": rows[:TOP],
                "more": max(len(rows) - TOP, 0),
                "month": self._get_month(user, company),
                "money": lambda amount: format_amount(self.env, amount, company.currency_id),
                "url": user.get_base_url() + "/odoo/debts",
            },
        )
        return {
            "subject": self.env._(
                "Overdue: %(amount)s of %(count)s customers",
                amount=format_amount(self.env, figures["amount"], company.currency_id),
                count=len(rows),
            ),
            "body_html": body,
            "recipient_ids": [fields.Command.link(user.partner_id.id)],
            "email_from": company.email_formatted or self.env.user.email_formatted,
            "auto_delete": True,
        }


class CrmCallDigest(models.Model):
    """The morning's digests: once a week that of debts goes along."""

    _inherit = "crm.call.digest"

    @api.model
    def _cron_send(self):
        """The digest of debts needs no nightly sweep: companies without one get it as well."""
        result = super()._cron_send()
        now = fields.Datetime.now()
        for company in self.env["res.company"].search(
            [("nightly_active", "=", False), ("reminder_weekly", "=", True)]
        ):
            day = company._get_local_today()
            if nights.at_hour(day, company.digest_hour, company.nightly_tz) <= now:
                self.env["crm.debt.digest"].sudo()._send_week(company, day)
        return result

    @api.model
    def _send(self, company, day):
        digests = super()._send(company, day)
        self.env["crm.debt.digest"].sudo()._send_week(company, day)
        return digests
