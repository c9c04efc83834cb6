from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain

from ..lib.reader import reader_env


class BpmSubstitution(models.Model):
    """Who does a person's tasks while that person is away.

    New tasks go to the substitute; what is still open afterwards comes back.
    """

    _name = "bpm.substitution"
    _description = "Substitution"
    _order = "date_from desc, id desc"
    _rec_name = "user_id"

    user_id = fields.Many2one(
        "res.users",
        required=True,
        string="Absent",
        default=lambda self: self.env.user,
        index=True,
        domain="[('share', '=', False)]",
        help="Whose tasks are taken care of; managers of processes may enter anybody.",
    )
    substitute_id = fields.Many2one(
        "res.users",
        required=True,
        domain="[('share', '=', False)]",
        help="Gets the tasks that come in the meantime.",
    )
    date_from = fields.Date(required=True, default=fields.Date.context_today)
    date_to = fields.Date(required=True, help="Last day away.")
    process_ids = fields.Many2many("bpm.process", help="Empty: tasks of all processes.")
    active = fields.Boolean(default=True)
    task_ids = fields.One2many("bpm.task", "substitution_id", string="Tasks Taken Over")
    open_count = fields.Integer(
        compute="_compute_counts", help="Open tasks the substitute holds because of it."
    )
    own_count = fields.Integer(
        compute="_compute_counts", help="Open tasks that the absent person still has."
    )
    state = fields.Selection(
        [("planned", "Planned"), ("current", "Away now"), ("over", "Over")],
        compute="_compute_state",
    )

    _check_dates = models.Constraint(
        "CHECK(date_from <= date_to)", "The last day of an absence lies before its first."
    )
    _check_other = models.Constraint(
        "CHECK(user_id <> substitute_id)", "Nobody substitutes oneself; choose another person."
    )

    @api.depends("date_from", "date_to", "active")
    def _compute_state(self):
        today = fields.Date.context_today(self)
        for absence in self:
            if not absence.active or (absence.date_to and absence.date_to < today):
                absence.state = "over"
            elif absence.date_from and absence.date_from > today:
                absence.state = "planned"
            else:
                absence.state = "current"

    @api.depends("task_ids.state", "user_id")
    def _compute_counts(self):
        tasks = self.env["bpm.task"].sudo()
        taken = dict(
            tasks._read_group(
                [("substitution_id", "in", self.ids), ("state", "=", "todo")],
                ["substitution_id"],
                ["__count"],
            )
        )
        own = dict(
            tasks._read_group(
                [("user_id", "in", self.user_id.ids), ("state", "=", "todo")],
                ["user_id"],
                ["__count"],
            )
        )
        for absence in self:
            absence.open_count = taken.get(absence._origin, 0)
            absence.own_count = own.get(absence.user_id, 0)

    @api.constrains("user_id", "substitute_id")
    def _check_companies(self):
        """Tasks must not go to somebody who can never see them."""
        for absence in self.sudo():
            if not absence.user_id.company_ids & absence.substitute_id.company_ids:
                raise ValidationError(
                    self.env._(
                        "%(substitute)s works in no company of %(who)s, so could not see these "
                        "tasks; choose another person.",
                        substitute=absence.substitute_id.name,
                        who=absence.user_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        absences = super().create(vals_list)
        absences._check_own()
        return absences

    def write(self, vals):
        self._check_own()
        result = super().write(vals)
        self._check_own()
        if {"active", "date_to", "substitute_id", "user_id"} & vals.keys():
            self._give_back_ended()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_give_back(self):
        self._check_own()
        self._give_back()

    def _check_own(self):
        """Nobody makes himself another's substitute: one enters one's own absence."""
        if self.env.su or self.env.user.has_group("bpm_engine.group_manager"):
            return
        if any(absence.user_id != self.env.user for absence in self):
            raise AccessError(
                self.env._(
                    "You can enter your own absence only; for somebody else ask a manager "
                    "of processes."
                )
            )

    # ------------------------------------------------------------ tasks

    @api.model
    def _get_current_domain(self):
        today = fields.Date.context_today(self)
        return Domain("date_from", "<=", today) & Domain("date_to", ">=", today)

    @api.model
    def _get_current(self, users):
        """Absences of these people that hold today."""
        if not users:
            return self.browse()
        return self.sudo().search(Domain("user_id", "in", users.ids) & self._get_current_domain())

    def _covers(self, process, company=None):
        """Whether it is meant for a process, and the substitute sees tasks of the company."""
        if company and company not in self.substitute_id.company_ids:
            return False
        return not self.process_ids or process in self.process_ids

    def action_hand_over(self):
        """Give the substitute also what was open before; it comes back afterwards."""
        self._check_own()
        for absence in self.sudo():
            tasks = (
                self.env["bpm.task"]
                .sudo()
                .search([("user_id", "=", absence.user_id.id), ("state", "=", "todo")])
            )
            tasks = tasks.filtered(lambda t, a=absence: a._covers(t.process_id, t.company_id))
            why = self.env._(
                "%(who)s is away, %(substitute)s stands in",
                who=absence.user_id.name,
                substitute=absence.substitute_id.name,
            )
            tasks -= tasks._hand_on_second_votes(absence.substitute_id, why, absence)
            tasks._assign(absence.substitute_id, why, substitution=absence)
        return True

    def action_end(self):
        """Back at work: what is still open comes back at once."""
        self._check_own()
        self.sudo().active = False
        return True

    def _give_back_ended(self):
        today = fields.Date.context_today(self)
        self.filtered(lambda a: not a.active or a.date_to < today)._give_back()

    def _give_back(self):
        """Open tasks that the substitute still holds go back to the person."""
        for absence in self.sudo():
            tasks = absence.task_ids.filtered(
                lambda t, a=absence: t.state == "todo" and t.user_id != a.user_id
            )
            back = tasks.filtered(lambda t, a=absence: t.original_user_id == a.user_id)
            back -= back._find_second_votes(absence.user_id)
            if back and absence.user_id.active:
                env = reader_env(self.env, absence.user_id)
                back._assign(absence.user_id, env._("%s is back", absence.user_id.name))

    @api.model
    def _cron_give_back(self):
        """Each morning: absences that ended yesterday or before."""
        ended = self.with_context(active_test=False).search(
            [
                ("date_to", "<", fields.Date.context_today(self)),
                ("task_ids.state", "=", "todo"),
            ]
        )
        ended._give_back()
