"""Early, standard or strict: compared on the company's own history."""

from datetime import timedelta
from statistics import median

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .crm_recession_rule import SENSITIVITY_FACTORS

#: A customer stayed away when fewer of his usual order days than this follow an alarm.
LOSS_SHARE = 0.30
SHORT_HORIZON, LONG_HORIZON = 56, 91
SHORT_GAP_DAYS = 21


class CrmRecessionRule(models.Model):
    _inherit = "crm.recession.rule"

    def get_sensitivity_comparison(self, weeks=52):
        """What early, standard and strict would have brought on the own ledger.

        Plays the silence rule over the last ``weeks`` weeks at all three
        sensitivities (and the rule's own factor) in one pass and compares with
        what customers did afterwards. An alarm is right when the customer
        really stayed away: fewer than 30 % of his usual order days in the next
        56 days (91 where his usual gap exceeds 21 days). A past loss is an
        order day of a regular customer after which the same holds.

        :param weeks: length of the period judged, counted back from the last order
        :return: dict with ``date_from``, ``date_to``, ``customers``, ``example`` and
            ``choices``, a list of dicts: ``sensitivity``, ``factor``, ``alarms``,
            ``calls_per_week``, ``calls_per_day``, ``weeks`` (list of {week, calls}),
            ``judged``, ``stayed_away``, ``stayed_away_share`` (%), ``losses``,
            ``caught``, ``caught_share`` (%), ``delay_median`` (days from the last order
            to the alarm), ``early_median`` (days the alarm came before the loss would
            have been plain), ``sentence``
        """
        self.ensure_one()
        self.check_access("write")
        if self.kind != "silence":
            raise UserError(
                self.env._("Early, standard and strict are compared for rules about silence.")
            )
        if not 4 <= weeks <= 260:
            raise UserError(self.env._("Choose a period of 4 to 260 weeks."))
        self.env.flush_all()
        rule = self.sudo()
        date_to = rule._get_last_ledger_day()
        if not date_to:
            return {"date_from": False, "date_to": False, "customers": 0, "choices": []}
        date_from = date_to - timedelta(days=7 * weeks - 1)
        alarms, losses, customers = rule._replay_silences(date_from, date_to)
        example = rule._get_example_customer(date_to)
        return {
            "date_from": date_from.isoformat(),
            "date_to": date_to.isoformat(),
            "customers": customers,
            "current": rule.sensitivity,
            "example": example and example["name"],
            "choices": [
                rule._prepare_choice(name, factor, alarms, losses, date_from, weeks, example)
                for name, factor in rule._get_compared_factors().items()
            ],
        }

    def _get_compared_factors(self):
        if self.sensitivity == "custom":
            return {**SENSITIVITY_FACTORS, "custom": self.factor}
        return dict(SENSITIVITY_FACTORS)

    def _get_last_ledger_day(self):
        query = SQL("SELECT max(day) FROM crm_order_day WHERE company_id = %s", self.company_id.id)
        return self.env.execute_query(query)[0][0]

    # ------------------------------------------------------------------
    # Set-based replay
    # ------------------------------------------------------------------
    def _replay_silences(self, date_from, date_to):
        """All alarms and losses of the period; (alarms, losses, regular customers).

        Works in temporary tables: one pass of window functions over the ledger
        gives each order day the rhythm known then and the next order day.
        """
        self._make_silence_table(date_from, date_to)
        alarms = self._get_past_alarms(date_from, date_to)
        losses = self._get_past_losses(date_from, date_to)
        customers = self.env.execute_query(
            SQL("SELECT count(DISTINCT partner_id) FROM crm_recession_silence WHERE regular")
        )[0][0]
        self.env.cr.execute("DROP TABLE crm_recession_silence, crm_recession_calendar")
        return alarms, losses, customers

    def _make_silence_table(self, date_from, date_to):
        """One row an order day: rhythm known then, next order day, order days to come."""
        first = date_from - timedelta(days=self.lookback_days + LONG_HORIZON)
        self.env.cr.execute(
            SQL(
                """
                CREATE TEMPORARY TABLE crm_recession_calendar ON COMMIT DROP AS
                %(calendar)s;
                CREATE TEMPORARY TABLE crm_recession_silence ON COMMIT DROP AS
                SELECT *, order_days >= %(min_order_days)s AND day - first_day >= %(min_tenure)s
                          AND gap <= %(max_gap)s AS regular,
                       norm_order_days::float / (day - norm_first_day + 1) AS rate
                  FROM (
                    SELECT rows.*, last.upto,
                           (last.upto - first.upto) / NULLIF(order_days - 1, 0) AS gap
                      FROM (
                        SELECT partner_id, day,
                               lead(day) OVER partner AS next_day,
                               row_number() OVER partner AS number,
                               count(*) OVER lookback AS order_days,
                               min(day) OVER lookback AS first_day,
                               count(*) OVER norm AS norm_order_days,
                               min(day) OVER norm AS norm_first_day,
                               count(*) OVER short AS short_order_days,
                               count(*) OVER long AS long_order_days
                          FROM crm_order_day
                         WHERE company_id = %(company)s AND day >= %(first)s AND day <= %(last)s
                           AND order_count > 0
                        WINDOW partner AS (PARTITION BY partner_id ORDER BY day),
                               lookback AS (partner RANGE BETWEEN %(lookback)s PRECEDING
                                            AND CURRENT ROW),
                               norm AS (partner RANGE BETWEEN '181 days' PRECEDING
                                        AND CURRENT ROW),
                               short AS (partner RANGE BETWEEN '1 day' FOLLOWING
                                         AND '56 days' FOLLOWING),
                               long AS (partner RANGE BETWEEN '1 day' FOLLOWING
                                        AND '91 days' FOLLOWING)
                      ) rows
                      JOIN crm_recession_calendar last ON last.day = rows.day
                      JOIN crm_recession_calendar first ON first.day = rows.first_day
                  ) rhythm;
                ANALYZE crm_recession_silence
                """,
                calendar=self._get_calendar_sql(first, date_to),
                company=self.company_id.id,
                first=first,
                last=date_to,
                lookback=timedelta(days=self.lookback_days - 1),
                min_order_days=self.min_order_days,
                min_tenure=self.min_tenure_days,
                max_gap=self.max_gap_days,
            )
        )

    def _get_past_alarms(self, date_from, date_to):
        """One row a sensitivity and silence beyond its limit: when, and what followed.

        ``width_bucket`` finds in the summed-up calendar the day on which the
        silence crossed its limit; the alarm is raised in the night after it.
        """
        factors = self._get_compared_factors()
        return self.env.execute_query_dict(
            SQL(
                """
                WITH ladder AS (
                    SELECT array_agg(upto ORDER BY day) AS rungs, min(day) AS first_day,
                           max(upto) AS top
                      FROM crm_recession_calendar
                ),
                crossed AS (
                    SELECT name, partner_id, silence.day, next_day, gap, rate,
                           ladder.first_day + width_bucket(
                               silence.upto + factor * sqrt(7 * greatest(gap, 1)),
                               ladder.rungs) + 1 AS alarm_date
                      FROM crm_recession_silence silence
                CROSS JOIN unnest(%(names)s, %(factors)s::float[]) AS choice(name, factor)
                CROSS JOIN ladder
                     WHERE regular
                       AND COALESCE(next_day, %(end)s) - silence.day
                           > factor * sqrt(7 * greatest(gap, 1))
                       AND silence.upto + factor * sqrt(7 * greatest(gap, 1)) < ladder.top
                ),
                alarm AS (
                    SELECT *, lag(alarm_date) OVER (PARTITION BY name, partner_id ORDER BY day)
                              AS previous
                      FROM crossed
                     WHERE alarm_date <= COALESCE(next_day, %(end)s)
                )
                SELECT name, alarm.partner_id, alarm.day AS last_day, alarm_date, gap,
                       span.horizon, alarm_date + span.horizon <= %(last)s AS judged,
                       future.order_days < %(share)s * rate * span.horizon AS stayed_away
                  FROM alarm
            CROSS JOIN LATERAL (
                    SELECT CASE WHEN gap <= %(short_gap)s THEN %(short)s ELSE %(long)s END
                           AS horizon
                  ) span
            CROSS JOIN LATERAL (
                    SELECT count(*) AS order_days
                      FROM crm_order_day d
                     WHERE d.company_id = %(company)s AND d.partner_id = alarm.partner_id
                       AND d.day >= alarm_date AND d.day < alarm_date + span.horizon
                       AND d.order_count > 0
                  ) future
                 WHERE alarm_date BETWEEN %(begin)s AND %(last)s
                   AND (previous IS NULL OR alarm_date - previous >= %(cooldown)s)
              ORDER BY alarm_date
                """,
                names=list(factors),
                factors=list(factors.values()),
                begin=date_from,
                last=date_to,
                end=date_to + timedelta(days=1),
                company=self.company_id.id,
                share=LOSS_SHARE,
                short=SHORT_HORIZON,
                long=LONG_HORIZON,
                short_gap=SHORT_GAP_DAYS,
                cooldown=self.cooldown_days,
            )
        )

    def _get_past_losses(self, date_from, date_to):
        """Order days of regular customers that were the last normal ones."""
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT partner_id, day, number, gap, rate, horizon, following
                  FROM (
                    SELECT partner_id, day, number, gap, rate,
                           CASE WHEN gap <= %(short_gap)s THEN %(short)s ELSE %(long)s END
                              AS horizon,
                           CASE WHEN gap <= %(short_gap)s THEN short_order_days
                                ELSE long_order_days END AS following
                      FROM crm_recession_silence
                     WHERE regular
                  ) silence
                 WHERE following < %(share)s * rate * horizon AND day >= %(begin)s
                   AND day + horizon <= %(last)s
              ORDER BY partner_id, day
                """,
                short_gap=SHORT_GAP_DAYS,
                short=SHORT_HORIZON,
                long=LONG_HORIZON,
                share=LOSS_SHARE,
                begin=date_from,
                last=date_to,
            )
        )
        return [self._choose_onset(run) for run in self._group_losses(rows)]

    @api.model
    def _group_losses(self, rows):
        """Order days within one horizon (the last regular ones, stragglers) are one loss."""
        runs = []
        for row in rows:
            first = runs and runs[-1][0]
            if (
                first
                and first["partner_id"] == row["partner_id"]
                and (row["day"] - first["day"]).days <= first["horizon"]
            ):
                runs[-1].append(row)
            else:
                runs.append([row])
        return runs

    @api.model
    def _choose_onset(self, run):
        """The order day of a loss after which the most is missing, in usual swings."""
        first = run[0]
        end = first["day"] + timedelta(days=first["horizon"])

        def swings(row):
            days = (end - row["day"]).days
            followed = first["following"] - (row["number"] - first["number"])
            return (days - followed / first["rate"]) / days**0.5 if days > 0 else 0

        return max(run, key=lambda row: (swings(row), row["day"]))

    # ------------------------------------------------------------------
    # Words and figures
    # ------------------------------------------------------------------
    def _prepare_choice(self, name, factor, alarms, losses, date_from, weeks, example):
        own = [row for row in alarms if row["name"] == name]
        judged = [row for row in own if row["judged"]]
        stayed = sum(row["stayed_away"] for row in judged)
        delays, early = self._match_losses(own, losses)
        calls = [0] * weeks
        for row in own:
            calls[(row["alarm_date"] - date_from).days // 7] += 1
        return {
            "sensitivity": name,
            "label": dict(self._fields["sensitivity"]._description_selection(self.env))[name],
            "factor": factor,
            "alarms": len(own),
            "calls_per_week": self._round_rate(len(own) / weeks),
            "calls_per_day": self._round_rate(len(own) / weeks / 5),
            "weeks": [
                {"week": (date_from + timedelta(days=7 * index)).isoformat(), "calls": number}
                for index, number in enumerate(calls)
            ],
            "judged": len(judged),
            "stayed_away": stayed,
            "stayed_away_share": round(100 * stayed / len(judged)) if judged else 0,
            "losses": len(losses),
            "caught": len(delays),
            "caught_share": round(100 * len(delays) / len(losses)) if losses else 0,
            "delay_median": round(median(delays)) if delays else False,
            "early_median": round(median(early)) if early else False,
            "sentence": example and self._say_example(example, factor),
        }

    @api.model
    def _round_rate(self, rate):
        """One decimal, two where there are few calls: 0.02 is not none."""
        return round(rate, 1 if rate >= 1 else 2)

    @api.model
    def _match_losses(self, alarms, losses):
        """For each loss that an alarm fell into: days until it, days before it was plain."""
        by_partner = {}
        for row in alarms:
            by_partner.setdefault(row["partner_id"], []).append(row["alarm_date"])
        delays, early = [], []
        for loss in losses:
            days = (
                (day - loss["day"]).days
                for day in by_partner.get(loss["partner_id"], ())
                if 0 < (day - loss["day"]).days <= loss["horizon"]
            )
            delay = min(days, default=None)
            if delay is not None:
                delays.append(delay)
                early.append(loss["horizon"] - delay)
        return delays, early

    def _get_example_customer(self, date_to):
        """The dearest customer whose rhythm is next to weekly, to show sentences with."""
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT partner_id, (max(day) - min(day))::float / (count(*) - 1) AS gap
                  FROM crm_order_day
                 WHERE company_id = %s AND day > %s AND day <= %s AND order_count > 0
              GROUP BY partner_id
                HAVING count(*) >= %s AND max(day) - min(day) >= %s
                   AND (max(day) - min(day))::float / (count(*) - 1) <= %s
              ORDER BY round(abs((max(day) - min(day))::float / (count(*) - 1) - 7)),
                       sum(amount) DESC, partner_id
                 LIMIT 1
                """,
                self.company_id.id,
                date_to - timedelta(days=self.lookback_days),
                date_to,
                self.min_order_days,
                self.min_tenure_days,
                self.max_gap_days,
            )
        )
        if not rows:
            return None
        partner = self.env["res.partner"].browse(rows[0]["partner_id"])
        return {"name": partner.display_name, "gap": rows[0]["gap"]}

    def _say_example(self, example, factor):
        waited = int(factor * (7 * max(example["gap"], 1)) ** 0.5)
        return self.env._(
            "%(customer)s orders every %(gap)s days. Such a customer is waited for %(waited)s "
            "days: after %(silent)s days without an order his manager is asked to call.",
            customer=example["name"],
            gap=self.env["crm.recession.alert"]._say_number(example["gap"]),
            waited=waited,
            silent=waited + 1,
        )
