import logging
from collections import Counter

from odoo import models

from ..lib.own_context import get_own, own
from ..lib.reader import keeping_env, reader_env
from .bpm_engine_words import said
from .bpm_instance_host import RETRIED, CircleError, StepError

_logger = logging.getLogger(__name__)

#: So many failures of one element are each found by taking the step again.
MAX_APART = 5


class BpmInstance(models.Model):
    """Steps that nobody waits for: what fails becomes an incident that can be repaired."""

    _inherit = "bpm.instance"

    def _advance(self, act, kind, actor=None, fresh=False, keep=None):
        """Take a step in the background: keep all that works, stop where it fails.

        A service that fails is left open as an incident of its own, all before it and beside
        it is kept: of "for each customer: send" only the customer without an address waits.
        Each failure makes the step be taken again without it, so an element of which many
        fail is left open altogether: what is sound of it then runs in the background. What is
        no service (a condition, an endless loop) undoes the whole step, which can then be
        taken again.

        :param act: function of the engine's execution.
        :param kind: kind of bpm.job that repeats the step: start, timer, event.
        :param keep: what the repetition needs to know, see _fail_step().
        :return: whether the step was taken, with or without incidents.
        :raise CircleError: it is one of many that messages cause without end.
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
                if isinstance(error, CircleError) and get_own(self.env, "bpm_message_depth", 0):
                    raise
                place = getattr(error, "place", None)
                if place is None or place in errors:
                    self._fail_step(error, kind, keep)
                    return False
                errors[place] = said(self.env, error)

    def _get_left_open(self, errors):
        """What a step does not run because it failed before: places, and whole elements."""
        failures = Counter((place.process, place.element) for place in errors)
        return {*errors, *(one for one, count in failures.items() if count >= MAX_APART)}

    def _fail_step(self, error, kind, keep=None):
        """Note that a whole step failed; it can be taken again once its cause is removed.

        :param keep: plain values that the repetition needs: first variables of a start; kind,
            name and payload of a message or signal, which wait in the order they came.
        """
        element = getattr(error, "element", None)
        if not isinstance(error, StepError):
            _logger.exception("Process instance %s: a step failed", self.id)
        message = said(keeping_env(self.env, self.process_id), error) or type(error).__name__
        job = self._find_failed_step(kind)
        known = job.error == message
        if not job:
            job = job.create(self._prepare_failed_step(kind, element, keep))
        if keep:
            job.variables = [*(job.variables or []), keep] if kind == "event" else keep
        if not known:
            job._set_incident(message)

    def _find_failed_step(self, kind):
        """The incident of whole steps of a kind: there is one, however often they fail."""
        domain = [("instance_id", "=", self.id), ("kind", "=", kind), ("state", "=", "incident")]
        return self.env["bpm.job"].sudo().search(domain, limit=1)

    def _prepare_failed_step(self, kind, element, keep):
        found = self._get_element(element) if element else self.env["bpm.element"]
        heard = keep[1] if kind == "event" else None
        return {
            "instance_id": self.id,
            "kind": kind,
            "token": kind,
            "element_id": found.id,
            "element_name": found.name or element or heard or self.env._("Start"),
        }

    def _set_incident(self, message, element=None):
        """Stop the clock of the instance and tell the owner of its process.

        Open tasks of other branches can still be done; timers wait for the repair. What is
        suspended stays so, and is an incident when it is resumed.
        """
        for instance in self.sudo():
            stopped = instance.state == "suspended"
            instance.write({"error": message} | ({} if stopped else {"state": "incident"}))
            instance._log("error", element, comment=message)
            instance._tell_owner(message)

    def _tell_owner(self, message):
        """A message to the person who answers for the process.

        That it cannot be told (whatever mail stumbles over) does not undo what it tells of.
        """
        owner = self.process_id.owner_id
        if not owner:
            return
        try:
            with self.env.cr.savepoint():
                self._post_stopped(owner, message)
        except RETRIED:
            raise
        except Exception:
            _logger.exception("Process instance %s: its owner could not be told", self.id)

    def _post_stopped(self, owner, message):
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
