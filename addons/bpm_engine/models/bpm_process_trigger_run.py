from ast import literal_eval
from datetime import timedelta

import pytz
from dateutil.relativedelta import relativedelta

from odoo import api, models, tools
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..lib.own_context import get_own, own

#: How many starts may cause each other within one transaction.
MAX_CHAIN = 5
PENDING = "bpm_engine.pending"
#: What a start at a time notes while it runs; no cache depends on it.
CLOCK = {"next_run", "runs_left", "run_after", "run_until"}


class BpmProcessTrigger(models.Model):
    """Starting by itself: on creation, on a change, at a time."""

    _inherit = "bpm.process.trigger"

    # ------------------------------------------------------------------ keeping

    @api.constrains("domain", "kind", "process_id")
    def _check_domain(self):
        for trigger in self:
            try:
                trigger._get_domain().validate(self.env[trigger.process_id.model or "res.partner"])
            except Exception as error:
                raise ValidationError(
                    self.env._(
                        "The condition “%(domain)s” cannot be read: %(error)s",
                        domain=trigger.domain,
                        error=error,
                    )
                ) from error

    @api.model_create_multi
    def create(self, vals_list):
        """Models are watched as soon as a trigger asks for it."""
        triggers = super().create(vals_list)
        self.env.registry.clear_cache()
        triggers._wake()
        return triggers

    def write(self, vals):
        """See create()."""
        result = super().write(vals)
        if set(vals) - CLOCK:
            self.env.registry.clear_cache()
        if {"next_run", "kind", "active"} & set(vals):
            self._wake()
        return result

    def unlink(self):
        """See create()."""
        self.env.registry.clear_cache()
        return super().unlink()

    def _wake(self):
        for trigger in self.filtered(lambda t: t.kind == "time" and t.next_run):
            self.env["bpm.instance"]._wake_timers(trigger.next_run)

    @api.model
    @tools.ormcache()
    def _watched(self):
        """{model: {kind: ids of triggers}} of creation and change; asked at every write."""
        found = {}
        triggers = self.sudo().search(
            [("kind", "in", ("create", "change")), ("process_id.active", "=", True)]
        )
        for trigger in triggers.filtered("model"):
            found.setdefault(trigger.model, {}).setdefault(trigger.kind, []).append(trigger.id)
        return found

    @api.model
    @tools.ormcache("kind")
    def _get_message_names(self, kind="message"):
        """Names of the messages (or signals) that start anything; asked at every message."""
        return frozenset(self.sudo().search([("kind", "=", kind)]).mapped("message_name"))

    @api.model
    @tools.ormcache()
    def _get_process_models(self):
        """Models on whose records processes may run, archived processes included."""
        processes = self.env["bpm.process"].sudo().with_context(active_test=False)
        groups = processes._read_group([("model", "!=", False)], ["model"])
        return frozenset(model for (model,) in groups)

    # ------------------------------------------------------------------ noticing

    def _get_domain(self):
        """Condition on the record, plain literals only."""
        return Domain(literal_eval((self.domain or "[]").strip()))

    def _note_created(self, records):
        """Remember new records; looked at once, at the end of the transaction."""
        pending = self._get_pending()
        for trigger in self:
            noted = pending["create"].setdefault(trigger.id, {})
            noted.update(dict.fromkeys(records.ids, (*self._get_cause(), None)))

    def _get_cause(self):
        """Who changes something, and how many starts brought it about."""
        return self.env.uid, get_own(self.env, "bpm_start_depth", 0)

    def _note_before(self, records, vals):
        """Remember how records were before their first change in this transaction."""
        pending = self._get_pending()
        for trigger in self.sudo():
            names = trigger._get_watched_fields()
            if names is not None and not names & set(vals):
                continue
            before = pending["change"].setdefault(trigger.id, {})
            new = records.browse([i for i in records.ids if i not in before])
            if new:
                before.update(trigger._get_before(new.sudo()))

    def _get_before(self, records):
        """{record id: (who, depth, values of the watched fields or whether it matched)}."""
        if self.field_ids:
            names = self.field_ids.mapped("name")
            return {
                record.id: (*self._get_cause(), self._get_values(record, names))
                for record in records
            }
        matched = self._get_matched(records)
        return {record.id: (*self._get_cause(), record.id in matched) for record in records}

    def _get_values(self, record, names):
        return [record[n].ids if record._fields[n].relational else record[n] for n in names]

    def _get_watched_fields(self):
        """Fields whose change can start it; None if any change can (computed or related)."""
        if self.field_ids:
            return set(self.field_ids.mapped("name"))
        model = self.env[self.model]
        names = set()
        for condition in self._get_domain().iter_conditions():
            path = condition.field_expr
            field = model._fields.get(path)
            if field is None or field.compute or field.related or not field.store:
                return None
            names.add(path)
        return names

    def _get_pending(self):
        """What happened in this transaction and is looked at before it is committed."""
        callbacks = self.env.cr.precommit
        if PENDING not in callbacks.data:
            callbacks.data[PENDING] = {"create": {}, "change": {}}
            callbacks.add(self.env(su=True, context={})["bpm.process.trigger"]._start_pending)
        return callbacks.data[PENDING]

    # ------------------------------------------------------------------ starting

    def _start_pending(self):
        """Start what the changes of this transaction ask for; never hinders them."""
        pending = self.env.cr.precommit.data.pop(PENDING, None) or {}
        for kind, triggers in pending.items():
            for trigger in self.browse(triggers).exists():
                if trigger.process_id.state == "published":
                    trigger._start_noted(triggers[trigger.id], kind)

    def _start_noted(self, noted, kind):
        self.env.flush_all()
        starts = {}
        with self._hindering_nobody():
            starts = self._get_starts(noted, kind)
        for (user_id, depth), records in starts.items():
            if depth >= MAX_CHAIN:
                self._report_circle()
                continue
            deeper = self.with_context(bpm_start_depth=own(depth + 1))
            deeper._start_each(records, kind, self.env["res.users"].browse(user_id))

    def _get_starts(self, noted, kind):
        """{(user id, depth): records on which to start}; what changed is flushed before."""
        records = self.env[self.model].browse(noted).exists()
        if kind == "change" and self.field_ids:
            names = self.field_ids.mapped("name")
            records = records.filtered(lambda r: self._get_values(r, names) != noted[r.id][-1])
        elif kind == "change":
            records = records.filtered(lambda r: not noted[r.id][-1])
        return self._select(records).grouped(lambda record: noted[record.id][:2])

    def _start_each(self, records, kind, starter=None, variables=None):
        """Start on each record; what fails becomes an incident, and hinders nobody.

        :param variables: first process variables.
        :return: whether it began on all of them; else on none.
        """
        self.ensure_one()
        process, begun = self.process_id, False
        if records is not None:
            records = self._get_free(records)
            if not records:
                return True
        with self._hindering_nobody():
            process._start_in_background(records, kind, starter, self.start_event, variables)
            begun = True
        return begun

    def _get_free(self, records):
        """Without those on which the process runs already and may run only once."""
        if not self.process_id.one_per_record:
            return records
        running = set(self.process_id._get_running(records))
        return records.filtered(lambda record: record.id not in running)

    # ------------------------------------------------------------------ at a time

    def _plan_next_run(self, now):
        """Move on to the moment after now, before anything is started: all or nothing."""
        self.next_run = self._get_next_run(now)

    def _get_next_run(self, now):
        """First moment after now in steps of the interval, at the same local time of day."""
        zone = pytz.timezone(self.process_id.owner_id.tz or "UTC")
        first = pytz.utc.localize(self.next_run).astimezone(zone).replace(tzinfo=None)
        if self.interval_type == "hours":
            step = timedelta(hours=max(self.interval_number, 1))
            return self.next_run + step * ((now - self.next_run) // step + 1)
        count = 0
        while True:
            count += max(self.interval_number, 1)
            local = first + relativedelta(**{self.interval_type: count})
            moment = zone.localize(local).astimezone(pytz.utc).replace(tzinfo=None)
            if moment > now:
                return moment


class BpmProcess(models.Model):
    _inherit = "bpm.process"

    def _start_in_background(self, records, kind, starter=None, start_event=None, variables=None):
        """Start although nobody waits for it: failing first steps become incidents."""
        variables = variables or {}
        self.ensure_one()
        self._check_in_use()
        instances = self._create_instances(records, kind, starter, start_event=start_event)
        self.env["bpm.log"].sudo()._append(instances._prepare_started_lines())
        for instance in instances:
            instance._advance(
                lambda execution: execution.start(variables, start_event or None),
                "start",
                fresh=True,
                keep=variables,
            )
