"""Alarms that start a process, and processes that learn of new orders (PK-19, HU-16)."""

import logging

import psycopg2

from odoo import api, fields, models

from odoo.addons.bpm_engine.lib.own_context import INTERNAL

_logger = logging.getLogger(__name__)

#: Message by which processes learn that a customer with an alarm orders again.
ORDERED_MESSAGE = "customer_ordered"
#: Outcome of a step in which the customer was not reached.
NOT_REACHED = "no_answer"


class CrmRecessionRule(models.Model):
    _inherit = "crm.recession.rule"

    process_id = fields.Many2one(
        "bpm.process",
        string="Start the Process",
        domain="[('model', '=', 'res.partner'), ('state', '=', 'published')]",
        ondelete="set null",
        help="Runs on the customer of each alarm that would be called. Empty: only the call.",
    )
    process_instead = fields.Boolean(
        string="Instead of the Call",
        default=True,
        help="The process has its own call; without this the sweep plans one beside it.",
    )


class CrmRecessionAlert(models.Model):
    _inherit = "crm.recession.alert"

    process_instance_id = fields.Many2one(
        "bpm.instance",
        string="Process",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="What the alarm has started.",
    )

    def _plan_calls(self, night, run=None, overdue=None):
        """Start the rule's process, beside the call or instead of it.

        Where the process cannot start, the call is planned as without it.
        """
        started = self.filtered("rule_id.process_id")._start_processes(run)
        called = started.filtered("rule_id.process_instead")
        return super(CrmRecessionAlert, self - called)._plan_calls(night, run, overdue)

    def _start_processes(self, run=None):
        """Start processes, each apart: one that fails does not stop the night.

        :return: the alarms whose customer is in the process now.
        """
        started = self.browse()
        for alert in self.sudo().with_context(tracking_disable=True, recession_call_taken=INTERNAL):
            try:
                with self.env.cr.savepoint():
                    alert._start_process()
                started |= alert
            except psycopg2.OperationalError:
                # Serialization and lost connections: the whole stage is to be repeated.
                raise
            except Exception as error:
                _logger.exception("The process of recession alarm %s did not start", alert.id)
                self.env.invalidate_all()
                alert.rule_id._report_issue(run, error)
        return self.browse(started.ids)

    def _start_process(self):
        process, partner = self.rule_id.process_id, self.partner_id
        running = self.env["bpm.instance"].search(
            [
                ("process_id", "=", process.id),
                ("res_model", "=", partner._name),
                ("res_id", "=", partner.id),
                ("state", "in", ("running", "incident", "suspended")),
            ],
            limit=1,
        )
        instance = running or process._start(
            partner, self._prepare_variables(), "time", self._get_starter()
        )
        user = self.user_id or partner.user_id
        self.write({"state": "open", "user_id": user.id, "process_instance_id": instance.id})

    def _get_starter(self):
        return self.rule_id.user_id or self.partner_id.user_id or self.env.user

    def _prepare_variables(self):
        """What conditions of the process may look at."""
        return {
            "alarm_kind": self.kind,
            "silent_days": self.silence_days,
            "week_amount": self.base_week_amount,
        }

    @api.model
    def _sync_call_dates(self, company):
        """A customer reached in the process of his alarm was called, too."""
        result = super()._sync_call_dates(company)
        self.invalidate_model(["call_date", "state"])
        alerts = self.search(
            [
                ("company_id", "=", company.id),
                ("state", "!=", "closed"),
                ("call_date", "=", False),
                ("process_instance_id", "!=", False),
            ]
        ).with_context(tracking_disable=True)
        dates = alerts._get_process_talks()
        for alert in alerts.filtered(lambda alert: alert.process_instance_id in dates):
            alert.write({"call_date": dates[alert.process_instance_id], "state": "called"})
        alerts.flush_recordset()
        return result

    def _get_process_talks(self):
        """{instance: when its first step was done that reached the customer}"""
        groups = (
            self.env["bpm.task"]
            .sudo()
            ._read_group(
                [
                    ("instance_id", "in", self.process_instance_id.ids),
                    ("state", "=", "done"),
                    ("outcome", "!=", NOT_REACHED),
                ],
                ["instance_id"],
                ["date_done:min"],
            )
        )
        return dict(groups)

    def _tell_processes(self):
        """Processes of these alarms' customers that wait for an order go on."""
        self._tell_customers_ordered(self.partner_id)

    @api.model
    def _tell_customers_ordered(self, partners):
        """Processes of these customers that wait for an order go on, each apart."""
        waiting = (
            self.env["bpm.wait"]
            .sudo()
            .search(
                [
                    ("kind", "=", "message"),
                    ("name", "=", ORDERED_MESSAGE),
                    ("res_model", "=", "res.partner"),
                    ("res_id", "in", partners.ids),
                ]
            )
        )
        processes = self.env["bpm.process"].sudo()
        for partner_id in sorted(set(waiting.mapped("res_id"))):
            try:
                with self.env.cr.savepoint():
                    processes._send_message(ORDERED_MESSAGE, "res.partner", partner_id, {})
            except psycopg2.OperationalError:
                raise
            except Exception:
                _logger.exception("Processes of partner %s did not learn of orders", partner_id)
                self.env.invalidate_all()
