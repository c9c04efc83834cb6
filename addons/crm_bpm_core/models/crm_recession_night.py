"""What the recession rules do in a night: outcomes first, then new alarms and calls."""

import logging
from datetime import timedelta

import psycopg2

from odoo import api, models

_logger = logging.getLogger(__name__)


class CrmRecessionRule(models.Model):
    _inherit = "crm.recession.rule"

    @api.model
    def _run_night(self, company, night, run=None):
        """Follow up open alarms and raise the new ones of this night.

        Idempotent: run twice for a night it raises nothing twice. When the feed
        of orders is down only outcomes are updated and nobody is called. A rule
        that fails is reported on the sweep and does not stop the others.
        :param company: the company whose ledger is looked at
        :param night: its calendar day; only ledger rows before it count
        :param run: the ``crm.nightly.run`` that errors are reported to, if any
        :return: dict(total=alarms found, created=calls planned, message=in words)
        """
        outcomes = self.env["crm.recession.alert"].sudo()._update_outcomes(company, night)
        words = [self._describe_outcomes(outcomes)] if any(outcomes.values()) else []
        if self._is_feed_dead(company, night, run):
            words.append(self.env._("no orders arrived: nobody is called"))
            return {"total": 0, "created": 0, "message": "; ".join(words)}
        total = created = 0
        for rule in self.sudo().search(self._get_night_domain(company), order="kind, sequence, id"):
            alerts = rule._run_rule_safely(night, run)
            called = len(alerts.filtered(lambda a: a.activity_call_id or a.process_instance_id))
            total, created = total + len(alerts), created + called
            if alerts:
                words.append(rule._describe_alarms(len(alerts), called))
        return {"total": total, "created": created, "message": "; ".join(words)}

    @api.model
    def _get_night_domain(self, company):
        return [("company_id", "=", company.id), ("state", "=", "on")]

    @api.model
    def _is_feed_dead(self, company, night, run):
        if run and run.feed_dead:
            return True
        return self.env["crm.order.calendar"]._is_feed_dead(company, night - timedelta(days=1))

    def _run_rule_safely(self, night, run):
        try:
            with self.env.cr.savepoint():
                return self._run_rule(night, run)
        except psycopg2.OperationalError:
            # Serialization and lost connections: the whole stage is to be repeated.
            raise
        except Exception as error:
            _logger.exception("Recession rule %s failed in the night %s", self.id, night)
            self.env.invalidate_all()
            self._report_issue(run, error)
            return self.env["crm.recession.alert"]

    def _report_issue(self, run, error):
        if run:
            message = self.env._(
                "Recession rule %(rule)s was skipped: %(error)s",
                rule=self.name,
                error=str(error).strip().split("\n")[0],
            )
            self.env["crm.nightly.run.issue"].sudo().create(
                {"run_id": run.id, "stage": "recession", "message": message}
            )

    def _run_rule(self, night, run=None):
        """Raise this rule's alarms of the night; returns the alarms."""
        self.ensure_one()
        Alert = self.env["crm.recession.alert"].with_context(tracking_disable=True)
        if not self._is_due(night):
            return Alert
        self.write({"first_night": self.first_night or night, "last_night": night})
        found = self._detect(night)
        if self.first_night == night:
            found = self._keep_recent_apart(found, night)
        alerts = Alert.create([self._prepare_alert_values(row, night) for row in found])
        to_call = self._choose_calls(alerts, found)
        to_call._plan_calls(night, run, {row["partner_id"]: row["overdue"] for row in found})
        return alerts

    def _keep_recent_apart(self, found, night):
        """Tell who crossed the limit lately.

        A silence knows it by itself; a fall in volume is recent when the rule
        would not have found it one activation window ago.
        """
        if found and self.kind == "volume":
            before = self._detect(night - timedelta(days=self.activation_window_days))
            known = {row["partner_id"] for row in before}
            for row in found:
                row["recent"] = row["partner_id"] not in known
        return found

    def _choose_calls(self, alerts, found):
        """Which new alarms become calls: the dearest, up to the daily limit.

        On the first night (and when it is repeated) only the recent ones.
        """
        first_night = self.first_night == self.last_night
        chosen = [
            alert.id
            for alert, row in zip(alerts, found, strict=True)
            if row["recent"] or not first_night
        ]
        if self.daily_limit:
            called = alerts.search_count(
                [
                    ("rule_id", "=", self.id),
                    ("alarm_date", "=", self.last_night),
                    "|",
                    ("activity_call_id", "!=", False),
                    ("process_instance_id", "!=", False),
                ]
            )
            chosen = chosen[: max(0, self.daily_limit - called)]
        return alerts.browse(chosen)

    def _prepare_alert_values(self, row, night):
        known = self.env["crm.recession.alert"]._fields
        values = {name: value for name, value in row.items() if name in known}
        return {
            **values,
            "company_id": self.company_id.id,
            "rule_id": self.id,
            "alarm_date": night,
            "state": "listed",
        }

    @api.model
    def _describe_outcomes(self, outcomes):
        return self.env._(
            "%(resumed)s ordered again, %(lost)s lost, %(paused)s paused",
            resumed=outcomes["resumed"],
            lost=outcomes["lost"],
            paused=outcomes["paused"],
        )

    def _describe_alarms(self, found, called):
        return self.env._(
            "%(rule)s: %(found)s alarms, %(called)s calls, %(listed)s listed",
            rule=self.name,
            found=found,
            called=called,
            listed=found - called,
        )
