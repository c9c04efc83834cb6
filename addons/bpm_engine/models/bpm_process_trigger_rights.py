import logging
from contextlib import contextmanager
from datetime import timedelta

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import html2plaintext

from .bpm_engine_words import said
from .bpm_instance_host import RETRIED, CircleError

_logger = logging.getLogger(__name__)

#: The same failure of a start is told to the owner once in this time.
TOLD_AGAIN = timedelta(days=1)


class BpmProcessTrigger(models.Model):
    """As whom a start looks at records, and what becomes of it when it may not."""

    _inherit = "bpm.process.trigger"

    # ------------------------------------------------------------------ whose rights

    def _get_actor(self):
        """Whose rights the start has; who has none acts as the public user."""
        process = self.process_id
        return process.run_as_user_id or process.owner_id or self.env.ref("base.public_user")

    def _get_model(self):
        """Model of its records, with the rights and companies the process acts with."""
        user = self._get_actor()
        model = self.env(user=user.id, su=False)[self.model]
        return model.with_context(allowed_company_ids=user.company_ids.ids)

    @api.constrains("kind", "active", "process_id")
    def _check_actor_may_read(self):
        """A start of a process in use that could only ever fail is not switched on."""
        for trigger in self.sudo().filtered(lambda t: t.active and t.model):
            if trigger.process_id.state != "published":
                continue
            if not trigger._has_access():
                raise ValidationError(trigger._describe_no_access())

    def _describe_no_access(self):
        return self.env._(
            "“%(process)s” is to start by itself on %(model)s, which %(user)s may not read. "
            "Choose 'Actions Run As' with access to them, or another owner.",
            process=self.process_id.name,
            model=self.env["ir.model"]._get(self.model).name,
            user=self._get_actor().name,
        )

    # ------------------------------------------------------------------ which records

    def _get_company_domain(self):
        """A process of one company starts on its records and on those of none."""
        company = self.process_id.company_id
        field = self.env[self.model]._fields.get("company_id")
        if not company or field is None or not field._description_searchable:
            return Domain.TRUE
        return Domain("company_id", "in", (False, company.id))

    def _select(self, records):
        """Those of the records that match, with the rights the process acts with."""
        self.ensure_one()
        if not records:
            return records
        domain = Domain("id", "in", records.ids) & self._get_domain() & self._get_company_domain()
        model = self._get_model().with_context(active_test=False)
        return records.browse(model.search(domain, order="id").ids)

    def _find_records(self, among=Domain.TRUE, limit=None, order="id"):
        """Records that match, with the rights the process acts with.

        :param among: domain: only of these.
        """
        domain = self._get_domain() & self._get_company_domain() & among
        found = self._get_model().search(domain, limit=limit, order=order)
        return self.env[self.model].browse(found.ids)

    def _get_matched(self, records):
        """Ids of the records that match before a change.

        Without the right to look none does: whoever changes them is not hindered, and the
        owner is told when the start is looked at, at the end of the transaction.
        """
        try:
            return set(self._select(records).ids)
        except (UserError, ValueError, KeyError):
            return set()

    # ------------------------------------------------------------------ failures

    @contextmanager
    def _hindering_nobody(self):
        """What fails is undone and told to the owner: others go on with what they did."""
        try:
            with self.env.cr.savepoint():
                yield
        except (*RETRIED, CircleError):
            raise
        except UniqueViolation:
            _logger.info("Process %s was started by somebody else just now", self.process_id.key)
        except Exception as error:
            _logger.exception("Process %s could not start", self.process_id.key)
            self._report_failure(error)

    def _report_failure(self, error):
        """Tell the owner that a start failed before there was anything to repair."""
        process = self.process_id
        if not self._has_access():
            error = self._describe_no_access()
        text = self.env._(
            "“%(name)s” could not start: %(error)s",
            name=process.name,
            error=said(self.env, error) or type(error).__name__,
        )
        if self._is_told(text):
            return
        process.message_post(
            body=text,
            partner_ids=process.owner_id.partner_id.ids,
            author_id=self.env.ref("base.partner_root").id,
        )

    def _has_access(self):
        """Whether the process may read the records it is to start on."""
        return self.model not in self.env or self._get_model().has_access("read")

    def _may_look(self):
        """Whether it may read its records; else its owner is told, and no sender hindered."""
        if self._has_access():
            return True
        self._report_failure(UserError(self._describe_no_access()))
        return False

    def _is_told(self, text):
        """Whether it was told lately: a thousand saved records are not a thousand notes."""
        found = self.env["mail.message"].search(
            [
                ("model", "=", "bpm.process"),
                ("res_id", "=", self.process_id.id),
                ("author_id", "=", self.env.ref("base.partner_root").id),
                ("date", ">", fields.Datetime.now() - TOLD_AGAIN),
            ],
            limit=20,
        )
        plain = " ".join(text.split())
        return any(" ".join(html2plaintext(one.body).split()) == plain for one in found)

    def _report_circle(self):
        self._report_failure(
            UserError(
                self.env._(
                    "its actions change records whose change starts it again, without end. "
                    "Narrow the condition of its start."
                )
            )
        )


class BpmProcessVersion(models.Model):
    _inherit = "bpm.process.version"

    def _after_publish(self, older):
        """Starts entered while the process was no more than a draft are looked at now."""
        result = super()._after_publish(older)
        self.env["bpm.process.trigger"].sudo().search(
            [("process_id", "=", self.process_id.id)]
        )._check_actor_may_read()
        return result
