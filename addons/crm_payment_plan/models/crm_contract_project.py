from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from . import rows

#: Message that processes can wait for: the advance of the contract is received.
ADVANCE_MESSAGE = "advance_received"
UNDONE = "crm_payment_plan.mail_activity_type_advance_undone"
#: What a person can cure; anything else (a lost connection, a concurrent change) must
#: end the transaction, so that it is tried again as a whole.
CURABLE = (UserError, ValidationError, AccessError)


class CrmContract(models.Model):
    """The realisation of a contract: the project that its signing or its advance begins.

    One project may hold many contracts, income and expense. A contract makes a
    project at most once, whoever is first: a unique index stands behind it.
    """

    _inherit = "crm.contract"

    project_id = fields.Many2one(
        "project.project",
        string="Realisation",
        compute="_compute_project_id",
        store=True,
        readonly=False,
        recursive=True,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        copy=False,
        tracking=True,
        domain="[('is_template', '=', False)]",
        help="Project that delivers what the contract promises; it collects all contracts, "
        "with the customer and with suppliers.",
    )

    @api.depends("parent_id.project_id")
    def _compute_project_id(self):
        for contract in self:
            contract.project_id = contract.parent_id.project_id or contract.project_id

    # When ----------------------------------------------------------------------------

    def _after_signing(self):
        result = super()._after_signing()
        if self._begins_project("signed"):
            self._try_project()
        return result

    def _on_advance_received(self):
        """The sale is made: the opportunity is won, the project begins (AL-16)."""
        result = super()._on_advance_received()
        self._forget_undone_advance()
        if self.project_id:
            self._tell_project(
                self.env._("The advance of contract %s is received.", self.display_name)
            )
        elif self._begins_project("advance"):
            self._try_project()
        self._win_lead()
        self._tell_processes()
        return result

    def _on_advance_undone(self):
        """The advance is not received after all: the project stays, its people decide."""
        super()._on_advance_undone()
        if not self.project_id:
            return
        text = self._get_undone_text()
        self._tell_project(text)
        for user in self._get_project_manager() | self.user_id:
            self.project_id.activity_schedule(UNDONE, note=text, user_id=user.id)

    def _get_undone_text(self):
        """What of the advance is lacking: money may be taken back, or more of it be planned."""
        open_ones = self.payment_ids.filtered(
            lambda payment: payment.kind == "advance" and payment.state == "planned"
        )
        if not open_ones:
            return self.env._(
                "The plan of contract %s has no advance any more. The project stays. Decide "
                "whether work goes on.",
                self.display_name,
            )
        return self.env._(
            "The advance of contract %(contract)s is not complete any more; still expected: "
            "%(payments)s. The project stays. Decide whether work goes on.",
            contract=self.display_name,
            payments=", ".join(
                f"{one.name} {one.currency_id.format(one.amount_remaining)}" for one in open_ones
            ),
        )

    def _begins_project(self, trigger):
        self.ensure_one()
        return (
            self.direction == "income"
            and not self.parent_id
            and not self.project_id
            and self.type_id.project_trigger == trigger
        )

    # Making it -----------------------------------------------------------------------

    def action_create_project(self):
        """Make the project of this contract, or open the one it stands in."""
        self.ensure_one()
        self.check_access("write")
        if self.parent_id:
            raise UserError(
                self.env._("The project belongs to contract %s.", self.parent_id.display_name)
            )
        self._ensure_project()
        return self.action_view_project()

    def action_view_project(self):
        """The project of this contract with its pool of contracts."""
        self.ensure_one()
        return self.project_id.action_view_realisation()

    def _try_project(self):
        """Make the project without standing in the way of the payment or signature.

        What a person can cure (a template of another company, say) becomes an activity.
        """
        try:
            with self.env.cr.savepoint():
                self._ensure_project()
        except CURABLE as error:
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("The project could not be made"),
                note=str(error),
                user_id=self.user_id.id or self.env.uid,
            )

    def _ensure_project(self):
        """The contract's project; made once, however many payments come at the same time.

        Who comes second waits, is told by the database that the row changed, and his
        request starts again: then it sees the project.

        :return: the project
        """
        self.ensure_one()
        rows.take(self)
        if not self.project_id:
            # Accountants and salespeople may not make projects; the type decides.
            contract = self.sudo().with_context(crm_settling=False)
            project = contract.env["project.project"]._create_realisation(
                contract._prepare_project(), contract.type_id.project_template_id
            )
            contract.project_id = project
            project._plan_from_contract(contract)
            contract._announce_project(project)
        return self.project_id

    def _prepare_project(self):
        """Values of the project that this contract begins."""
        self.ensure_one()
        return {
            "name": " · ".join(filter(None, (self.number, self.title or self.partner_id.name))),
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "user_id": self._get_project_manager().id,
            "crm_contract_id": self.id,
            **self._prepare_project_dates(),
        }

    def _prepare_project_dates(self):
        """From the event that began it to the contract's end, else as long as the template."""
        begin = self.date_advance or self.date_signed or self.company_id._get_local_today()
        if self.date_end and self.date_end >= begin:
            return {"date_start": begin, "date": self.date_end}
        # Odoo wants both days or none; of a template with both it keeps the length.
        return {"date_start": begin} if self.type_id.project_template_id.date else {}

    def _get_project_manager(self):
        kind = self.type_id
        return (
            self.project_id.user_id
            or kind.project_user_id
            or kind.project_template_id.user_id
            or self.user_id
        )

    # Telling -------------------------------------------------------------------------

    def _announce_project(self, project):
        """Tell who leads the project, and who sold it."""
        self.message_post(
            body=Markup("%s %s") % (self.env._("Its project has begun:"), project._get_html_link()),
            partner_ids=self.user_id.partner_id.ids,
        )
        manager = project.user_id
        if manager:
            project.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("New project: check tasks and dates"),
                note=self.env._("It was made by contract %s.", self.display_name),
                user_id=manager.id,
            )

    def _tell_project(self, text):
        self.project_id.sudo().message_post(body=text)

    def _forget_undone_advance(self):
        """Close the question what happens without the advance."""
        kind = self.env.ref(UNDONE, raise_if_not_found=False)
        activities = self.project_id.sudo().activity_ids
        activities.filtered(lambda one: one.activity_type_id == kind).action_feedback(
            feedback=self.env._("The advance is received after all.")
        )

    def _win_lead(self):
        """The opportunity is won, unless its regulation refuses: then its person is told why."""
        lead = self.lead_id.sudo()
        if not self.type_id.advance_wins_lead or not lead or lead.won_status != "pending":
            return
        try:
            with self.env.cr.savepoint():
                lead.action_set_won()
        except CURABLE as error:
            lead.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("The advance is received: win the opportunity"),
                note=str(error),
                user_id=lead.user_id.id or self.user_id.id or self.env.uid,
            )

    def _tell_processes(self):
        """Processes drawn for contracts or opportunities may wait for the advance."""
        processes = self.env["bpm.process"].sudo()
        for record in (self, self.lead_id):
            if record:
                processes._send_message(
                    ADVANCE_MESSAGE, record._name, record.id, {"contract": self.display_name}
                )
