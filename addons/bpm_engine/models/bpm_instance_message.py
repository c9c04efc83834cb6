from odoo import api, models
from odoo.exceptions import UserError

from .bpm_instance_run import stepping

#: How far one message may cause the next within a transaction.
MAX_CHAIN = 20


class BpmInstance(models.Model):
    """Messages and signals between processes, and from outside."""

    _inherit = "bpm.instance"

    def _deliver(self, thrown):
        """Pass on what a process sent: messages on its record, signals to everybody."""
        processes = self.env["bpm.process"].sudo()
        for event in thrown:
            if event.kind == "message":
                processes._send_message(event.name, self.res_model, self.res_id, event.data, self)
            elif event.kind == "signal":
                processes._send_signal(event.name, event.data, self)

    def _receive(self, kind, name, payload):
        """Give an event to each of these waiting instances, one step each.

        :return: the instances that really waited for it.
        """
        received = self.browse()
        inside = stepping(self.env)
        for instance in self:
            if instance.id in inside:
                inside[instance.id].append((kind, name, payload))
        waiting = self.filtered(lambda instance: instance.id not in inside)
        waiting._lock()
        for instance in waiting.filtered(lambda i: i.state in ("running", "incident")):
            caught = []

            def give(execution, caught=caught):
                send = execution.message if kind == "message" else execution.signal
                caught.append(send(name, payload))

            instance._step(give)
            if caught[-1]:
                received |= instance
        return received


class BpmProcess(models.Model):
    _inherit = "bpm.process"

    @api.model
    def send_message(self, name, res_model=None, res_id=None, payload=None):
        """Tell processes that something happened; for other systems and addons.

        Instances on the record that wait for the message go on, and processes that start by
        this message start on the record. Without a record: processes that run without one.

        :param name: name of the message as drawn.
        :param payload: process variables that it brings: plain values by name.
        :return: {"delivered": ids of instances that took it, "started": ids of new ones}.
        :raise AccessError: the person may not work in processes or not read the record.
        :raise UserError: wrong record, or a following step fails; then nothing is kept.
        """
        self._check_may_send(name, payload)
        if bool(res_model) != bool(res_id):
            raise UserError(self.env._("Give the record's model and id, or neither."))
        if res_model:
            self._check_readable(res_model, res_id)
        delivered, started = self._send_message(name, res_model, res_id, payload)
        return {"delivered": delivered.ids, "started": started.ids}

    @api.model
    def send_signal(self, name, payload=None):
        """Tell all processes that wait for a signal, whatever record they run on.

        :return: ids of the instances that took it.
        :raise AccessError: the person may not work in processes.
        """
        self._check_may_send(name, payload)
        return self._send_signal(name, payload).ids

    def _check_may_send(self, name, payload):
        if not (self.env.su or self.env.user.has_group("bpm_engine.group_user")):
            self.check_access("write")
        if not isinstance(name, str) or not name.strip():
            raise UserError(self.env._("A message has a name."))
        if payload is not None and not isinstance(payload, dict):
            raise UserError(self.env._("A message brings names with values."))

    def _check_readable(self, res_model, res_id):
        """The record, if the present user may read it."""
        if res_model not in self.env or self.env[res_model]._abstract:
            raise UserError(self.env._("There is no model “%s”.", res_model))
        record = self.env[res_model].browse(int(res_id))
        if not self._fetch_existing(record):
            raise UserError(
                self.env._(
                    "The record %(id)s of %(model)s does not exist.", id=res_id, model=res_model
                )
            )
        record.check_access("read")
        return record

    def _send_message(self, name, res_model, res_id, payload, sender=None):
        """As send_message, without rights.

        :return: instances that took it, instances started.
        """
        domain = [
            ("kind", "=", "message"),
            ("name", "=", name),
            ("res_model", "=", res_model or False),
            ("res_id", "=", res_id or False),
        ]
        if not res_id:
            domain[-1] = ("res_id", "in", (False, 0))
        chained = self._next_in_chain(name)
        instances = chained._find_waiting(domain, sender)
        return (
            instances._receive("message", name, payload),
            chained._start_by_message(name, res_model, res_id, payload),
        )

    def _send_signal(self, name, payload, sender=None):
        domain = [("kind", "=", "signal"), ("name", "=", name)]
        instances = self._next_in_chain(name)._find_waiting(domain, sender)
        return instances._receive("signal", name, payload)

    def _find_waiting(self, domain, sender):
        """Instances with a matching wait; not the sender: it hears itself in the engine."""
        waits = self.env["bpm.wait"].sudo().search_fetch(domain, ["instance_id"])
        instances = waits.instance_id
        return (instances - sender if sender else instances).sorted("id")

    def _next_in_chain(self, name):
        """Count messages that cause messages, so that no circle goes on for ever."""
        depth = self.env.context.get("bpm_message_depth", 0)
        if depth >= MAX_CHAIN:
            raise UserError(
                self.env._(
                    "The message “%s” goes round in a circle between processes; let one of them "
                    "wait for a person or a timer.",
                    name,
                )
            )
        return self.with_context(bpm_message_depth=depth + 1)

    def _start_by_message(self, name, res_model, res_id, payload):
        """Start the processes that begin with this message on this kind of record."""
        if name not in self.env["bpm.process.trigger"]._get_message_names():
            return self.env["bpm.instance"].sudo()
        triggers = (
            self.env["bpm.process.trigger"]
            .sudo()
            .search(
                [
                    ("kind", "=", "message"),
                    ("message_name", "=", name),
                    ("process_id.active", "=", True),
                    ("process_id.state", "=", "published"),
                    ("process_id.model", "=", res_model or False),
                ]
            )
        )
        started = self.env["bpm.instance"].sudo()
        for trigger in triggers:
            records = None
            if res_model:
                records = trigger._get_free(trigger._select(self.env[res_model].browse(res_id)))
            if records is None or records:
                started |= trigger.process_id._start(records, payload, "message", self.env.user)
        return started
