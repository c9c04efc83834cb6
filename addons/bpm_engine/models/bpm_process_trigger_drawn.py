from datetime import UTC

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine import EngineError
from ..engine.starts import Schedule, drawn_starts
from ..lib.own_context import INTERNAL, is_internal
from .bpm_engine_words import said

#: What a person may change of a start that is drawn; the drawing says the rest.
OPEN_FIELDS = {"active", "domain", "sequence"}


class BpmProcessTrigger(models.Model):
    """Starts that are drawn: message, signal and timer start events of the version in use.

    Publishing writes them, the next version replaces them. On which records a timer starts
    cannot be drawn: on a process with records it waits, switched off, until somebody says so;
    that choice goes on to the next version.
    """

    _inherit = "bpm.process.trigger"

    version_id = fields.Many2one(
        "bpm.process.version",
        string="Drawn In",
        ondelete="cascade",
        index="btree_not_null",
        readonly=True,
        copy=False,
        help="The version whose drawing says so; empty: entered here by hand.",
    )
    start_event = fields.Char(
        readonly=True, copy=False, help="Id of the start event at which the process begins."
    )
    timer = fields.Json(readonly=True, copy=False, help="The drawn timer: kind, text, basis.")
    first_run = fields.Datetime(
        readonly=True, copy=False, help="From here the days and months of a drawn timer count."
    )
    runs_left = fields.Integer(
        readonly=True,
        copy=False,
        aggregator=None,
        help="How often the drawn timer starts it yet; -1: without end.",
    )
    origin = fields.Char(compute="_compute_origin", string="From")

    @api.depends("version_id", "start_event")
    def _compute_origin(self):
        for trigger in self:
            drawn = self.env._("the drawing") if trigger.version_id else self.env._("this list")
            trigger.origin = drawn

    # ------------------------------------------------------------------ publishing

    @api.model
    def _replace_drawn(self, version, diagram):
        """The starts drawn in a version that is in use now, instead of the one before.

        A start that is drawn as before keeps its next moment, how often it has yet to start,
        its condition and whether it is on: publishing a corrected label does not begin a
        weekly rhythm anew.

        :raise UserError: a timer that gives no moment.
        """
        process = version.process_id
        drawn_before = [("process_id", "=", process.id), ("version_id", "!=", False)]
        old = self.sudo().with_context(active_test=False).search(drawn_before)
        known = {trigger._get_drawn_key(): trigger for trigger in old}
        rows = []
        for element in drawn_starts(diagram):
            values = self._prepare_drawn_values(version, element)
            before = known.get(self.new(values)._get_drawn_key())
            if before:
                values |= before._get_kept_values()
            elif element.event == "timer":
                values |= self._prepare_first_run(process, element.timer)
            rows.append(values)
        old.with_context(bpm_publishing=INTERNAL).unlink()
        return self.sudo().with_context(bpm_publishing=INTERNAL).create(rows)

    def _get_drawn_key(self):
        """What makes two drawn starts of different versions the same."""
        timer = self.timer and tuple(sorted(self.timer.items(), key=str))
        return self.start_event, self.kind, self.message_name, timer

    def _get_kept_values(self):
        names = ("active", "domain", "next_run", "first_run", "runs_left", "sequence")
        return {name: self[name] for name in names}

    @api.model
    def _prepare_drawn_values(self, version, element):
        kind = "time" if element.event == "timer" else element.event
        return {
            "process_id": version.process_id.id,
            "version_id": version.id,
            "start_event": element.id,
            "kind": kind,
            "message_name": element.event_name if kind != "time" else False,
            "timer": element.timer if kind == "time" else False,
            # A timer names no records: nobody wants a first version to start on all of them.
            "active": kind != "time" or not version.process_id.model,
        }

    @api.model
    def _prepare_first_run(self, process, timer):
        schedule = process._get_schedule(timer)
        try:
            first, count = schedule.first(fields.Datetime.now().replace(tzinfo=UTC))
        except EngineError as error:
            raise UserError(said(self.env, error)) from error
        moment = first and first.replace(tzinfo=None, microsecond=0)
        return {"first_run": moment, "next_run": moment, "runs_left": count}

    # ------------------------------------------------------------------ running

    def _plan_next_run(self, now):
        if not self.timer:
            return super()._plan_next_run(now)
        left = self.runs_left - 1 if self.runs_left > 0 else self.runs_left
        following = False
        if left:
            schedule = self.process_id._get_schedule(self.timer)
            aware = [moment.replace(tzinfo=UTC) for moment in (self.first_run, self.next_run, now)]
            following = schedule.following(*aware).replace(tzinfo=None, microsecond=0)
        self.with_context(bpm_publishing=INTERNAL).write({"next_run": following, "runs_left": left})

    # ------------------------------------------------------------------ keeping

    @api.model_create_multi
    def create(self, vals_list):
        """What belongs to the drawing is written by publishing only."""
        if not self._is_publishing():
            own = {"version_id", "start_event", "timer", "first_run", "runs_left"}
            vals_list = [{k: v for k, v in vals.items() if k not in own} for vals in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        """:raise UserError: a start that is drawn is changed where it is drawn."""
        drawn = self.filtered("version_id")
        if set(vals) - OPEN_FIELDS:
            drawn._refuse_drawn()
        result = super().write(vals)
        if vals.get("active") and not self._is_publishing():
            drawn._count_from_now()
        return result

    def _count_from_now(self):
        """A timer that was off when its moment came counts from being switched on."""
        now = fields.Datetime.now()
        for trigger in self.sudo().with_context(bpm_publishing=INTERNAL):
            if trigger.timer and trigger.next_run and trigger.next_run <= now:
                left = trigger.runs_left
                trigger.write(trigger._prepare_first_run(trigger.process_id, trigger.timer))
                trigger.runs_left = left

    def _is_publishing(self):
        return is_internal(self.env, "bpm_publishing")

    @api.ondelete(at_uninstall=False)
    def _unlink_except_drawn(self):
        self.filtered("version_id")._refuse_drawn()

    def _refuse_drawn(self):
        if self and not self._is_publishing():
            raise UserError(
                self.env._(
                    "“%s” is drawn as a start event: change it in a draft of the diagram, or "
                    "switch it off here.",
                    self[0].summary,
                )
            )

    def _describe(self):
        if not self.timer:
            return super()._describe()
        text = self.timer["text"]
        if self.timer.get("basis") == "working":
            text = self.env._("%s in working time", text)
        if self.model and self.active:
            some = self.domain and self.domain.strip() not in ("[]", "")
            which = self.env._("matching records") if some else self.env._("every record")
            return self.env._("timer %(timer)s, %(which)s", timer=text, which=which)
        if self.model:
            return self.env._("timer %s; choose the records, then switch it on", text)
        return self.env._("timer %s", text)


class BpmProcess(models.Model):
    _inherit = "bpm.process"

    def _get_schedule(self, timer):
        """When a drawn timer starts this process: days of its owner, hours of its company."""
        process = self.sudo()
        zone = pytz.timezone(process.owner_id.tz or "UTC")
        company = process.company_id or process.owner_id.company_id or self.env.company

        def working(moment, seconds):
            calendar = company.resource_calendar_id
            end = calendar and calendar.plan_hours(seconds / 3600, moment, compute_leaves=True)
            return end or moment

        return Schedule(timer, zone, working, *company._get_bpm_working_hours())


class BpmProcessVersion(models.Model):
    _inherit = "bpm.process.version"

    def _write_elements(self, diagram):
        """What the diagram says per element is also what starts it."""
        result = super()._write_elements(diagram)
        self.env["bpm.process.trigger"]._replace_drawn(self, diagram)
        return result
