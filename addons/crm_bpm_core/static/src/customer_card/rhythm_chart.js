import { deserializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { Component, useState } from "@odoo/owl";
import { daysText, fullDay, money, shortDay } from "../common/words";

const WIDTHS = { wide: 640, small: 360 };
const HEIGHT = 150;
const TOP = 18;
const BOTTOM = 22;
const AHEAD_DAYS = 14;
const MAX_AHEAD_DAYS = 63;

/**
 * Half a year of orders by week with the customer's norm (mean and swing), the
 * silence since the last order and the day until which it is tolerated.
 */
export class RhythmChart extends Component {
    static template = "crm_bpm_core.RhythmChart";
    static props = {
        rhythm: Object,
        today: String,
        currencyId: [Number, Boolean],
        inRecession: { type: Boolean, optional: true },
    };

    setup() {
        this.ui = useState(useService("ui"));
        Object.assign(this, { HEIGHT, TOP, BOTTOM });
    }

    /** Narrower on a phone, so that the text of the picture stays readable. */
    get width() {
        return this.ui.isSmall ? WIDTHS.small : WIDTHS.wide;
    }

    get floor() {
        return HEIGHT - BOTTOM;
    }

    get today() {
        return deserializeDate(this.props.today);
    }

    get historyDays() {
        return this.props.rhythm.amounts.length * 7;
    }

    /** Days after today on the axis: the limit must be seen before it is reached. */
    get aheadDays() {
        const left = this.limitDay ? this.limitDay.diff(this.today, "days").days + 5 : 0;
        return Math.min(MAX_AHEAD_DAYS, Math.max(AHEAD_DAYS, left));
    }

    get limitDay() {
        const { last, tolerated } = this.props.rhythm;
        return last && tolerated ? deserializeDate(last).plus({ days: tolerated }) : null;
    }

    /** Position of a day; the right end of the newest week is today. */
    x(day) {
        const days = day.diff(this.today, "days").days + this.historyDays;
        const x = (days / (this.historyDays + this.aheadDays)) * this.width;
        return Math.max(0, Math.min(this.width, x));
    }

    y(amount) {
        const { amounts, mean, swing } = this.props.rhythm;
        const top = Math.max(...amounts, mean + swing, 1);
        return this.floor - (Math.max(0, amount) / top) * (this.floor - TOP);
    }

    get bars() {
        const { amounts, lines } = this.props.rhythm;
        return amounts.map((amount, index) => {
            const start = this.today.minus({ days: (amounts.length - index) * 7 - 1 });
            const x = this.x(start);
            const title = _t("Week from %(day)s: %(amount)s, %(lines)s lines", {
                day: fullDay(start.toISODate()),
                amount: money(amount, this.props.currencyId),
                lines: lines[index],
            });
            const width = Math.max(1, this.x(start.plus({ days: 7 })) - x - 2);
            return {
                index,
                x,
                width,
                y: this.y(amount),
                height: this.floor - this.y(amount),
                title,
            };
        });
    }

    get band() {
        const { mean, swing } = this.props.rhythm;
        const top = this.y(mean + swing);
        return { y: top, height: this.y(mean - swing) - top, mean: this.y(mean) };
    }

    get todayX() {
        return this.x(this.today);
    }

    get silence() {
        const { last, silence } = this.props.rhythm;
        if (!last || !silence) {
            return false;
        }
        const x = this.x(deserializeDate(last));
        return { x, width: this.todayX - x, text: _t("silent %s", daysText(silence)) };
    }

    get limit() {
        const day = this.limitDay;
        if (!day || day.diff(this.today, "days").days > MAX_AHEAD_DAYS) {
            return false;
        }
        const x = this.x(day);
        return {
            x,
            over: day < this.today,
            anchor: x > this.width * 0.7 ? "end" : "start",
            text: _t("tolerated until %s", shortDay(day.toISODate())),
        };
    }

    get months() {
        const months = [];
        let month = this.today
            .minus({ days: this.historyDays })
            .startOf("month")
            .plus({ months: 1 });
        while (month <= this.today.plus({ days: this.aheadDays })) {
            months.push({ x: this.x(month), text: month.toLocaleString({ month: "short" }) });
            month = month.plus({ months: 1 });
        }
        return months.filter(({ x }) => x < this.width - 20);
    }

    get label() {
        const { rhythm, currencyId } = this.props;
        return _t(
            "Orders of 26 weeks: %(mean)s a week, usually every %(gap)s, silent for %(silence)s",
            {
                mean: money(rhythm.mean, currencyId),
                gap: daysText(rhythm.gap),
                silence: daysText(rhythm.silence),
            }
        );
    }
}
