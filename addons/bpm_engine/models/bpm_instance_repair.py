import logging
from collections import Counter

from odoo import models

from ..lib.own_context import own
from ..lib.reader import keeping_env, reader_env
from .bpm_engine_words import said
from .bpm_instance_host import RETRIED, StepError

_logger = logging.getLogger(__name__)

#: So many failures of one element are each found by taking the step again.
MAX_APART = 5


class BpmInstance(models.Model):
    """Steps that nobody waits for: what fails becomes an incident that can be repaired."""

    _inherit = "bpm.instance"

    def _advance(self, act, kind, actor=None, fresh=False):
        """Take a step in the background: keep all that works, stop where it fails.

        A service that fails is left open as an incident of its own, all before it and beside
        it is kept: of "for each customer: send" only the customer without an address waits.
        Each failure makes the step be taken again without it, so an element of which many
        fail is left open altogether: what is sound of it then runs in the background. What is
        no service (a condition, an endless loop) undoes the whole step, which can then be
        taken again.

        :param act: function of the engine's execution.
        :param kind: kind of bpm.job that repeats the step: start, timer.
        :return: whether the step was taken, with or without incidents.
        """
        self.ensure_one()
        errors = {}
        while True:
            instance = self.with_context(bpm_parked_errors=own(dict(errors)))
            try:
                with self.env.cr.savepoint():
                    parked = self._get_left_open(errors)
                    instance._step(act, parked=parked, fresh=fresh, actor=actor)
                return True
            except RETRIED:
                raise
            except Exception as error:
                place = getattr(error, "place", None)
                if place is None or place in errors:
                    self._fail_step(error, kind)
                    return False
                errors[place] = said(self.env, error)

    def _get_left_open(self, errors):
        """What a step does not run because it failed before: places, and whole elements."""
        failures = Counter((place.process, place.element) for place in errors)
        return {*errors, *(one for one, count in failures.items() if count >= MAX_APART)}

    def _fail_step(self, error, kind):
        """Note that a whole step failed; it can be taken again once its cause is removed."""
        element = getattr(error, "element", None)
        if not isinstance(error, StepError):
            _logger.exception("Process instance %s: a step failed", self.id)
        found = self._get_element(element) if element else self.env["bpm.element"]
        job = self.env["bpm.job"].sudo().search(
            [("instance_id", "=", self.id), ("kind", "=", kind), ("state", "=", "incident")],
            limit=1,
        ) or self.env["bpm.job"].sudo().create(
            {
                "instance_id": self.id,
                "kind": kind,
                "token": kind,
                "element_id": found.id,
                "element_name": found.name or element or self.env._("Start"),
            }
        )
        env = keeping_env(self.env, self.process_id)
        job._set_incident(said(env, error) or type(error).__name__)

    def _set_incident(self, message, element=None):
        """Stop the clock of the instance and tell the owner of its process.

        Open tasks of other branches can still be done; timers wait for the repair.
        """
        for instance in self.sudo():
            instance.write({"state": "incident", "error": message})
            instance._log("error", element, comment=message)
            instance._tell_owner(message)

    def _tell_owner(self, message):
        """A message to the person who answers for the process."""
        owner = self.process_id.owner_id
        if owner:
            self.message_post(
                body=reader_env(self.env, owner)._(
                    "%(name)s has stopped: %(error)s\nOpen the list of incidents to retry, skip "
                    "or cancel the step.",
                    name=self.name,
                    error=message,
                ),
                partner_ids=owner.partner_id.ids,
                author_id=self.env.ref("base.partner_root").id,
                subtype_xmlid="mail.mt_note",
            )

    def _leave_incident(self):
        """Go on once nothing of the instance is broken any more."""
        for instance in self.sudo().filtered(lambda i: i.state == "incident"):
            if not instance.job_ids.filtered(lambda job: job.state == "incident"):
                instance.write({"state": "running", "error": False})
                if instance.next_due:
                    instance._wake_timers(instance.next_due)
