from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, html2plaintext

#: What the SQL of planned steps reads.
STEP_MODELS = (
    "mail.activity", "crm.lead", "sale.order", "res.partner", "res.users", "res.company"
)  # fmt: skip


class ResPartner(models.Model):
    """No customer without a next step (AL-05).

    An open activity counts, on the customer, his contacts, their open leads,
    quotations and orders; where the company says so, a coming monitoring date too.
    The sweep's own reminder to plan a step is none.
    """

    _inherit = "res.partner"

    has_next_step = fields.Boolean(
        compute="_compute_next_step",
        search="_search_has_next_step",
        help="An activity is planned on the customer, his contacts, leads or orders.",
    )
    next_step_summary = fields.Char(string="Next Step", compute="_compute_next_step")
    next_step_date = fields.Date(compute="_compute_next_step")
    next_step_activity_id = fields.Many2one("mail.activity", compute="_compute_next_step")
    last_contact_date = fields.Datetime(string="Last Contact", compute="_compute_last_contact")
    last_contact_summary = fields.Char(compute="_compute_last_contact")

    # Next step ----------------------------------------------------------------

    @api.depends("activity_ids", "monitoring_next_date", "commercial_partner_id")
    def _compute_next_step(self):
        steps = self._get_next_steps(self.commercial_partner_id.ids)
        for partner in self:
            step = steps.get(partner.commercial_partner_id.id, {})
            partner.has_next_step = bool(step)
            partner.next_step_date = step.get("day")
            partner.next_step_activity_id = step.get("activity_id")
            partner.next_step_summary = step and (
                step["summary"] or self._get_step_summary(step["activity_id"], step["type"])
            )

    def _get_step_summary(self, activity_id, type_name):
        return type_name if activity_id else self.env._("Monitoring")

    @api.model
    def _get_next_steps(self, partner_ids):
        """First planned step by id of commercial entity, in one query."""
        if not partner_ids:
            return {}
        self._flush_steps()
        lang = self.env.lang or "en_US"
        query = SQL(
            """SELECT DISTINCT ON (step.partner_id) step.*,
                      COALESCE(t.name ->> %(lang)s, t.name ->> 'en_US') AS type
                 FROM (%(steps)s) AS step
            LEFT JOIN mail_activity_type t ON t.id = step.type_id
             ORDER BY step.partner_id, step.day, step.activity_id""",
            lang=lang,
            steps=self._get_steps_sql(SQL("c.commercial_partner_id = ANY(%s)", list(partner_ids))),
        )
        return {row["partner_id"]: row for row in self.env.execute_query_dict(query)}

    @api.model
    def _flush_steps(self):
        for model in STEP_MODELS:
            self.env[model].flush_model()

    @api.model
    def _get_steps_sql(self, condition=None):
        """Rows (partner_id, activity_id, day, summary, type_id) of all planned steps.

        :param condition: SQL on the partner row ``c`` that the record belongs to
        """
        condition = condition or SQL("TRUE")
        return SQL(" UNION ALL ").join(
            [
                *(
                    self._get_activity_steps_sql(*source, condition)
                    for source in self._get_step_sources()
                ),
                SQL(
                    """SELECT c.id, NULL, c.monitoring_next_date, NULL, NULL
                         FROM res_partner c LEFT JOIN res_users u ON u.id = c.user_id
                         JOIN res_company rc ON rc.id = %s AND rc.monitoring_counts_as_step
                        WHERE c.monitoring_active AND c.monitoring_next_date IS NOT NULL AND %s""",
                    self._get_sweep_company_sql("c"),
                    condition,
                ),
            ]
        )

    @api.model
    def _get_step_sources(self):
        """Hook: tuples of model, SQL table of its records, SQL condition of open ones.

        The table is aliased ``r`` and has the columns ``id`` and ``partner_id``.
        """
        return [
            ("res.partner", SQL("(SELECT id, id AS partner_id FROM res_partner)"), SQL("TRUE")),
            ("crm.lead", SQL("crm_lead"), SQL("r.active AND r.won_status = 'pending'")),
            ("sale.order", SQL("sale_order"), SQL("r.state <> 'cancel'")),
        ]

    @api.model
    def _get_activity_steps_sql(self, model, table, is_open, condition):
        return SQL(
            """SELECT c.commercial_partner_id AS partner_id, a.id AS activity_id,
                      a.date_deadline AS day, a.summary, a.activity_type_id AS type_id
                 FROM mail_activity a
                 JOIN %s AS r ON r.id = a.res_id
                 JOIN res_partner c ON c.id = r.partner_id
                WHERE a.active AND a.call_reason IS DISTINCT FROM 'next_step'
                  AND a.res_model = %s AND %s AND %s""",
            table,
            model,
            is_open,
            condition,
        )

    def _search_has_next_step(self, operator, value):
        if operator != "in":
            return NotImplemented
        self._flush_steps()
        steps = SQL("(SELECT partner_id FROM (%s) AS step)", self._get_steps_sql())
        domain = Domain("commercial_partner_id", "in", steps)
        if set(value) == {True}:
            return domain
        return ~domain if True not in value else Domain.TRUE

    # Last contact -------------------------------------------------------------

    def _compute_last_contact(self):
        contacts = self._get_last_contacts(self.commercial_partner_id.ids)
        for partner in self:
            contact = contacts.get(partner.commercial_partner_id.id, {})
            partner.last_contact_date = contact.get("date")
            partner.last_contact_summary = contact and self._get_contact_summary(contact)

    @api.model
    def _get_last_contacts(self, partner_ids):
        """Last call, meeting or mail by id of commercial entity, in one query."""
        if not partner_ids:
            return {}
        self.env["mail.message"].flush_model()
        activity = self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_activities")
        query = SQL(
            """SELECT DISTINCT ON (c.commercial_partner_id) c.commercial_partner_id AS partner_id,
                      m.date, m.body, author.name AS author
                 FROM res_partner c
                 JOIN mail_message m ON m.model = 'res.partner' AND m.res_id = c.id
            LEFT JOIN res_partner author ON author.id = m.author_id
                WHERE c.commercial_partner_id = ANY(%s)
                  AND (m.subtype_id = %s OR m.message_type IN ('email', 'email_outgoing'))
             ORDER BY c.commercial_partner_id, m.date DESC, m.id DESC""",
            list(partner_ids),
            activity,
        )
        return {row["partner_id"]: row for row in self.env.execute_query_dict(query)}

    @api.model
    def _get_contact_summary(self, contact):
        text = " ".join(html2plaintext(contact["body"] or "").split())[:160]
        return f"{contact['author']}: {text}" if contact["author"] else text
