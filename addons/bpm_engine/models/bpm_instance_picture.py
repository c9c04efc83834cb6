from odoo import fields, models
from odoo.fields import Domain

from ..sight import FlowMap, Story
from .bpm_instance import OPEN_STATES
from .bpm_sight_words import duration_text, moment_text

HUMAN = ("task", "group")
LOG_FIELDS = (
    "element",
    "element_name",
    "element_type",
    "token",
    "event",
    "at",
    "user_id",
    "duration",
    "overdue",
    "outcome",
    "comment",
)


class BpmInstance(models.Model):
    """The picture of a running process and its history, for the web client."""

    _inherit = "bpm.instance"

    def get_sight(self, moment=None):
        """All that the form shows: sentence, diagram of its own version, marks, history.

        :param moment: UTC text; shows it as it stood then (HU-06), else as it is now
        :return: dict of plain values for the web client
        """
        self.ensure_one()
        self.check_access("read")
        at = fields.Datetime.to_datetime(moment) if moment else None
        told = self.sudo()
        rows = told._get_log_rows(at)
        story = Story(rows)
        return {
            "id": self.id,
            "state": self.state,
            "sentence": self._tell_next() if at is None else self._tell_then(story, at),
            "bpmn_xml": told.version_id.bpmn_xml or "",
            "version": told.version_id.display_name,
            "date_start": fields.Datetime.to_string(self.date_start),
            "date_end": fields.Datetime.to_string(self.date_end) or False,
            "moment": fields.Datetime.to_string(at) or False,
            **told._get_marks(story, at),
            "history": told._get_history(story, at),
            "process_id": self.process_id.id,
            "proposals": self.env["bpm.proposal"]._count_pinned(self.process_id),
        }

    def _get_log_rows(self, at) -> list[dict]:
        domain = Domain("instance_id", "=", self.id)
        if at:
            domain &= Domain("at", "<=", at)
        rows = self.env["bpm.log"].search(domain, order="id").read(LOG_FIELDS)
        return [{**row, "user_id": row["user_id"] and row["user_id"][1]} for row in rows]

    def _tell_then(self, story: Story, at) -> str:
        names = [f"“{row['element_name'] or row['element']}”" for row in story.standing]
        when = moment_text(self.env, at)
        if not names:
            return self.env._("On %(when)s nothing was open.", when=when)
        return self.env._("On %(when)s it stood at %(names)s.", when=when, names=", ".join(names))

    def _get_marks(self, story: Story, at) -> dict:
        """Marks of elements and passed flows as the diagram viewer takes them.

        :return: marks [{element, state: done, active, late or error, badge}], flows [ids]
        """
        is_open = at or self.state in OPEN_STATES
        live = [] if at else self._get_open_steps()
        standing = story.standing if is_open else []
        states = dict.fromkeys(story.done, "done")
        states |= dict.fromkeys([step["element"] for step in live if step["element"]], "active")
        states |= dict.fromkeys([row["element"] for row in standing], "active")
        late = self._get_late_elements(at)
        states |= {
            key: "late" for key, state in states.items() if state == "active" and key in late
        }
        if is_open:
            broken = [step["element"] for step in live if step["kind"] == "incident"]
            states |= dict.fromkeys([*story.failed, *broken], "error")
        marks = [
            {
                "element": element,
                "state": state,
                "badge": "" if state == "done" else self._get_badge(element, standing, live, at),
            }
            for element, state in states.items()
        ]
        flows = FlowMap.of(self.version_id.bpmn_xml).passed(story.steps)
        return {"marks": marks, "flows": flows}

    def _get_late_elements(self, at) -> set[str]:
        now = at or fields.Datetime.now()
        tasks = self.task_ids.filtered(
            lambda t: t.deadline
            and t.deadline < now
            and t.date_start <= now
            and (t.state == "todo" or (at and t.date_done and t.date_done > at))
        )
        return set(tasks.element_id.mapped("element_id"))

    def _get_badge(self, element: str, standing: list[dict], live: list[dict], at) -> str:
        """Who holds an element and since when."""
        now = at or fields.Datetime.now()
        words = [s["holder"] for s in live if s["element"] == element and s["kind"] in HUMAN]
        entered = [row["since"] for row in standing if row["element"] == element]
        if entered:
            words.append(duration_text(self.env, (now - min(entered)).total_seconds()))
        return " · ".join(dict.fromkeys(word for word in words if word))

    def _get_history(self, story: Story, at) -> list[dict]:
        """The timeline, newest last; names of outcomes and events in words."""
        labels = dict(self.env["bpm.log"]._fields["event"]._description_selection(self.env))
        outcomes = self._get_outcome_labels()
        holders = {} if at else {s["element"]: s["holder"] for s in self._get_open_steps()}
        quiet_ids = {line["id"] for line in story.timeline()}
        lines = []
        for line in story.timeline(quiet=True):
            named = outcomes.get(line["element"], {})
            line["quiet"] = line["id"] not in quiet_ids
            line["event"] = labels.get(line["state"], "")
            if line["state"] == "open":
                line["user"] = holders.get(line["element"]) or line["user"]
            line["took"] = duration_text(self.env, line["seconds"]) if line["until"] else ""
            line["at"] = fields.Datetime.to_string(line["at"])
            line["until"] = fields.Datetime.to_string(line["until"]) or False
            line["outcome"] = named.get(line["outcome"], line["outcome"])
            for decision in line["decisions"]:
                decision["label"] = named.get(decision["outcome"], decision["outcome"])
                decision["at"] = fields.Datetime.to_string(decision["at"])
            for note in line["notes"]:
                note["label"] = labels[note["event"]]
                note["at"] = fields.Datetime.to_string(note["at"])
            lines.append(line)
        return lines

    def _get_outcome_labels(self) -> dict[str, dict[str, str]]:
        return {
            element.element_id: {
                outcome.get("key"): outcome.get("label") or outcome.get("key")
                for outcome in (element.settings or {}).get("outcomes") or []
            }
            for element in self.version_id.element_ids
        }
