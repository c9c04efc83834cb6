from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..engine import values
from ..lib.own_context import get_own, own
from .bpm_instance_host import CircleError, StepError
from .bpm_instance_run import stepping

#: How far one message may cause the next within a transaction.
MAX_CHAIN = 20


class BpmInstance(models.Model):
    """Messages and signals between processes, and from outside."""

    _inherit = "bpm.instance"

    def _deliver(self, thrown):
        """Pass on what a process sent: messages on its record, signals to everybody.

        What fails behind them is a matter of who receives them, not of who sends.
        """
        processes = self.env["bpm.process"].sudo()
        for event in thrown:
            if event.kind == "message":
                processes._send_message(event.name, self.res_model, self.res_id, event.data, self)
            elif event.kind == "signal":
                processes._send_signal(event.name, event.data, self, self.res_model, self.res_id)

    def _receive(self, kind, name, payload, apart=False):
        """Give an event to each of these waiting instances, one step each.

        :param kind: message or signal.
        :param apart: a process sent it: what fails becomes an incident of the instance that
            received it, which takes the event once that is repaired; nobody else is hindered.
            Else the first failure is raised, and nobody is to have received anything.
        :return: the instances that really waited for it.
        """
        received = self.browse()
        if apart and self:
            # What no process can keep is a mistake of the sender.
            payload = values.clean(payload, name)
        inside = stepping(self.env)
        for instance in self:
            if instance.id in inside:
                inside[instance.id].append((kind, name, payload, apart))
        waiting = self.filtered(lambda instance: instance.id not in inside)
        waiting._lock()
        for instance in waiting:
            if instance.state in ("running", "incident"):
                if instance._take(kind, name, payload, apart):
                    received |= instance
        return received

    def _take(self, kind, name, payload, apart):
        """One step with an event; see _receive(). Lock before.

        :return: whether it waited for it.
        """
        caught = []

        def give(execution):
            send = execution.message if kind == "message" else execution.signal
            caught.append(send(name, payload))

        if apart:
            keep = [kind, name, payload]
            return self._advance(give, "event", keep=keep) and caught[-1]
        try:
            self._step(give)
        except StepError as error:
            # A sender would take the place of the receiver for one of its own.
            error.place = None
            raise
        return caught[-1]


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
    def send_signal(self, name, payload=None, res_model=None, res_id=None):
        """Tell all processes that wait for a signal, whatever record they run on.

        Processes that start by this signal start, too: on the record it comes from if theirs
        are of its model, else on the records of their condition (see bpm.process.trigger).

        :param res_model: model of the record that it comes from; None without a record.
        :return: ids of the instances that took it and of those that it started.
        :raise AccessError: the person may not work in processes, or not read the record.
        """
        self._check_may_send(name, payload)
        if bool(res_model) != bool(res_id):
            raise UserError(self.env._("Give the record's model and id, or neither."))
        if res_model:
            self._check_readable(res_model, res_id)
        return self._send_signal(name, payload, None, res_model, res_id).ids

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

        :param sender: instance that sends it; nothing that fails elsewhere is raised then.
        :return: instances that took it, instances started (not told to a sending instance).
        """
        chained = self._next_in_chain(name)
        instances = chained._find_waiting("message", name, sender, res_model, res_id)
        return (
            instances._receive("message", name, payload, apart=bool(sender)),
            chained._start_by_message(name, res_model, res_id, payload, sender),
        )

    def _send_signal(self, name, payload, sender=None, res_model=None, res_id=None):
        chained = self._next_in_chain(name)
        instances = chained._find_waiting("signal", name, sender, res_model, res_id)
        received = instances._receive("signal", name, payload, apart=bool(sender))
        return received | chained._start_by_signal(name, res_model, res_id, payload, sender)

    def _find_waiting(self, kind, name, sender, res_model=None, res_id=None):
        """Instances that wait for it; not the sender: it hears itself in the engine.

        :param res_model: of a message: the record it is about, None for those without one; of a
            signal: the record it comes from.
        """
        where = SQL("kind = %s AND name = %s", kind, name)
        if kind == "message" and res_id:
            where = SQL("%s AND res_model = %s AND res_id = %s", where, res_model, res_id)
        elif kind == "message":
            where = SQL("%s AND res_model IS NULL AND coalesce(res_id, 0) = 0", where)
        if kind == "signal" or not res_id:
            reach = self._get_reach(sender, res_model, res_id)
            where = SQL("%s AND %s", where, self._get_reach_condition(reach))
        self.env["bpm.wait"].flush_model(["kind", "name", "res_model", "res_id", "instance_id"])
        rows = self.env.execute_query(
            SQL("SELECT DISTINCT instance_id FROM bpm_wait WHERE %s ORDER BY 1", where)
        )
        instances = self.env["bpm.instance"].sudo().browse(id_ for (id_,) in rows)
        return instances - sender if sender else instances

    def _next_in_chain(self, name):
        """Count messages that cause messages, so that no circle goes on for ever."""
        depth = get_own(self.env, "bpm_message_depth", 0)
        if depth >= MAX_CHAIN:
            raise CircleError(
                self.env._(
                    "The message “%s” goes round in a circle between processes; let one of them "
                    "wait for a person or a timer.",
                    name,
                )
            )
        return self.with_context(bpm_message_depth=own(depth + 1))

    def _start_by_message(self, name, res_model, res_id, payload, sender=None):
        """Start the processes that begin with this message on this kind of record."""
        started = self.env["bpm.instance"].sudo()
        reach = self._get_reach(sender, res_model, res_id)
        triggers = self._find_triggers("message", name)._filter_in_reach(reach)
        for trigger in triggers.filtered(lambda t: (t.model or False) == (res_model or False)):
            if trigger._may_look():
                started |= trigger._start_heard(res_model, res_id, payload, apart=bool(sender))
        return started

    def _start_by_signal(self, name, res_model, res_id, payload, sender=None):
        """Start the processes that begin with this signal, wherever it comes from."""
        started = self.env["bpm.instance"].sudo()
        reach = self._get_reach(sender, res_model, res_id)
        for trigger in self._find_triggers("signal", name)._filter_in_reach(reach):
            if trigger._may_look():
                started |= trigger._start_heard(res_model, res_id, payload, apart=bool(sender))
        return started

    def _find_triggers(self, kind, name):
        """Starts of processes in use by a message or signal of that name."""
        triggers = self.env["bpm.process.trigger"].sudo()
        if name not in triggers._get_message_names(kind):
            return triggers
        return triggers.search(
            [
                ("kind", "=", kind),
                ("message_name", "=", name),
                ("process_id.active", "=", True),
                ("process_id.state", "=", "published"),
            ]
        )


class BpmProcessTrigger(models.Model):
    _inherit = "bpm.process.trigger"

    def _get_signal_records(self, res_model, res_id):
        """Records on which a signal starts the process; None: it runs without one.

        A signal has no record of its own. It starts on the record that it comes from if that
        is of the right kind; from elsewhere it starts on the records of the condition, and
        without a condition on none.
        """
        self.ensure_one()
        if not self.model:
            return None
        if res_model == self.model and res_id:
            return self._get_free(self._select(self.env[self.model].browse(res_id)))
        if self._get_domain().is_true():
            return self.env[self.model]
        return self._get_free(self._find_records())

    def _get_message_records(self, res_model, res_id):
        """Records on which a message starts the process; None: it runs without one."""
        if not res_model:
            return None
        return self._get_free(self._select(self.env[res_model].browse(res_id)))

    def _start_heard(self, res_model, res_id, payload, apart):
        """Start by a message or signal that comes from a record, in the sender's transaction.

        :param apart: a process sent it: what fails becomes an incident of what starts, or is
            told to its owner, and hinders nobody else.
        :return: the instances started; none if apart.
        """
        started = self.env["bpm.instance"].sudo()
        find = self._get_message_records if self.kind == "message" else self._get_signal_records
        if apart:
            payload = values.clean(payload, self.message_name)
            with self._hindering_nobody():
                self._start_each(find(res_model, res_id), self.kind, self.env.user, payload)
            return started
        records = find(res_model, res_id)
        if records is not None and not records:
            return started
        return self.process_id._start(records, payload, self.kind, self.env.user, self.start_event)
