from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ..lib import keys
from ..lib.kept import give_values, read_values


class BpmAction(models.Model):
    """Where an action is used, so that nobody pulls it from under a running process."""

    _inherit = "bpm.action"

    key = fields.Char(compute="_compute_key", store=True, readonly=False, precompute=True)
    used_by_ids = fields.Many2many(
        "bpm.process",
        compute="_compute_used_by_ids",
        help="Processes whose versions in use, or still running, name it.",
    )

    @api.depends("name")
    def _compute_key(self):
        """A key from the name, until saved; then it stays: diagrams refer to it."""
        new = self.filtered(lambda action: action.name and not (action._origin and action.key))
        if new:
            every = self.sudo().with_context(active_test=False)
            taken = {key for [key] in every._read_group([("key", "!=", False)], ["key"])}
            for action in new:
                action.key = keys.free_key(keys.key_of(action.name, "action"), taken)
                taken.add(action.key)

    @api.depends("key")
    def _compute_used_by_ids(self):
        used = self._find_usage()
        for action in self:
            found = self.env["bpm.process"].browse(used.get(action.key, ()))
            action.used_by_ids = found._filtered_access("read")

    def _find_usage(self):
        """Key of an action -> ids of the processes that name it."""
        self.env["bpm.element"].flush_model(["settings"])
        rows = self.env.execute_query(
            SQL(
                """SELECT e.settings -> 'action' ->> 'name', array_agg(DISTINCT v.process_id)
                     FROM bpm_element e JOIN bpm_process_version v ON v.id = e.version_id
                    WHERE e.settings -> 'action' ->> 'name' = ANY(%s)
                      AND (v.state = 'published' OR EXISTS (
                            SELECT FROM bpm_instance i WHERE i.version_id = v.id
                               AND i.state IN ('running', 'incident', 'suspended')))
                 GROUP BY 1""",
                self.mapped("key"),
                to_flush=self.env["bpm.process.version"]._fields["state"],
            )
        )
        return dict(rows)

    @api.constrains("key")
    def _check_key(self):
        for action in self:
            if not keys.KEY.match(action.key or ""):
                raise ValidationError(
                    self.env._(
                        "“%s” cannot be a key: use letters without accents, digits, dot, dash "
                        "and underscore.",
                        action.key,
                    )
                )

    @api.model
    @tools.ormcache()
    def _get_ids_by_key(self):
        """{key: id} of the whitelist; services ask for it at every step."""
        return {action.key: action.id for action in self.sudo().search([])}

    @tools.ormcache("self.id")
    def _get_kept(self):
        """Its values, see read_values(), and the ids of the fields that it sets."""
        return read_values(self), self.value_ids._ids

    def _remembered(self):
        """This action; the ORM need not read it for a step."""
        if self and self._fields["kind"]._get_cache(self.env).get(self.id) is None:
            kept, value_ids = self._get_kept()
            give_values(self, kept)
            self._fields["value_ids"]._insert_cache(self, [value_ids])
        return self

    @api.model_create_multi
    def create(self, vals_list):
        actions = super().create(vals_list)
        self.env.registry.clear_cache()
        return actions

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    def write(self, vals):
        renamed = "key" in vals and self.filtered(lambda action: action.key != vals["key"])
        if renamed:
            renamed._refuse_if_used(self.env._("Its key must stay."))
        if "active" in vals and not vals["active"]:
            self._refuse_if_used(self.env._("Take it out of the diagrams first."))
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self._refuse_if_used(self.env._("Take it out of the diagrams first."))

    def _refuse_if_used(self, cure):
        used = self._find_usage()
        for action in self:
            if used.get(action.key):
                processes = self.env["bpm.process"].sudo().browse(used[action.key])
                raise UserError(
                    self.env._(
                        "“%(action)s” is used by %(processes)s. %(cure)s",
                        action=action.name,
                        processes=", ".join(processes.mapped("name")),
                        cure=cure,
                    )
                )
