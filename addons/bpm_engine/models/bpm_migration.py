from odoo import api, fields, models
from odoo.exceptions import UserError

#: So many instances move while the person waits; more move in the background.
_AT_ONCE = 100


class BpmMigration(models.Model):
    """Running instances taken to another version: verdicts, the move, and the way back."""

    _name = "bpm.migration"
    _description = "Change of Running Processes"
    _inherit = ["bpm.comparison.mixin"]
    _order = "id desc"

    process_id = fields.Many2one(
        "bpm.process", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="process_id.company_id", store=True)
    version_id = fields.Many2one(
        "bpm.process.version",
        string="To Version",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    state = fields.Selection(
        [
            ("checking", "Checking"),
            ("checked", "Checked"),
            ("running", "Moving"),
            ("done", "Moved"),
            ("undoing", "Taking back"),
            ("undone", "Taken back"),
        ],
        default="checked",
        required=True,
        readonly=True,
        copy=False,
    )
    mapping_ids = fields.One2many(
        "bpm.migration.mapping", "migration_id", string="Where Removed Steps Go On"
    )
    mapping = fields.Json(
        compute="_compute_mapping",
        store=True,
        help="For removed tasks with tokens: old element -> new element.",
    )
    line_ids = fields.One2many("bpm.migration.line", "migration_id", readonly=True)
    check_count = fields.Integer(readonly=True, help="How many were to be checked.")
    checked_by_id = fields.Many2one("res.users", readonly=True)
    checked_at = fields.Datetime(readonly=True)
    moved_at = fields.Datetime(readonly=True)
    moved_by_id = fields.Many2one("res.users", readonly=True)
    count_moves = fields.Integer(compute="_compute_counts", string="Can Move")
    count_mapping = fields.Integer(compute="_compute_counts", string="Need a Decision")
    count_blocked = fields.Integer(compute="_compute_counts", string="Stay")
    count_moved = fields.Integer(compute="_compute_counts", string="Moved")
    count_failed = fields.Integer(compute="_compute_counts", string="Failed")
    count_checked = fields.Integer(compute="_compute_counts", string="Checked so Far")
    count_unchecked = fields.Integer(compute="_compute_counts", string="To Be Checked")
    progress = fields.Float(
        compute="_compute_counts", help="Share that was checked, or moved, so far, %."
    )

    @api.depends("mapping_ids.old_element", "mapping_ids.new_element_id")
    def _compute_mapping(self):
        for migration in self:
            migration.mapping = {
                row.old_element: row.new_element_id.element_id
                for row in migration.mapping_ids
                if row.new_element_id
            }

    @api.depends("line_ids.verdict", "line_ids.state", "state", "check_count")
    def _compute_counts(self):
        groups = self.env["bpm.migration.line"]._read_group(
            [("migration_id", "in", self.ids)], ["migration_id", "verdict", "state"], ["__count"]
        )
        for migration in self:
            counts = {
                (verdict, state): count
                for found, verdict, state, count in groups
                if found == migration
            }
            migration._set_counts(counts)

    def _set_counts(self, counts):
        def total(verdict=None, state=None):
            return sum(
                count
                for (one_verdict, one_state), count in counts.items()
                if verdict in (None, one_verdict) and state in (None, one_state)
            )

        self.count_moves = total("moves", "open")
        self.count_mapping = total("needs_mapping", "open")
        self.count_blocked = total("blocked", "open")
        self.count_moved = total(state="moved")
        self.count_failed = total(state="failed")
        self.count_checked = total(state="open")
        self.count_unchecked = max(self.check_count - self.count_checked, 0)
        done, left = self.count_moved, self.count_moves
        if self.state == "checking":
            done, left = self.count_checked, self.count_unchecked
        self.progress = 100 * done / (done + left) if done + left else 0

    def _compute_display_name(self):
        for migration in self:
            migration.display_name = self.env._("To %s", migration.version_id.display_name)

    # Buttons

    def action_check(self):
        """Look at each running instance again; nothing is changed in any of them."""
        self.ensure_one()
        self._check_state("checked", "done")
        self._check_instances()
        return True

    def action_move(self):
        """Move all that can: a few at once, many in the background with progress.

        With decisions that were taken since many were checked, the check comes first.

        :raise UserError: none can move; says what to do.
        """
        self.ensure_one()
        self._check_state("checked")
        if self.mapping_ids.filtered("is_new"):
            # A decision was taken after the check: what it changes is seen first.
            self._check_instances()
        if self.state == "checking":
            return True
        if not self.count_moves:
            raise UserError(
                self.env._(
                    "No instance can move. Decide where removed steps go on, or let the "
                    "instances end on their version."
                )
            )
        self.write(
            {"state": "running", "moved_by_id": self.env.uid, "moved_at": fields.Datetime.now()}
        )
        if self.count_moves <= _AT_ONCE:
            self._move_batch(_AT_ONCE, wait=True)
            self._finish_if_through()
        else:
            self.env.ref("bpm_engine.ir_cron_migration")._trigger()
        return True

    def action_refresh(self):
        """Show how far it is; the form reads itself anew."""
        return True

    def action_open_instances(self):
        """The instances of this change, by verdict."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": "bpm.migration.line",
            "view_mode": "list,kanban",
            "mobile_view_mode": "kanban",
            "views": [(False, "list"), (False, "kanban")],
            "domain": [("migration_id", "=", self.id)],
            "context": {"search_default_group_verdict": 1},
        }

    def _check_state(self, *states):
        if self.state not in states:
            label = dict(self._fields["state"]._description_selection(self.env))[self.state]
            raise UserError(self.env._("This change is “%s” already.", label))


class BpmMigrationMapping(models.Model):
    """Where tokens of a removed step go on."""

    _name = "bpm.migration.mapping"
    _description = "Where a Removed Step Goes On"
    _order = "migration_id, id"
    _rec_name = "old_name"

    migration_id = fields.Many2one("bpm.migration", required=True, ondelete="cascade", index=True)
    version_id = fields.Many2one(related="migration_id.version_id")
    old_element = fields.Char(required=True, readonly=True)
    old_name = fields.Char(string="Step That Is Gone", readonly=True)
    count = fields.Integer(string="Instances There", readonly=True)
    new_element_id = fields.Many2one(
        "bpm.element",
        string="Goes On With",
        ondelete="cascade",
        domain="[('version_id', '=', version_id), ('type', 'in', "
        "['userTask', 'manualTask', 'task'])]",
    )
    checked_element_id = fields.Many2one("bpm.element", ondelete="set null", readonly=True)
    is_new = fields.Boolean(compute="_compute_is_new", help="Decided after the last check.")

    _once = models.UniqueIndex(
        "(migration_id, old_element)", "A removed step goes on at one place."
    )

    @api.depends("new_element_id", "checked_element_id")
    def _compute_is_new(self):
        for row in self:
            row.is_new = row.new_element_id != row.checked_element_id
