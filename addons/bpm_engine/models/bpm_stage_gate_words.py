from odoo import models

#: So many refused records are described in an error; the rest are counted.
DESCRIBED = 20


class BpmStageGate(models.AbstractModel):
    """What the gate says to people."""

    _inherit = "bpm.stage.gate"

    def _describe(self, move):
        names = {stage.value: stage.name for stage in move.version.stage_ids}
        return {
            "id": move.record.id,
            "name": move.record.display_name,
            "model": move.record._name,
            "from": move.from_value,
            "from_name": names.get(move.from_value, ""),
            "to": move.to_value,
            "to_name": names.get(move.to_value, ""),
            "field": move.version.regulation_id.stage_field,
            "regulation": move.version.regulation_id.name,
            "first": self._get_beginning(move),
            "entering": move.entering,
            "missing": move.missing,
        }

    def _get_beginning(self, move):
        """[value, name] of the stage at which a refused new record may begin, or False."""
        if move.from_value:
            return False
        first = move.version.stage_ids.filtered(lambda s: not s.is_final and not s.is_lost)[:1]
        return [first.value, first.name] if first else False

    def _describe_refusals(self, moves):
        lines = []
        for move in moves[:DESCRIBED]:
            told = self._describe(move)
            if move.entering:
                head = self.env._(
                    "“%(name)s” stands at “%(stage)s” and would come under the regulation "
                    "“%(regulation)s” there. Take it to “%(first)s” first, or do what is missing:",
                    name=told["name"],
                    stage=told["to_name"],
                    regulation=told["regulation"],
                    first=(told["first"] or ["", ""])[1],
                )
            elif not move.to_value:
                head = self.env._(
                    "“%(name)s” stands at “%(stage)s” and cannot be left without a stage:",
                    name=told["name"],
                    stage=told["from_name"],
                )
            elif told["from_name"]:
                head = self.env._(
                    "“%(name)s” cannot go from “%(from)s” to “%(to)s” yet:",
                    **{"name": told["name"], "from": told["from_name"], "to": told["to_name"]},
                )
            else:
                head = self.env._(
                    "“%(name)s” cannot start at “%(to)s”:", name=told["name"], to=told["to_name"]
                )
            lines += [head, *(f"• {item['text']}" for item in move.missing)]
        if len(moves) > DESCRIBED:
            lines.append(self.env._("… and %s more records.", len(moves) - DESCRIBED))
        return "\n".join(lines)

    def _no_stage(self, version, value):
        if not value:
            return self.env._(
                "Under the regulation “%s” a record is always at a stage: choose one.",
                version.regulation_id.name,
            )
        return self.env._(
            "This stage is not part of the regulation “%s”; a designer adds it there.",
            version.regulation_id.name,
        )
