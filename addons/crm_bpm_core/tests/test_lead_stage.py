from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user, tagged

from odoo.addons.bpm_engine.exceptions import StageRefused


@tagged("post_install", "-at_install")
class TestLeadStage(TransactionCase):
    """EP-06, TN-06: the active funnel on Odoo's own leads."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = new_test_user(
            cls.env, "stage_seller", "base.group_user,sales_team.group_sale_salesman"
        )
        model = cls.env["ir.model"]._get("crm.lead")
        cls.regulation = cls.env["bpm.regulation"].create({
            "name": "Sale",
            "model_id": model.id,
            "stage_field_id": cls.env["ir.model.fields"]._get("crm.lead", "stage_id").id,
            "domain": "[('type', '=', 'opportunity')]",
        })  # fmt: skip
        cls.version = cls.regulation.action_new_draft()
        cls.version.load_stages()
        cls.first, cls.second = cls.version.stage_ids[:2]
        cls.first.fact_ids = [Command.create({
            "name": "Budget known", "field_id":
            cls.env["ir.model.fields"]._get("crm.lead", "expected_revenue").id,
        })]  # fmt: skip
        cls.first.step_ids = [Command.create({"name": "Call"})]
        cls.version.action_publish()
        cls.won = cls.env["crm.stage"].search([("is_won", "=", True)], limit=1)

    def _lead(self, **values):
        values = {"name": "Deal", "type": "opportunity", "user_id": self.seller.id, **values}
        return self.env["crm.lead"].with_user(self.seller).create(values)

    def _case(self, lead):
        return self.env["bpm.stage.case"]._get_cases(lead)[lead.id]

    def test_stages_are_loaded(self):
        """TN-06: in their order; won stages and being lost are ends."""
        stages = self.env["crm.stage"].search([])
        self.assertEqual(self.version.stage_ids.mapped("value"), [*map(str, stages.ids), "lost"])
        ends = self.version.stage_ids.filtered("is_final")
        self.assertLessEqual({str(self.won.id), "lost"}, set(ends.mapped("value")))
        self.assertEqual(self.version.stage_ids.filtered("is_lost").value, "lost")

    def test_won_by_any_button(self):
        """EP-06: won by its button, by the stage, or by a probability of 100 %: all refused."""
        lead = self._lead()
        self.assertEqual(self._case(lead).stage_id, self.first)
        for win in (
            lead.action_set_won,
            lead.action_set_won_rainbowman,
            lambda: lead.write({"stage_id": self.won.id}),
            lambda: lead.write({"probability": 100}),
        ):
            with self.assertRaisesRegex(StageRefused, "Budget known"), self.cr.savepoint():
                win()
        lead.activity_ids.action_done()
        lead.expected_revenue = 1000
        lead.action_set_won()
        self.assertEqual((lead.won_status, self._case(lead).stage_id.is_final), ("won", True))

    def test_won_needs_won_on_creation(self):
        """EP-06: a lead cannot be born won."""
        with self.assertRaises(StageRefused), self.cr.savepoint():
            self._lead(stage_id=self.won.id)

    def test_lost_and_restored(self):
        """EP-06: lost by button or archive is an end and is logged; restored it is back."""
        lead = self._lead()
        lead.action_set_lost()
        case = self._case(lead)
        self.assertEqual((case.stage_id.value, case.origin_id), ("lost", self.first))
        lead.action_restore()
        self.assertEqual(self._case(lead).stage_id, self.first)
        names = self.env["bpm.stage.change"].search(
            [("res_model", "=", "crm.lead"), ("res_id", "=", lead.id)]
        )
        self.assertEqual(names.mapped("to_name"), [self.first.name, "Lost", self.first.name])

    def test_lost_may_be_refused(self):
        """EP-06: from a stage that says so one is not lost without its facts."""
        draft = self.regulation.action_new_draft()
        draft.stage_ids[0].may_lose = False
        draft.action_publish()
        lead = self._lead()
        for lose in (lead.action_set_lost, lead.action_archive):
            with self.assertRaisesRegex(StageRefused, "Budget known"), self.cr.savepoint():
                lose()
        self.assertTrue(lead.active)

    def test_panel_loses_and_wins(self):
        """EP-06: the panel on the record uses Odoo's own ways to the ends."""
        lead = self._lead(expected_revenue=5)
        panel = self.env["bpm.stage.case"].with_user(self.seller)
        bar = panel.move("crm.lead", lead.id, "lost")
        self.assertEqual((bar["value"], lead.won_status), ("lost", "lost"))
        bar = panel.move("crm.lead", lead.id, self.first.value)
        self.assertEqual((bar["value"], lead.won_status), (self.first.value, "pending"))
        lead.activity_ids.action_done()
        bar = panel.move("crm.lead", lead.id, str(self.won.id))
        self.assertEqual((bar["value"], lead.won_status), (str(self.won.id), "won"))

    def test_merged_leads(self):
        """EP-06: merging keeps the stage and the steps of the lead that stays."""
        kept, other = self._lead(), self._lead(name="Twin")
        self._case(kept).step_ids.filtered(lambda s: s.name == "Call").sudo()._mark_done()
        merged = (kept | other)._merge_opportunity(auto_unlink=True)
        case = self._case(merged)
        self.assertEqual((case.stage_id, merged.exists()), (self.first, merged))
        gone = (kept | other) - merged
        self.assertFalse(gone.exists())
        self.assertFalse(self.env["bpm.stage.case"].search([("res_id", "in", gone.ids)]))
        with self.assertRaises(StageRefused), self.cr.savepoint():
            merged.stage_id = int(self.second.value)

    def _teams_with_visa(self):
        """Two teams with their leaders, whose visa the first stage wants."""
        leaders = [
            new_test_user(self.env, f"stage_leader_{name}", "sales_team.group_sale_salesman")
            for name in ("north", "south")
        ]
        teams = self.env["crm.team"].create(
            [{"name": leader.login, "user_id": leader.id} for leader in leaders]
        )
        draft = self.regulation.action_new_draft()
        visa = {"name": "Visa", "kind": "approval", "assign_kind": "leader"}
        draft.stage_ids[0].step_ids = [Command.create(visa)]
        draft.action_publish()
        return teams, leaders

    def test_visa_goes_over_with_the_team(self):
        """AT-09, TN-10: who comes to lead a team takes over what awaits its leader, unless it
        was passed on."""
        teams, leaders = self._teams_with_visa()
        team_lead, passed_on = (self._lead(team_id=teams[0].id) for _number in range(2))
        visas = {
            lead: self._case(lead).step_ids.filtered(lambda step: step.name == "Visa")
            for lead in (team_lead, passed_on)
        }
        visas[passed_on].activity_ids.user_id = self.seller
        teams[0].user_id = leaders[1]
        self.assertEqual(visas[team_lead].user_id, leaders[1])
        self.assertEqual(visas[team_lead].activity_ids.user_id, leaders[1])
        self.assertEqual(visas[passed_on].user_id, self.seller)

    def test_visa_goes_over_with_the_salesperson(self):
        """AT-09, TN-10: the leader is whoever leads the team into which the salesperson comes."""
        teams, leaders = self._teams_with_visa()
        self.env["crm.team.member"].search([("user_id", "=", self.seller.id)]).unlink()
        self.env["crm.team.member"].create({"crm_team_id": teams[0].id, "user_id": self.seller.id})
        lead = self._lead(team_id=False)
        self.assertFalse(lead.team_id)
        visa = self._case(lead).step_ids.filtered(lambda step: step.name == "Visa")
        self.assertEqual(visa.user_id, leaders[0])
        self.seller.crm_team_member_ids.crm_team_id = teams[1]
        self.assertEqual((visa.user_id, visa.activity_ids.user_id), (leaders[1], leaders[1]))
        self.seller.crm_team_member_ids.action_archive()
        owner = self.regulation._get_active_owner()
        self.assertEqual(visa.user_id, owner, "nobody leads, and a visa is never nobody's")
        self.env["crm.team.member"].create({"crm_team_id": teams[0].id, "user_id": self.seller.id})
        self.assertEqual(visa.user_id, leaders[0])

    def test_visa_goes_over_to_the_new_leader(self):
        """AT-09, TN-10: a deal that is given to another team asks the leader of that team."""
        teams, leaders = self._teams_with_visa()
        lead = self._lead(team_id=teams[0].id)
        row = self._case(lead).step_ids.filtered(lambda step: step.name == "Visa")
        self.assertEqual(row.user_id, leaders[0])
        lead.team_id = teams[1]
        self.assertEqual((row.user_id, row.activity_ids.user_id), (leaders[1], leaders[1]))
        self.assertEqual(self._case(lead).step_ids.filtered("user_id").user_id,
                         leaders[1] | self.seller)  # fmt: skip

    def test_merged_at_a_later_stage(self):
        """EP-06: merging into a team whose stages begin later leads nobody past the gates."""
        teams = self.env["crm.team"].create([{"name": "North"}, {"name": "South"}])
        self.env["crm.stage"].browse(int(self.first.value)).team_ids = teams[0]
        kept, other = self._lead(team_id=teams[0].id), self._lead(name="B", team_id=teams[0].id)
        both = (kept | other).sudo()
        with self.assertRaisesRegex(StageRefused, "Budget known"), self.cr.savepoint():
            both._merge_opportunity(team_id=teams[1].id)
        self.env.invalidate_all()
        self.assertEqual(both.exists(), both)
        self.assertEqual(both.mapped("stage_id.id"), [int(self.first.value)])
        merged = both._merge_opportunity()
        self.assertEqual(self._case(merged).stage_id, self.first)

    def test_many_certain_leads(self):
        """TN-30: where leads of 100 % stand is asked team by team, not lead by lead."""

        def count(number):
            leads = self.env["crm.lead"]
            for index in range(number):
                leads |= self._lead(name=f"{index}").sudo()
            self.env.flush_all()
            self.cr.execute("UPDATE crm_lead SET probability = 100 WHERE id = ANY(%s)", [leads.ids])
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.assertEqual(set(leads._get_stage_values().values()), {str(self.won.id)})
            return self.cr.sql_log_count - before

        count(2)
        few, many = count(3), count(9)
        self.assertLessEqual(many, few, f"{few} queries for 3, {many} for 9")

    def test_a_lead_is_not_regulated(self):
        """TN-06: the regulation applies to what its domain says; it begins with conversion."""
        lead = self._lead(type="lead")
        lead.write({"stage_id": int(self.second.value)})
        self.assertFalse(self.env["bpm.stage.case"]._get_cases(lead))
        lead.write({"stage_id": int(self.first.value), "type": "opportunity"})
        self.assertEqual(self._case(lead).stage_id, self.first)
        self.assertEqual(lead.bpm_next_step, "Call")
        found = self.env["crm.lead"].search([("bpm_next_step", "=", "Call")])
        self.assertIn(lead, found)

    def test_comment_and_status_are_found(self):
        """EC-14: what was said on a change of stage is shown on the lead and found in lists."""
        draft = self.regulation.action_new_draft()
        draft.stage_ids[0].write({"ask_comment": True, "ask_status": True})
        draft.stage_ids[0].fact_ids.unlink()
        draft.stage_ids[0].step_ids.unlink()
        draft.action_publish()
        status = self.env["bpm.stage.status"].create({"name": "Will think"})
        lead, other = self._lead(), self._lead(name="Other")
        panel = self.env["bpm.stage.case"].with_user(self.seller)
        panel.move("crm.lead", lead.id, self.second.value, "Wants oak", status.id)
        self.assertEqual((lead.bpm_stage_comment, lead.bpm_stage_status_id), ("Wants oak", status))
        for domain in (
            [("bpm_stage_comment", "ilike", "oak")],
            [("bpm_stage_status_id", "=", status.id)],
            [("bpm_stage_status_id", "ilike", "will")],
        ):
            found = self.env["crm.lead"].with_user(self.seller).search(domain)
            self.assertIn(lead, found)
            self.assertNotIn(other, found)

    def test_the_last_status_is_found(self):
        """EC-14: a search finds what the column shows, not what once was said."""
        warm, cold = self.env["bpm.stage.status"].create([{"name": "Warm"}, {"name": "Cold"}])
        leads = both, once, never = [self._lead(name=name) for name in ("Both", "Once", "Never")]
        history = [(both, warm, "Hot"), (both, cold, False), (once, warm, False)]
        self.env["bpm.stage.change"].create([
            {"res_model": "crm.lead", "res_id": lead.id, "status_id": status.id, "comment": text}
            for lead, status, text in history
        ])  # fmt: skip
        # Without a word of its own, a later change leaves the last word as it is.
        self.env["bpm.stage.change"].create({"res_model": "crm.lead", "res_id": once.id})
        ours = self.env["crm.lead"].union(*leads)
        self.assertEqual([lead.bpm_stage_status_id for lead in leads], [cold, warm, warm[:0]])
        for domain, found in (
            ([("bpm_stage_status_id", "=", warm.id)], once),
            ([("bpm_stage_status_id", "ilike", "cold")], both),
            ([("bpm_stage_status_id", "=", False)], never),
            ([("bpm_stage_status_id", "!=", False)], both | once),
            ([("bpm_stage_status_id", "not in", warm.ids)], both | never),
            ([("bpm_stage_status_id", "in", [False, cold.id])], both | never),
            ([("bpm_stage_comment", "=", "Hot")], ours[:0]),
            ([("bpm_stage_comment", "=", False)], ours),
        ):
            with self.subTest(domain=domain):
                self.assertEqual(self.env["crm.lead"].search(domain) & ours, found)
