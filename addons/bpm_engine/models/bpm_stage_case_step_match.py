from collections import defaultdict

from odoo import models


class BpmRegulationStep(models.Model):
    _inherit = "bpm.regulation.step"

    def _get_all_names(self):
        """{id: names in all languages}: people of several languages work on one record."""
        self.flush_recordset(["name"])
        self.env.cr.execute(
            "SELECT id, name FROM bpm_regulation_step WHERE id = ANY(%s)", [self.ids]
        )
        return {id_: set(names.values()) for id_, names in self.env.cr.fetchall()}

    def _get_words_for(self, user):
        """What the activity of this step says, in the language of whoever has it."""
        step = self.with_context(lang=user.lang or self.env.lang)
        return {"summary": step.name, "note": step.instruction}

    def _find_row(self, rows, names):
        """This step among those of a record: by its key, else by name, of the same kind (LV-12).

        An approval is no activity that somebody did under the same key.

        :param names: of all these steps, as :meth:`_get_all_names` gives them.
        """
        alike = rows.filtered(lambda row: row.kind == self.kind)
        by_key = alike.filtered(lambda row: row.key == self.key)
        own = names.get(self.id, set())
        by_name = alike.filtered(lambda row: own & {row.name, *names.get(row.step_id.id, ())})
        return (by_key or by_name)[:1]


class BpmStageCaseStep(models.Model):
    """Which step of another wording a step of a record is, whatever language it was made in."""

    _inherit = "bpm.stage.case.step"

    def _get_name(self):
        """Its name in the language of whoever reads, not of whoever moved the record."""
        return self.step_id.name or self.name

    def _match(self, steps):
        """{step of a wording, empty for none: these that are the same step there}.

        By key and kind; else by kind and name, rather at the same stage.
        """
        by_key = {(step.key, step.kind): step for step in steps}
        by_name, names = {}, (steps | self.step_id)._get_all_names()
        for step in steps:
            for name in names[step.id]:
                by_name[step.kind, name] = by_name[step.kind, name, step.stage_id.value] = step
        groups = defaultdict(self.browse)
        alike = self.grouped(lambda row: (row.key, row.kind, row.name, row.step_id, row.stage_id))
        for (key, kind, name, former, stage), rows in alike.items():
            said = (name, *names.get(former.id, ()))
            places = [(kind, each, stage.value) for each in said]
            places += [(kind, each) for each in said]
            step = by_key.get((key, kind)) or next(
                (by_name[place] for place in places if place in by_name), steps.browse()
            )
            groups[step] |= rows
        return groups
