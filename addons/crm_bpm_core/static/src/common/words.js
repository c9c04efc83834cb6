import { formatCurrency } from "@web/core/currency";
import { deserializeDate, formatDate, today } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";

/**
 * A day as people say it; the exact date belongs into the title beside it.
 *
 * @param {string|false} value date as the server sends it
 * @returns {string}
 */
export function dayWords(value) {
    if (!value) {
        return "";
    }
    const day = deserializeDate(value);
    const days = Math.round(day.diff(today(), "days").days);
    if (days === 0) {
        return _t("today");
    }
    if (days === 1) {
        return _t("tomorrow");
    }
    if (days === -1) {
        return _t("yesterday");
    }
    if (days > 0 && days <= 14) {
        return _t("in %s days", days);
    }
    if (days < 0 && days >= -14) {
        return _t("%s days ago", -days);
    }
    return shortDay(value);
}

/** Day and month; the year only when it is another one. */
export function shortDay(value) {
    if (!value) {
        return "";
    }
    const day = deserializeDate(value);
    const format = { day: "numeric", month: "short" };
    if (day.year !== today().year) {
        format.year = "numeric";
    }
    return day.toLocaleString(format);
}

export function fullDay(value) {
    return value ? formatDate(deserializeDate(value)) : "";
}

/** Money without decimals: on a board nobody reads kopecks. */
export function money(amount, currencyId) {
    return formatCurrency(Math.round(amount || 0), currencyId, { digits: [16, 0] });
}

export function daysText(days) {
    return days === 1 ? _t("1 day") : _t("%s days", days);
}

/** Why a call was planned: icon and colour stand beside the word, never alone. */
export const REASON_ICONS = {
    recession: "fa-arrow-down text-danger",
    monitoring: "fa-refresh text-info",
    promised: "fa-handshake-o text-success",
    next_step: "fa-question-circle text-warning",
};
