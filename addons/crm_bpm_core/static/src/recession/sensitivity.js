/* global Chart */
import { Component, onWillStart, onWillUnmount, useEffect, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { loadBundle } from "@web/core/assets";
import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { useService } from "@web/core/utils/hooks";

const CALLS_COLOR = "#017e84";
const CALLS_COLOR_PALE = "#9fd0d2";
const SHARE_COLOR = "#d9534f";

/**
 * Early, standard or strict, on the company's own history: calls a week as bars,
 * the share of customers who really stayed away as a line. A click on a card
 * shows its calls week by week; its button sets the sensitivity of the rule.
 */
export class RecessionSensitivity extends Component {
    static template = "crm_bpm_core.RecessionSensitivity";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.notification = useService("notification");
        this.compareRef = useRef("compare");
        this.weeksRef = useRef("weeks");
        this.charts = [];
        this.state = useState({
            loading: true,
            error: "",
            weeks: 52,
            result: null,
            shown: null,
            chosen: null,
        });
        onWillStart(async () => {
            await loadBundle("web.chartjs_lib");
            // The form appears at once; the figures follow.
            this.load();
        });
        useEffect(
            () => this.renderCharts(),
            () => [this.state.result, this.state.shown, this.state.loading]
        );
        onWillUnmount(() => this.destroyCharts());
    }

    get ruleId() {
        return this.props.record.data.rule_id.id;
    }

    get periods() {
        return [
            { weeks: 13, label: _t("3 months") },
            { weeks: 26, label: _t("6 months") },
            { weeks: 52, label: _t("1 year") },
            { weeks: 104, label: _t("2 years") },
        ];
    }

    get choices() {
        return this.state.result?.choices || [];
    }

    get shownChoice() {
        return this.choices.find((choice) => choice.sensitivity === this.state.shown);
    }

    get covered() {
        const { date_from, date_to } = this.state.result;
        return _t("%(customers)s regular customers, %(from)s to %(to)s", {
            customers: this.state.result.customers,
            from: formatDate(deserializeDate(date_from)),
            to: formatDate(deserializeDate(date_to)),
        });
    }

    perDay(choice) {
        return _t("(%s a working day)", choice.calls_per_day);
    }

    async load() {
        const weeks = this.state.weeks;
        this.state.loading = true;
        this.state.error = "";
        try {
            const result = await this.orm.silent.call(
                "crm.recession.rule",
                "get_sensitivity_comparison",
                [[this.ruleId]],
                { weeks }
            );
            if (weeks !== this.state.weeks) {
                return;
            }
            this.state.result = result;
            this.state.chosen = result.current;
            this.state.shown = this.state.shown || result.current;
        } catch (error) {
            this.state.error = error.data?.message || _t("The history could not be read.");
        }
        this.state.loading = false;
    }

    setPeriod(weeks) {
        this.state.weeks = weeks;
        this.load();
    }

    show(sensitivity) {
        this.state.shown = sensitivity;
    }

    async choose(choice) {
        await this.orm.call("crm.recession.rule", "action_set_sensitivity", [
            [this.ruleId],
            choice.sensitivity,
        ]);
        this.state.chosen = choice.sensitivity;
        this.state.shown = choice.sensitivity;
        this.notification.add(_t("The rule now works at: %s", choice.label), { type: "success" });
    }

    destroyCharts() {
        this.charts.splice(0).forEach((chart) => chart.destroy());
    }

    renderCharts() {
        this.destroyCharts();
        if (!this.compareRef.el || !this.choices.length) {
            return;
        }
        this.charts.push(new Chart(this.compareRef.el, this.getCompareConfig()));
        if (this.weeksRef.el && this.shownChoice) {
            this.charts.push(new Chart(this.weeksRef.el, this.getWeeksConfig()));
        }
    }

    getCompareConfig() {
        const shown = this.state.shown;
        return {
            data: {
                labels: this.choices.map((choice) => choice.label),
                datasets: [
                    {
                        type: "line",
                        label: _t("Really stayed away, %"),
                        data: this.choices.map((choice) => choice.stayed_away_share),
                        borderColor: SHARE_COLOR,
                        backgroundColor: SHARE_COLOR,
                        yAxisID: "share",
                    },
                    {
                        type: "bar",
                        label: _t("Calls a week"),
                        data: this.choices.map((choice) => choice.calls_per_week),
                        backgroundColor: this.choices.map((choice) =>
                            choice.sensitivity === shown ? CALLS_COLOR : CALLS_COLOR_PALE
                        ),
                        yAxisID: "calls",
                        maxBarThickness: 72,
                    },
                ],
            },
            options: {
                responsive: true,
                maintainAspectRatio: false,
                animation: false,
                onClick: (ev, items) =>
                    items.length && this.show(this.choices[items[0].index].sensitivity),
                plugins: { legend: { position: "bottom" } },
                scales: {
                    calls: { position: "left", beginAtZero: true },
                    share: {
                        position: "right",
                        min: 0,
                        max: 100,
                        grid: { drawOnChartArea: false },
                        ticks: { callback: (value) => `${value} %` },
                    },
                },
            },
        };
    }

    getWeeksConfig() {
        const weeks = this.shownChoice.weeks;
        return {
            type: "bar",
            data: {
                labels: weeks.map(({ week }) => formatDate(deserializeDate(week))),
                datasets: [
                    {
                        label: _t("Calls in the week from"),
                        data: weeks.map(({ calls }) => calls),
                        backgroundColor: CALLS_COLOR,
                    },
                ],
            },
            options: {
                responsive: true,
                maintainAspectRatio: false,
                animation: false,
                plugins: { legend: { display: false } },
                scales: {
                    x: { ticks: { maxTicksLimit: 6, maxRotation: 0 } },
                    y: { beginAtZero: true, ticks: { precision: 0 } },
                },
            },
        };
    }
}

export const recessionSensitivity = {
    component: RecessionSensitivity,
    fieldDependencies: [{ name: "rule_id", type: "many2one" }],
};

registry.category("view_widgets").add("recession_sensitivity", recessionSensitivity);
