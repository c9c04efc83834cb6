from odoo.tests import tagged

from odoo.addons.crm_bpm_core.tests.ready_stage_common import ReadyStageCommon


@tagged("post_install", "-at_install")
class TestReadyStageEnds(ReadyStageCommon):
    """TN-06: of every ready regulation each stage and each end lies on a way from its first."""

    contents = None

    def test_every_stage_is_reached(self):
        """TN-06, IP-07: no list of next stages leaves a stage or an end out."""
        templates = self.env["bpm.regulation.template"].search([])
        self.assertGreaterEqual(len(templates), 9)
        for template in templates:
            stages = self._load(template.key, publish=False).draft_version_id.stage_ids
            reached = stages.browse()
            ahead = stages[:1]
            while ahead:
                reached |= ahead
                ahead = stages.filtered(
                    lambda stage, known=reached: stage not in known and self._leads_to(known, stage)
                )
            with self.subTest(template=template.key):
                self.assertEqual((stages - reached).mapped("name"), [])
                self.assertTrue(stages.filtered("is_final"))

    def _leads_to(self, stages, target):
        """Whether one goes on from one of the stages to that one, as people do: not back."""
        ways = [stage._get_way(target) for stage in stages if not stage.is_final]
        return any(way.kind in ("forward", "lost") for way in ways)
