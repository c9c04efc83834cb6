import logging

from odoo import models

from .bpm_instance_host import RETRIED

_logger = logging.getLogger(__name__)


class BpmTask(models.Model):
    """Telling of many tasks: one that cannot be told of stops no other (HU-24)."""

    _inherit = "bpm.task"

    def _apart(self, act):
        """Do something about these tasks; if it fails, about each of them by itself.

        What fails even so is undone and stays marked as done: it is not tried each time anew.

        :param act: function of the tasks.
        """
        try:
            self._undo_if_it_fails(act)
            return
        except RETRIED:
            raise
        except Exception:
            _logger.info("Tasks %s are told of one by one", self.ids, exc_info=True)
        for task in self:
            try:
                # Read alone: a name that fails would fail for all that are read together.
                task.with_prefetch()._undo_if_it_fails(act)
            except RETRIED:
                raise
            except Exception:
                _logger.exception("Nobody could be told of the deadline of task %s", task.id)

    def _undo_if_it_fails(self, act):
        with self.env.cr.savepoint():
            act(self)
