import logging

import psycopg2

from odoo import api, models
from odoo.fields import Domain

_logger = logging.getLogger(__name__)

#: Messages that processes can wait for or begin with, and on which records they come; see
#: readme/DEVELOP.md.
CONTRACT_SIGNED = "contract_signed"
CONTRACT_PAID = "contract_paid"
PLAN_CHANGED = "plan_changed"
PAYMENT_RECEIVED = "payment_received"
PAYMENT_OVERDUE = "payment_overdue"
DISCIPLINE_CHANGED = "discipline_changed"
BILL_PAID = "bill_paid"


class BpmProcess(models.Model):
    """Telling processes what happened to money, without standing in its way."""

    _inherit = "bpm.process"

    @api.model
    def _get_awaited(self, name, records):
        """Those of the records on which a process waits for the message or begins with it.

        One question to the database, however many records there are.

        :param records: list of single records, also of several models
        :return: list in the same order
        """
        if not records:
            return []
        models_begun = set(self._find_triggers("message", name).mapped("model"))
        by_model = {}
        for record in records:
            by_model.setdefault(record._name, []).append(record.id)
        waits = (
            self.env["bpm.wait"]
            .sudo()
            .search(
                Domain("kind", "=", "message")
                & Domain("name", "=", name)
                & Domain.OR(
                    Domain("res_model", "=", model) & Domain("res_id", "in", ids)
                    for model, ids in by_model.items()
                )
            )
        )
        waiting = {(wait.res_model, wait.res_id) for wait in waits}
        return [
            record
            for record in records
            if record._name in models_begun or (record._name, record.id) in waiting
        ]

    @api.model
    def _tell(self, name, payloads):
        """Send a message on each record that somebody waits for; each apart.

        What happened has happened: a process that fails on it is logged and does not undo it.

        :param payloads: {record: process variables that the message brings}
        """
        processes = self.sudo().with_context(crm_settling=False)
        for record in self._get_awaited(name, list(payloads)):
            try:
                with self.env.cr.savepoint():
                    processes._send_message(name, record._name, record.id, payloads[record])
            except psycopg2.OperationalError:
                # A concurrent change or a lost connection: all of it is tried again.
                raise
            except Exception:
                _logger.exception("Processes of %s did not learn of %s", record, name)
                self.env.invalidate_all()
