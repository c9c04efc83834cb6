"""How far messages and signals are heard: within a company."""

from odoo import SUPERUSER_ID, api, models
from odoo.tools import SQL


class BpmProcess(models.Model):
    _inherit = "bpm.process"

    @api.model
    def _get_reach(self, sender, res_model, res_id):
        """Companies whose processes hear a signal, or a message that is about no record.

        :param sender: the instance it comes from, None from outside.
        :param res_model: model of the record it comes from or is about.
        :return: companies; None of what the system itself sends: everybody hears it.
        """
        if sender:
            return sender.company_id
        if res_id and "company_id" in self.env[res_model]._fields:
            company = self.env[res_model].sudo().browse(res_id).company_id
            if company:
                return company
        return None if self.env.uid == SUPERUSER_ID else self.env.companies

    def _get_reach_condition(self, reach):
        """Of waits: their instances run in these companies, or their process is of none."""
        if reach is None:
            return SQL("TRUE")
        self.env["bpm.instance"].flush_model(["company_id", "process_id"])
        self.env["bpm.process"].flush_model(["company_id"])
        return SQL(
            "EXISTS (SELECT FROM bpm_instance i JOIN bpm_process p ON p.id = i.process_id"
            " WHERE i.id = bpm_wait.instance_id"
            " AND (i.company_id = ANY(%s) OR p.company_id IS NULL))",
            reach.ids,
        )


class BpmProcessTrigger(models.Model):
    _inherit = "bpm.process.trigger"

    def _filter_in_reach(self, reach):
        """Starts of processes of these companies or of none."""
        if reach is None:
            return self
        return self.filtered(lambda trigger: trigger.process_id.company_id <= reach)
