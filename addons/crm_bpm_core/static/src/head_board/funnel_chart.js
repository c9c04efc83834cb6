/* global Chart */
import { loadBundle } from "@web/core/assets";
import { cookie } from "@web/core/browser/cookie";
import { getColor, getCustomColor, hexToRGBA } from "@web/core/colors/colors";
import { _t } from "@web/core/l10n/translation";
import { Component, onWillStart, onWillUnmount, useEffect, useRef } from "@odoo/owl";
import { shortDay } from "../common/words";

/** How many customers had which status, as stacked areas over half a year. */
export class FunnelChart extends Component {
    static template = "crm_bpm_core.FunnelChart";
    static props = { funnel: Object };

    setup() {
        this.canvasRef = useRef("canvas");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            () => this.draw(),
            () => [this.props.funnel]
        );
        onWillUnmount(() => this.chart?.destroy());
    }

    get label() {
        return _t("Customers by status over the last half year");
    }

    getColor(index) {
        return getColor(index, cookie.get("color_scheme"), this.props.funnel.statuses.length);
    }

    getDatasets() {
        return this.props.funnel.statuses.map((status, index) => {
            const color = this.getColor(index);
            return {
                label: status.name,
                data: status.counts,
                fill: true,
                borderColor: color,
                backgroundColor: hexToRGBA(color, 0.45),
                borderWidth: 1.5,
                pointRadius: 0,
                pointHitRadius: 8,
                tension: 0.2,
            };
        });
    }

    draw() {
        this.chart?.destroy();
        const scheme = cookie.get("color_scheme");
        const textColor = getCustomColor(scheme, "#495057", "#C6C6CC");
        const gridColor = getCustomColor(scheme, "rgba(0,0,0,.07)", "rgba(255,255,255,.1)");
        const ticks = { color: textColor, maxTicksLimit: 7, maxRotation: 0 };
        this.chart = new Chart(this.canvasRef.el, {
            type: "line",
            data: {
                labels: this.props.funnel.days.map(shortDay),
                datasets: this.getDatasets(),
            },
            options: {
                animation: false,
                maintainAspectRatio: false,
                interaction: { mode: "index", intersect: false },
                scales: {
                    x: { ticks, grid: { display: false } },
                    y: {
                        stacked: true,
                        beginAtZero: true,
                        ticks: { ...ticks, precision: 0 },
                        grid: { color: gridColor },
                    },
                },
                plugins: {
                    legend: {
                        position: "bottom",
                        labels: { color: textColor, boxWidth: 12 },
                    },
                    tooltip: { reverse: true },
                },
            },
        });
    }
}
